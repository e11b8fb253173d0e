"""What rows say of controls and clauses, both ways."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import pytest

from compliance import controls, frameworks
from compliance.assessment import Assessment, assess
from compliance.controls import Control
from compliance.verdicts import Judgement, Row, Verdict
from compliance.waivers import Waiver
from tests.compliance.platform import TestSettings

ENVIRONMENTS = ("dev", "production")


def row(rule: str, verdict: Verdict = Verdict.PASS, number: int = 0) -> Row:
    waiver = Waiver(
        rule="IRYO-TAGS",
        reason="It is a test.",
        owner="team",
        ticket="IRYO-1",
        expires=date.today(),
        compensating_control="None is needed.",
    )
    return Row(
        engine="test",
        rule=rule,
        verdict=verdict,
        path=f"iryo/{rule}/{number}",
        logical_id=f"R{number}",
        waiver=waiver if verdict is Verdict.WAIVED else None,
    )


def judged(rows: Iterable[Row]) -> Judgement:
    return Judgement(rows=tuple(rows), judged={})


def needed() -> list[Row]:
    """A pass of every rule that must have judged something."""
    rules = dict.fromkeys(rule for control in controls.load() for rule in control.needed)
    return [row(rule) for rule in rules]


def measured(rows: Iterable[Row]) -> Assessment:
    return assess(judged(rows), TestSettings())


def verdicts(assessment: Assessment) -> dict[str, Verdict]:
    return {
        result.clause.id: result.verdict
        for _, results in assessment.frameworks
        for result in results
    }


def of_controls(assessment: Assessment) -> dict[str, Verdict]:
    return {control.id: verdict for control, verdict, _ in assessment.controls}


def serving(rule: str) -> tuple[set[str], set[str]]:
    """The controls that a rule serves, and the clauses that rest on those."""
    ids = {control.id for control in controls.load() if rule in control.rules}
    return ids, {
        clause.id
        for framework in frameworks.load()
        for clause in framework.clauses
        if ids & set(clause.controls)
    }


def changed(before: dict[str, Verdict], after: dict[str, Verdict]) -> set[str]:
    return {name for name in before if before[name] is not after[name]}


BEST = {
    "proven": Verdict.PASS,
    "partly": Verdict.MANUAL,
    "manual": Verdict.MANUAL,
    "inherited": Verdict.INHERITED,
    "not-applicable": Verdict.NOT_APPLICABLE,
}


def test_the_best_that_can_be_said_depends_on_the_disposition() -> None:
    said = verdicts(measured(needed()))
    for framework in frameworks.load():
        for clause in framework.clauses:
            assert said[clause.id] is BEST[clause.disposition], clause.id


def test_without_rows_nothing_is_green() -> None:
    assessment = measured([])
    assert Verdict.PASS not in verdicts(assessment).values()
    assert set(of_controls(assessment).values()) == {Verdict.NO_RULE}
    for _, results in assessment.frameworks:
        for result in results:
            if result.clause.controls:
                assert result.verdict is Verdict.NO_RULE and result.gaps


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INDETERMINATE, Verdict.WAIVED])
@pytest.mark.parametrize(
    "rule",
    ["IRYO-KMS-ROTATION", "NIST.800.53.R5-VPCFlowLogsEnabled", "IRYO-GATE-UNJUDGED"],
)
def test_a_row_changes_exactly_the_controls_and_clauses_that_rest_on_it(
    rule: str, verdict: Verdict
) -> None:
    before, after = measured(needed()), measured([*needed(), row(rule, verdict, number=1)])
    ids, resting = serving(rule)
    assert changed(of_controls(before), of_controls(after)) == ids
    assert changed(verdicts(before), verdicts(after)) == resting
    assert {of_controls(after)[one] for one in ids} == {verdict}
    assert {verdicts(after)[one] for one in resting} == {verdict}


def test_the_worst_word_stands() -> None:
    rule = "IRYO-KMS-ROTATION"
    order = [Verdict.WAIVED, Verdict.INDETERMINATE, Verdict.FAIL]
    rows = needed()
    for number, verdict in enumerate(order, 1):
        rows.append(row(rule, verdict, number))
        assert of_controls(measured(rows))["keys-rotate"] is verdict


def test_a_needed_rule_that_judged_nothing_takes_the_green_away() -> None:
    rows = [one for one in needed() if one.rule != "IRYO-CLOUDTRAIL-TRAIL"]
    assessment = measured(rows)
    _, resting = serving("IRYO-CLOUDTRAIL-TRAIL")
    said = verdicts(assessment)
    assert {said[one] for one in resting} == {Verdict.NO_RULE}
    gaps = {
        result.clause.id
        for _, results in assessment.frameworks
        for result in results
        if "IRYO-CLOUDTRAIL-TRAIL" in result.gaps
    }
    assert gaps == resting


def test_an_excuse_does_not_hide_that_a_needed_rule_judged_nothing() -> None:
    rows = [one for one in needed() if one.rule != "IRYO-CLOUDTRAIL-TRAIL"]
    rows.append(row("HIPAA.Security-CloudTrailCloudWatchLogsEnabled", Verdict.WAIVED, 1))
    assert of_controls(measured(rows))["trail"] is Verdict.NO_RULE


def test_a_rule_only_if_present_is_no_gap_in_the_verdict_but_shown_as_one() -> None:
    rule = "HIPAA.Security-RDSStorageEncrypted"
    before = measured(needed())
    assert of_controls(before)["databases-encrypted"] is Verdict.PASS
    [result] = [
        one
        for _, results in before.frameworks
        for one in results
        if one.clause.id == "HIPAA-164.312(a)(2)(iv)"
    ]
    assert result.verdict is Verdict.PASS and rule in result.gaps
    after = measured([*needed(), row(rule, Verdict.FAIL)])
    assert verdicts(after)["HIPAA-164.312(a)(2)(iv)"] is Verdict.FAIL


def test_a_control_with_optional_rules_only_needs_one_that_passed() -> None:
    assert of_controls(measured(needed()))["load-balancers-tls"] is Verdict.NO_RULE
    rows = [*needed(), row("HIPAA.Security-ELBv2ACMCertificateRequired")]
    assert of_controls(measured(rows))["load-balancers-tls"] is Verdict.PASS


def test_the_evidence_is_the_rows_of_its_rules() -> None:
    assessment = measured([*needed(), row("IRYO-TAGS", number=7), row("", Verdict.NO_RULE)])
    evidence = {control.id: rows for control, _, rows in assessment.controls}
    assert [one.path for one in evidence["resources-tagged"]] == [
        "iryo/IRYO-TAGS/0",
        "iryo/IRYO-TAGS/7",
    ]
    for control, _, rows in assessment.controls:
        assert {one.rule for one in rows} <= set(control.rules)


def test_a_large_platform_is_assessed_at_once() -> None:
    rows = [replace(one, path=f"{one.path}/{copy}") for one in needed() for copy in range(60)]
    assert len(rows) > 5_000
    measured([])  # the tables are read once a process
    start = time.perf_counter()
    measured(rows)
    assert time.perf_counter() - start < 0.2


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_needed_rule_met_something_on_the_real_platform(
    environment: str, judgement: Callable[[str], Judgement]
) -> None:
    met = {one.rule for one in judgement(environment).rows}
    silent: dict[str, Control] = {
        rule: control for control in controls.load() for rule in control.needed if rule not in met
    }
    assert sorted(silent) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_on_the_real_platform_is_green_without_a_pass_of_each_needed_rule(
    environment: str, judgement: Callable[[str], Judgement]
) -> None:
    by_id = {control.id: control for control in controls.load()}
    assessment = assess(judgement(environment), TestSettings())
    green = [
        result
        for _, results in assessment.frameworks
        for result in results
        if result.verdict is Verdict.PASS
    ]
    assert green
    for result in green:
        assert result.clause.disposition == "proven"
        assert {one.verdict for one in result.rows} == {Verdict.PASS}
        wanted = {rule for one in result.clause.controls for rule in by_id[one].needed}
        assert wanted <= {one.rule for one in result.rows}
