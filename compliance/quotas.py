"""Limits that CloudFormation sets to a template.

Figures: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.engine import Case
from compliance.templates import Template
from compliance.verdicts import Row, Verdict

RULE = "IRYO-TEMPLATE-QUOTAS"
WARNING = ", near the limit"
NEAR = 0.8
"""From this share of a limit on a template passes, but says how near it is."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit on the number of members of a section (or of one member), or on bytes."""

    what: str
    limit: int
    used: int


def quotas(template: Template) -> list[Quota]:
    """Return how much of each limit a template uses."""
    mappings = template.section("Mappings")
    return [
        Quota("resources", 500, len(template.section("Resources"))),
        Quota("parameters", 200, len(template.section("Parameters"))),
        Quota("outputs", 200, len(template.section("Outputs"))),
        Quota("mappings", 200, len(mappings)),
        Quota("attributes of a mapping", 200, max(map(len, mappings.values()), default=0)),
        # A template in S3, which is how the CDK deploys; one sent in the call may have 51,200.
        Quota("bytes", 1_000_000, template.size),
    ]


class Quotas:
    """The limits as an engine."""

    name = "Templates"

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a verdict for each template and limit."""
        for template in case.assembly.templates:
            for quota in quotas(template):
                yield Row(
                    engine=self.name,
                    rule=RULE,
                    verdict=Verdict.FAIL if quota.used > quota.limit else Verdict.PASS,
                    path=template.path,
                    finding=quota.what,
                    template=template.file,
                    message=_message(quota),
                    remedy="Move a concern into a nested stack of its own.",
                )


def _message(quota: Quota) -> str:
    warning = WARNING if quota.used >= NEAR * quota.limit else ""
    return f"{quota.used:,} of {quota.limit:,} {quota.what}{warning}"


def near(rows: Iterable[Row]) -> list[str]:
    """Return a sentence for each limit that a passing template is near to."""
    return [
        f"{row.path}: {row.message}"
        for row in rows
        if row.rule == RULE and row.verdict is Verdict.PASS and row.message.endswith(WARNING)
    ]
