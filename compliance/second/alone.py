"""The second engine by itself, over an assembly on disk."""

from collections.abc import Sequence
from datetime import date

from compliance.resources import Resources
from compliance.templates import Assembly, RecordedWaiver
from compliance.validator import CloudFormationValidate
from compliance.verdicts import Row, Verdict


def judged(assembly: Assembly) -> list[Row]:
    """Return Guard's verdicts under the ids of our rules, ordered by rule and path.

    Guard tells one thing a resource, not each finding by itself: what it finds counts as waived
    where a waiver of the rule stands that has not expired, whichever finding that names.

    Raises WaiverError when a construct carries a waiver that is none.
    """
    resources = Resources.of(assembly)
    waivers = [one for one in assembly.waivers if one.waiver.expires >= date.today()]
    rows = CloudFormationValidate(builtin=False).verdicts(assembly, resources)
    excused = (_excused(row, waivers) for row in rows)
    return sorted(excused, key=lambda row: (row.rule, row.path))


def _excused(row: Row, waivers: Sequence[RecordedWaiver]) -> Row:
    if row.verdict is not Verdict.FAIL:
        return row
    for one in waivers:
        if one.waiver.rule == row.rule and f"{row.path}/".startswith(f"{one.path}/"):
            return row.waived(one.waiver)
    return row
