"""What becomes of a verdict on which two engines speak."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compliance import second
from compliance.judging import judge
from compliance.own import NAME as OURS
from compliance.own import OwnRules
from compliance.rules import messaging_encryption
from compliance.second.agreement import reconcile
from compliance.validator import CloudFormationValidate
from compliance.verdicts import Row, Second, Verdict
from tests.compliance.small_app import SETTINGS, build


def row(engine: str, verdict: Verdict, **given: Any) -> Row:
    return Row(
        **{
            "engine": engine,
            "verdict": verdict,
            "rule": "IRYO-S3-TLS",
            "path": "S/Bucket",
            "template": "S.template.json",
            "logical_id": "Bucket",
            "message": f"{engine} says {verdict}",
            "remedy": "mend it",
            **given,
        }
    )


def merged(ours: Verdict, theirs: Verdict) -> Row:
    [one] = reconcile([row(OURS, ours), row(second.ENGINE, theirs)])
    return one


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_they_agree(verdict: Verdict) -> None:
    one = merged(verdict, verdict)
    assert (one.engine, one.verdict, one.second) == (OURS, verdict, Second.AGREES)
    assert one.message == f"{OURS} says {verdict}"


def test_in_order_for_us_only_is_not_green() -> None:
    one = merged(Verdict.PASS, Verdict.FAIL)
    assert (one.verdict, one.second) == (Verdict.INDETERMINATE, Second.DISAGREES)
    assert "ours finds it in order, Guard says: Guard says fail" in one.message
    assert one.remedy == "mend it"


def test_our_finding_stands() -> None:
    one = merged(Verdict.FAIL, Verdict.PASS)
    assert (one.verdict, one.second) == (Verdict.FAIL, Second.DISAGREES)
    assert one.message.startswith(f"{OURS} says fail; the second engine")


def test_what_cannot_be_known_stays_so() -> None:
    for theirs in (Verdict.PASS, Verdict.FAIL):
        assert merged(Verdict.INDETERMINATE, theirs) == row(OURS, Verdict.INDETERMINATE)


def test_each_of_several_findings_is_seconded() -> None:
    findings = [row(OURS, Verdict.FAIL, finding=finding) for finding in ("a", "b")]
    judged = reconcile([*findings, row(second.ENGINE, Verdict.FAIL)])
    assert [(one.finding, one.second) for one in judged] == [
        ("a", Second.AGREES),
        ("b", Second.AGREES),
    ]


def test_a_finding_on_what_our_rule_is_not_about_stays() -> None:
    theirs = row(second.ENGINE, Verdict.FAIL, logical_id="Other")
    ours, other = reconcile([theirs, row(OURS, Verdict.PASS)])
    assert (ours.second, other) == (Second.NOT_ASKED, theirs)


def test_what_our_rule_is_not_about_is_no_evidence() -> None:
    assert reconcile([row(second.ENGINE, Verdict.PASS)]) == []


def test_other_engines_are_left_alone() -> None:
    nag = row("HIPAA.Security", Verdict.PASS)
    assert reconcile([nag, row(second.ENGINE, Verdict.FAIL)])[0] == nag


def test_a_blind_rule_of_ours_is_found_out(tmp_path: Path) -> None:
    """A rule that finds everything in order does not get its way alone."""
    blind = replace(messaging_encryption.RULE, check=lambda *_: [])
    app = build(tmp_path, encrypted=False)
    with pytest.raises(RuntimeError):
        app.synth()
    engines = [OwnRules((blind,)), CloudFormationValidate(builtin=False)]
    [found] = judge(app, SETTINGS, tmp_path, engines).red
    assert (found.rule, found.verdict) == (blind.id, Verdict.INDETERMINATE)
    assert found.path == "small/Room/Inner/Queue/Resource"
