"""Waivers: what is one, and whom it excuses."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from compliance import register
from compliance.templates import RecordedWaiver
from compliance.verdicts import Row, Verdict
from compliance.waivers import LONGEST, Waiver, WaiverError, read

TODAY = date(2026, 6, 1)
RULE = "IRYO-S3-TLS"


def waiver(**changes: Any) -> Waiver:
    given: dict[str, Any] = {
        "rule": RULE,
        "reason": "The sender knows no TLS.",
        "owner": "platform-team",
        "ticket": "IRYO-1",
        "expires": date.today() + timedelta(days=90),
        "compensating_control": "A private link.",
    }
    return Waiver(**{**given, **changes})


def row(path: str = "S/Room/Bucket/Resource", **changes: Any) -> Row:
    given: dict[str, Any] = {"engine": "Iryo", "rule": RULE, "verdict": Verdict.FAIL, "path": path}
    return Row(**{**given, **changes})


def excuse(rows: list[Row], *recorded: RecordedWaiver, today: date = TODAY) -> list[Row]:
    return register.excuse(rows, recorded, today=today)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "reason is empty"),
        ({"owner": ""}, "owner is empty"),
        ({"ticket": ""}, "ticket is empty"),
        ({"compensating_control": ""}, "compensating_control is empty"),
        ({"rule": "IRYO-NOTHING"}, "no such rule"),
        ({"rule": "IRYO-*"}, "no such rule"),
        ({"rule": "S3BucketSSLRequestsOnly"}, "no such rule"),
        ({"rule": "HIPAA.Security-Nothing"}, "no such rule"),
        ({"rule": "HIPAA.Security-RDSLoggingEnabled"}, "finding is empty"),
        ({"rule": "HIPAA.Security-RDSLoggingEnabled", "finding": "*"}, "wildcard"),
        ({"expires": date.today() + LONGEST + timedelta(days=1)}, "more than a year ahead"),
    ],
)
def test_what_is_no_waiver(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(WaiverError, match=said) as raised:
        waiver(**changes)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "NIST.800.53.R5-S3BucketReplicationEnabled"},
        {"rule": "HIPAA.Security-RDSLoggingEnabled", "finding": "LogExport::audit"},
        {"rule": "IRYO-IAM-ACTIONS", "finding": "*"},
        {"rule": "CFN-W3005"},
        {"expires": date.today() + LONGEST},
        {"expires": date(2020, 1, 1)},
    ],
)
def test_what_is_one(changes: dict[str, Any]) -> None:
    made = waiver(**changes)
    assert read(json.loads(json.dumps(made.to_json()))) == made


def test_it_excuses_one_finding_on_one_resource() -> None:
    excused = waiver(expires=date(2026, 6, 1))
    rows = [row(), row("S/Room/Bucket2/Resource"), row(finding="x"), row(rule="IRYO-S3-ENCRYPTION")]
    judged = excuse(rows, RecordedWaiver("S/Room/Bucket", excused))
    assert [one.verdict for one in judged] == ["waived", "fail", "fail", "fail"]
    assert judged[0].waiver == excused


def test_it_excuses_what_is_indeterminate() -> None:
    [judged] = excuse(
        [row(verdict=Verdict.INDETERMINATE)], RecordedWaiver("S/Room/Bucket", waiver())
    )
    assert judged.verdict is Verdict.WAIVED


@pytest.mark.parametrize(
    ("rows", "changes", "path", "rule"),
    [
        ([row()], {"expires": date(2026, 5, 31)}, "S/Room/Bucket", register.EXPIRED),
        ([row(verdict=Verdict.PASS)], {}, "S/Room/Bucket", register.UNUSED),
        ([row()], {}, "S/Room/Buck", register.UNUSED),
        ([row()], {"finding": "x"}, "S/Room/Bucket", register.UNUSED),
        ([row(), row("S/Room/Other/Resource")], {}, "S/Room", register.BROAD),
    ],
)
def test_an_excuse_that_is_none_fails(
    rows: list[Row], changes: dict[str, Any], path: str, rule: str
) -> None:
    judged = excuse(rows, RecordedWaiver(path, waiver(**changes)))
    assert judged[:-1] == rows
    assert (judged[-1].rule, judged[-1].path, judged[-1].verdict) == (rule, path, Verdict.FAIL)
    assert judged[-1].message and judged[-1].remedy


def test_one_finding_needs_no_two_waivers() -> None:
    twice = RecordedWaiver("S/Room/Bucket", waiver())
    assert [one.rule for one in excuse([row()], twice, twice)] == [RULE, register.UNUSED]


def test_what_ends_soon_is_told() -> None:
    recorded = [
        RecordedWaiver("S/A", waiver(expires=TODAY + timedelta(days=days))) for days in (-1, 30, 31)
    ]
    [sentence] = register.ending(recorded, today=TODAY)
    assert "S/A ends on 2026-07-01 (platform-team, IRYO-1)" in sentence


def test_the_register() -> None:
    recorded = [RecordedWaiver("S/B", waiver()), RecordedWaiver("S/A", waiver(reason='"x", y'))]
    lines = register.to_csv(recorded).splitlines()
    assert lines[0].startswith("path,rule,finding,owner,ticket,expires,reason")
    assert lines[1].startswith(f"S/A,{RULE},,platform-team,IRYO-1,")
    assert '"""x"", y"' in lines[1]
    assert lines[2].startswith("S/B,")
