"""Confidential data reaches services only that AWS lists as eligible for HIPAA."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from compliance.reading import reach
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.tagging import TAGGABLE
from compliance.text import Text

LIST = tomllib.loads((Path(__file__).parent / "hipaa_eligible.toml").read_text(encoding="utf-8"))
ELIGIBLE: dict[str, str] = LIST["eligible"]


def _is_reached(resource: Resource, context: Context) -> bool:
    return reach.is_reached(resource, context.resources)


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    service = resource.type.split("::")[1]
    if service not in ELIGIBLE:
        yield Problem(f"{service} is not among the services of {LIST['date']}", finding=service)


RULE = Rule(
    id="IRYO-DATA-CLASS-SERVICES",
    title=Text(
        "Confidential data reaches HIPAA-eligible services only",
        "機密データが HIPAA 対象サービスにだけ届く",
    ),
    remedy=Text(
        "Use a service of hipaa_eligible.toml; bring the list up to date from its source.",
        "hipaa_eligible.toml にあるサービスを使う。一覧は出典に合わせて更新する。",
    ),
    topic=Topic.SUPPLIER,
    types=tuple(TAGGABLE),
    check=_check,
    applies=_is_reached,
)
