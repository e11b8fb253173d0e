"""Waivers against findings: who is excused, and which excuse is none."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from compliance.templates import Assembly, RecordedWaiver
from compliance.verdicts import RED, Row, Verdict
from compliance.waivers import known_rules

ENGINE = "Waivers"
EXPIRED = "IRYO-WAIVER-EXPIRED"
UNUSED = "IRYO-WAIVER-UNUSED"
BROAD = "IRYO-WAIVER-BROAD"
UNTYPED = "IRYO-WAIVER-UNTYPED"
SOON = timedelta(days=30)
COLUMNS = (
    *("path", "rule", "finding", "owner", "ticket", "expires", "reason"),
    "compensating_control",
)


def excuse(rows: Iterable[Row], recorded: Iterable[RecordedWaiver], *, today: date) -> list[Row]:
    """Return the rows with findings excused, and a failure for each waiver that is no excuse.

    A waiver on a construct excuses the finding of its rule on the one resource that is the
    construct or is in it.
    """
    judged = list(rows)
    red: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(judged):
        if row.verdict in RED:
            red[row.rule, row.finding].append(index)
    complaints: list[Row] = []
    for one in recorded:
        waiver = one.waiver
        found = [
            index
            for index in red.get((waiver.rule, waiver.finding), ())
            if judged[index].verdict in RED and f"{judged[index].path}/".startswith(f"{one.path}/")
        ]
        if waiver.expires < today:
            complaints.append(
                _complaint(one, EXPIRED, f"expired on {waiver.expires}, owner {waiver.owner}")
            )
        elif not found:
            complaints.append(_complaint(one, UNUSED, "excuses nothing that was found here"))
        elif len({judged[index].path for index in found}) > 1:
            paths = ", ".join(sorted({judged[index].path for index in found}))
            complaints.append(_complaint(one, BROAD, f"excuses more than one resource: {paths}"))
        else:
            for index in found:
                judged[index] = judged[index].waived(waiver)
    return judged + complaints


def untyped(assembly: Assembly) -> Iterator[Row]:
    """Yield a failure for each acknowledgement of the CDK that would hide a finding of a pack."""
    for path, acknowledged in assembly.acknowledged:
        rule = acknowledged.rpartition("::")[2].partition("[")[0]
        if rule in known_rules():
            yield Row(
                engine=ENGINE,
                rule=UNTYPED,
                verdict=Verdict.FAIL,
                path=path,
                finding=rule,
                message=f"{rule} is acknowledged without owner, ticket and end",
                remedy="Use compliance.waivers.waive instead of acknowledge.",
            )


def ending(recorded: Iterable[RecordedWaiver], *, today: date) -> list[str]:
    """Return a sentence for each waiver that ends within 30 days."""
    return [
        f"waiver of {one.waiver.rule} on {one.path} ends on {one.waiver.expires} "
        f"({one.waiver.owner}, {one.waiver.ticket})"
        for one in recorded
        if today <= one.waiver.expires <= today + SOON
    ]


def to_csv(recorded: Iterable[RecordedWaiver]) -> str:
    """Return the register as CSV, ordered by path and rule."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for one in sorted(recorded, key=lambda one: (one.path, one.waiver.rule, one.waiver.finding)):
        writer.writerow({"path": one.path, **one.waiver.to_json()})
    return text.getvalue()


def _complaint(one: RecordedWaiver, rule: str, message: str) -> Row:
    named = f"{one.waiver.rule}[{one.waiver.finding}]" if one.waiver.finding else one.waiver.rule
    return Row(
        engine=ENGINE,
        rule=rule,
        verdict=Verdict.FAIL,
        path=one.path,
        finding=named,
        message=f"the waiver of {named} {message}",
        remedy={
            EXPIRED: "Mend the finding, or let the owner renew the waiver.",
            UNUSED: "Remove it, or move it beside the resource it is meant for.",
            BROAD: "Put one waiver on each resource.",
        }[rule],
    )
