"""Waivers: typed excuses that stand next to the resource they excuse.

A waiver is the last resort. It excuses one finding of one rule on one resource, has an owner, a
ticket, an end and a control that stands in for the rule:

    waive(
        function,
        Waiver(
            rule="HIPAA.Security-LambdaConcurrency",
            reason="The stream's shard count bounds how many run at once.",
            owner="platform-team",
            ticket="IRYO-12",
            expires=date(2026, 12, 31),
            compensating_control="Event source mapping with a parallelisation factor of one.",
        ),
    )

The gate refuses an expired waiver, one that excuses nothing and one that excuses more than one
resource.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs import IConstruct

METADATA = "iryo:waiver"
"""The kind of construct metadata that carries a waiver into the cloud assembly."""
LONGEST = timedelta(days=366)
"""An excuse is looked at again at least once a year."""
WORDS = ("reason", "owner", "ticket", "compensating_control")
VALIDATOR = re.compile(r"CFN-[EFW]\d{4}")
"""Rules of the CloudFormation validator, which has some thousand."""
GRANULAR = ("RDSLoggingEnabled",)
"""The rules of the nag packs that report each finding by itself; read from cdk-nag 3.0.2."""


class WaiverError(ValueError):
    """A waiver is not one: its message is a sentence that says what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """An excuse for one finding.

    `rule` is the full id: HIPAA.Security-..., NIST.800.53.R5-... or IRYO-.... `finding` is the
    text in brackets behind the id in the table, for rules that find more than one thing on a
    resource. `expires` is the last day on which the excuse holds, at most a year ahead.

    Raises WaiverError when a word is missing, the rule is unknown or the end is too far away.
    """

    rule: str
    finding: str = ""
    reason: str
    owner: str
    ticket: str
    expires: date
    compensating_control: str

    def __post_init__(self) -> None:
        for field in WORDS:
            if not getattr(self, field).strip():
                raise WaiverError(f"waiver of {self.rule or 'a rule'}: {field} is empty")
        if self.rule not in known_rules() and not VALIDATOR.fullmatch(self.rule):
            raise WaiverError(
                f"waiver of {self.rule!r}: no such rule; a full id such as "
                "HIPAA.Security-LambdaDLQ or IRYO-KMS-ROTATION is allowed, no wildcard"
            )
        if self.rule.endswith(GRANULAR) and not self.finding:
            raise WaiverError(
                f"waiver of {self.rule}: finding is empty; this rule finds several things, "
                "name the one in brackets"
            )
        if "*" in self.finding and not self.rule.startswith("IRYO-"):
            raise WaiverError(f"waiver of {self.rule}: finding {self.finding!r} is a wildcard")
        if self.expires > date.today() + LONGEST:
            raise WaiverError(
                f"waiver of {self.rule}: expires {self.expires} is more than a year ahead; "
                f"{date.today() + LONGEST} is the last day allowed"
            )

    def to_json(self) -> dict[str, str]:
        """Return what construct metadata can carry; dates become ISO 8601 text."""
        return {key: str(value) for key, value in asdict(self).items()}


def read(data: dict[str, Any]) -> Waiver:
    """Return the waiver that construct metadata carries. Raises WaiverError as Waiver does."""
    return Waiver(**{**data, "expires": date.fromisoformat(data["expires"])})


def waive(construct: "IConstruct", *waivers: Waiver) -> None:
    """Record waivers on the construct whose one resource they excuse.

    The construct is the resource, or one that holds it (a bucket, a function). Raises WaiverError
    on a stack or an app, which would excuse everything below.
    """
    from aws_cdk import Stack, Stage  # noqa: PLC0415 (reading waivers back needs no CDK)

    if Stack.is_stack(construct) or Stage.is_stage(construct):
        raise WaiverError(
            f"waiver on {construct.node.path or 'the app'}: a whole stack cannot be excused; "
            "waive on the resource"
        )
    for waiver in waivers:
        construct.node.add_metadata(METADATA, waiver.to_json())


@cache
def known_rules() -> frozenset[str]:
    """Return the id of every rule that can be waived."""
    from compliance.rules import RULES  # noqa: PLC0415 (rules know nothing of waivers, nor back)

    packs = json.loads((Path(__file__).parent / "nag_rules.json").read_text())
    nag = {f"{pack}-{rule}" for pack, rules in packs.items() for rule in rules}
    return frozenset(nag | {rule.id for rule in RULES})
