"""Whatever Glue runs uses a security configuration."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(job: Resource, _: Context) -> Iterator[Problem]:
    crawler = job.type == "AWS::Glue::Crawler"
    yield from present(job, "CrawlerSecurityConfiguration" if crawler else "SecurityConfiguration")


RULE = Rule(
    id="IRYO-GLUE-JOBS",
    title=Text(
        "Glue jobs and crawlers use a security configuration",
        "Glue のジョブとクローラーがセキュリティ設定を使う",
    ),
    remedy=Text(
        "Set security_configuration.",
        "security_configuration を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::Glue::Job",
        "AWS::Glue::Crawler",
        "AWS::Glue::DevEndpoint",
    ),
    check=_check,
)
