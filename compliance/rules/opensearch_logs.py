"""Search domains log who asked what."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(domain, "LogPublishingOptions.AUDIT_LOGS.Enabled", True)


RULE = Rule(
    id="IRYO-OPENSEARCH-LOGS",
    title=Text(
        "Search domains write audit logs",
        "検索ドメインが監査ログを残す",
    ),
    remedy=Text(
        "Set logging audit_log_enabled with a log group of ours.",
        "audit_log_enabled と自前のロググループを設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::OpenSearchService::Domain",),
    check=_check,
)
