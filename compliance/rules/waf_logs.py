"""Web ACLs log what they saw, without the headers that carry credentials."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(acl: Resource, context: Context) -> Iterator[Problem]:
    kind = "AWS::WAFv2::LoggingConfiguration"
    logging = context.resources.referring(kind, "ResourceArn", acl)
    if not logging:
        yield Problem("no logging configuration names it", finding="log")
    for one in logging:
        headers = {
            str(look(field, "SingleHeader.Name", "")).lower()
            for field in objects(one, "RedactedFields")
        }
        if "authorization" not in headers:
            yield Problem("its log shows the header authorization", finding="authorization")


RULE = Rule(
    id="IRYO-WAF-LOGS",
    title=Text(
        "Web ACLs log requests and hide credentials",
        "Web ACL が要求を記録し、認証情報を伏せる",
    ),
    remedy=Text(
        "Add a CfnLoggingConfiguration that redacts the header authorization.",
        "authorization ヘッダーを伏せる CfnLoggingConfiguration を加える。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::WAFv2::WebACL",),
    check=_check,
)
