"""The second engine: Guard's rules against the same cases as our own, and the command."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from cloudformation_validate import (
    CelEngine,
    EngineConfig,
    RuleOrigin,
    TemplateContent,
    ValidateConfig,
)
from typer import Typer
from typer.testing import CliRunner

from compliance import second
from compliance.rules import RULES
from compliance.second.alone import judged
from compliance.second.commands import verdicts as command
from compliance.second.opinions import OPINIONS, Opinion
from compliance.templates import Assembly
from compliance.verdicts import Row, Verdict
from tests.compliance.cases import CASES, Given
from tests.compliance.platform import named, resources, template
from tests.compliance.test_rules import OTHERS

BY_RULE = {opinion.rule: opinion for opinion in OPINIONS}
Judge = Callable[[dict[str, dict[str, Any]]], list[Row]]


@pytest.fixture(scope="module")
def judge() -> Judge:
    engine = CelEngine(EngineConfig(guard_rules=second.sources()))
    only = ValidateConfig(disable_builtin_rules=True)

    def said(given: dict[str, dict[str, Any]]) -> list[Row]:
        body = {"Resources": given}
        report = engine.validate_template(TemplateContent(json.dumps(body)), only)
        return list(second.verdicts(resources(template(body)).all, report.diagnostics))

    return said


def of(rows: Iterable[Row], rule: str) -> Verdict | None:
    """What a rule says of the resource under test."""
    found = [row.verdict for row in rows if (row.rule, row.logical_id) == (rule, "Tested")]
    assert len(found) <= 1
    return found[0] if found else None


def asked(opinion: Opinion, given: Given) -> bool:
    tested = given["Tested"]
    return tested["Type"] in opinion.types and (
        not opinion.needs or opinion.needs in tested["Properties"]
    )


def test_each_opinion_answers_a_rule_of_ours_on_its_types() -> None:
    ours = {rule.id: set(rule.types) for rule in RULES}
    assert len(BY_RULE) == len(OPINIONS) >= 25
    for opinion in OPINIONS:
        assert set(opinion.types) <= ours[opinion.rule]


def test_each_guard_rule_has_an_opinion_and_each_opinion_a_guard_rule() -> None:
    engine = CelEngine(EngineConfig(guard_rules=second.sources()))
    there = {rule.id for rule in engine.list_rules() if rule.origin is RuleOrigin.GUARD}
    assert there == {second.name(opinion.rule) for opinion in OPINIONS}


@pytest.mark.parametrize("opinion", OPINIONS, ids=lambda opinion: opinion.rule)
def test_it_agrees_with_the_cases_of_our_rule(opinion: Opinion, judge: Judge) -> None:
    cases = CASES[opinion.rule]
    for given in cases.good:
        if asked(opinion, given):
            assert of(judge({**OTHERS, **given}), opinion.rule) is Verdict.PASS, given
    bad = [given for given, _ in cases.bad if asked(opinion, given)]
    said = [of(judge({**OTHERS, **given}), opinion.rule) for given in bad]
    if opinion.blind:
        assert Verdict.FAIL in said or opinion.needs
    else:
        assert set(said) == {Verdict.FAIL}


def test_streams_whose_failures_go_nowhere(judge: Judge) -> None:
    """Our own cases of this rule have no starting position."""
    rule = "IRYO-LAMBDA-EVENT-SOURCE"
    kept = {
        "StartingPosition": "LATEST",
        "MaximumRetryAttempts": 3,
        "DestinationConfig": {"OnFailure": {"Destination": "arn"}},
    }
    mapping = "Lambda::EventSourceMapping"
    assert of(judge({"Tested": named(mapping, **kept)}), rule) is Verdict.PASS
    for missing in ("MaximumRetryAttempts", "DestinationConfig"):
        less = {key: value for key, value in kept.items() if key != missing}
        assert of(judge({"Tested": named(mapping, **less)}), rule) is Verdict.FAIL
    assert of(judge({"Tested": named(mapping)}), rule) is None


def test_one_resource_does_not_answer_for_another(judge: Judge) -> None:
    groups = {
        "Tested": named("Logs::LogGroup"),
        "Kept": named("Logs::LogGroup", RetentionInDays=30, KmsKeyId={"Ref": "Key"}),
    }
    rows = judge(groups)
    verdicts = {(row.rule, row.logical_id): row.verdict for row in rows}
    assert verdicts == {
        ("IRYO-LOGS-ENCRYPTION", "Tested"): Verdict.FAIL,
        ("IRYO-LOGS-RETENTION", "Tested"): Verdict.FAIL,
        ("IRYO-LOGS-ENCRYPTION", "Kept"): Verdict.PASS,
        ("IRYO-LOGS-RETENTION", "Kept"): Verdict.PASS,
    }
    assert all(row.remedy for row in rows if row.verdict is Verdict.FAIL)


def test_a_key_that_is_a_parameter_counts_as_named(judge: Judge) -> None:
    stream = named("Kinesis::Stream", StreamEncryption={"KeyId": {"Ref": "KeyOfAnotherRoom"}})
    assert of(judge({"Tested": stream}), "IRYO-KINESIS-ENCRYPTION") is Verdict.PASS


def run(*arguments: str) -> tuple[int, str]:
    app = Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_alone_on_the_platform(assembly: Any) -> None:
    made = assembly("production")
    rows = judged(Assembly(made.outdir))
    assert {row.verdict for row in rows} == {Verdict.PASS, Verdict.WAIVED}
    assert len({row.rule for row in rows}) > 25
    code, said = run(str(made.outdir))
    assert code == 0
    assert "pass" in said.splitlines()[-1]
    assert not any(line.startswith("pass") for line in said.splitlines())
    assert "pass   IRYO-S3-TLS iryo-production/Data/" in run(str(made.outdir), "--all")[1]


def test_alone_on_a_bad_template(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps(
            {
                "artifacts": {
                    "S": {
                        "type": "aws:cloudformation:stack",
                        "properties": {"templateFile": "S.template.json"},
                    }
                }
            }
        )
    )
    (tmp_path / "S.template.json").write_text(
        json.dumps({"Resources": {"Tested": named("Kinesis::Stream")}})
    )
    code, said = run(str(tmp_path))
    assert (code, said.splitlines()[-1]) == (1, "second: 1 fail")
    assert "fail   IRYO-KINESIS-ENCRYPTION S.template.json/Tested: " in said


def test_alone_on_no_assembly(tmp_path: Path) -> None:
    assert run(str(tmp_path)) == (
        2,
        f"{tmp_path / 'manifest.json'}: cannot be read (No such file or directory)\n",
    )
