"""Connections of Glue to databases use TLS, and take the password from a secret."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(connection: Resource, _: Context) -> Iterator[Problem]:
    given = look(connection, "ConnectionInput.ConnectionProperties", {})
    if look(connection, "ConnectionInput.ConnectionType") == "JDBC":
        yield from expect(given, "JDBC_ENFORCE_SSL", True)
    if "PASSWORD" in given:
        yield Problem("PASSWORD stands in the template", finding="PASSWORD")


RULE = Rule(
    id="IRYO-GLUE-CONNECTION",
    title=Text(
        "Glue connections use TLS and hold no password",
        "Glue の接続が TLS を使い、パスワードを持たない",
    ),
    remedy=Text(
        "Set JDBC_ENFORCE_SSL to true and SECRET_ID instead of PASSWORD.",
        "JDBC_ENFORCE_SSL を true にし、PASSWORD でなく SECRET_ID を使う。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::Glue::Connection",),
    check=_check,
)
