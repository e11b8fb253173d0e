"""Every resource type of the platform has a rule or a written reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from compliance import coverage
from compliance.own import NAME
from compliance.verdicts import Judgement, Row, Verdict
from tests.compliance.platform import named, platform

TAGS = "IRYO-TAGS"
ENVIRONMENTS = ("dev", "staging", "production")


def row(rule: str, logical_id: str, type_: str = "AWS::SQS::Queue") -> Row:
    return Row(
        engine=NAME,
        rule=rule,
        verdict=Verdict.PASS,
        path=f"S/{logical_id}",
        resource_type=type_,
        template="root.template.json",
        logical_id=logical_id,
    )


def test_every_type_has_a_rule_or_a_reason(judgement: Callable[[str], Judgement]) -> None:
    for environment in ENVIRONMENTS:
        types = coverage.by_type(judgement(environment).rows)
        assert len(types) > 40
        assert [one.type for one in types if not one.covered] == []


def test_no_reason_is_left_over(judgement: Callable[[str], Judgement]) -> None:
    judged = [coverage.by_type(judgement(environment).rows) for environment in ENVIRONMENTS]
    without = {one.type for types in judged for one in types if not one.rules}
    assert set(coverage.reasons()) - without == set()


def test_rules_about_everything_cover_nothing() -> None:
    assert coverage.universal() >= {TAGS, "IRYO-DATA-CLASS-PATH", "IRYO-DATA-CLASS-SERVICES"}
    assert "IRYO-S3-TLS" not in coverage.universal()


def test_a_resource_without_a_rule_is_shown_with_its_reason() -> None:
    resources = platform(
        Judged=named("SQS::Queue"),
        OnlyTagged=named("SQS::Queue"),
        Validated=named("SQS::Queue"),
        Explained=named("KMS::Alias"),
        Nested=named("CloudFormation::Stack"),
    )
    rows = [
        row("IRYO-MESSAGING-TLS", "Judged"),
        row(TAGS, "OnlyTagged"),
        row("CFN-W1234", "Validated"),
    ]
    shown = {one.logical_id: one for one in coverage.unjudged(resources.all, rows)}
    assert set(shown) == {"OnlyTagged", "Validated", "Explained"}
    assert {one.verdict for one in shown.values()} == {Verdict.NO_RULE}
    assert shown["OnlyTagged"].message == coverage.NO_REASON
    assert shown["Explained"].message == coverage.reasons()["AWS::KMS::Alias"].en


def test_by_type_counts_resources_and_rules() -> None:
    rows = [
        row("IRYO-MESSAGING-TLS", "A"),
        row("IRYO-MESSAGING-ENCRYPTION", "A"),
        row(TAGS, "B"),
        row(TAGS, "C", "AWS::IoT::Thing"),
        row("", "D", "AWS::KMS::Alias"),
    ]
    thing, alias, queue = coverage.by_type(rows)
    assert [thing.type, alias.type, queue.type] == [
        *("AWS::IoT::Thing", "AWS::KMS::Alias", "AWS::SQS::Queue")
    ]
    assert (queue.resources, queue.rules) == (
        2,
        ("IRYO-MESSAGING-ENCRYPTION", "IRYO-MESSAGING-TLS"),
    )
    assert alias.reason and alias.covered and not alias.rules
    assert not thing.covered


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[", "cannot be read"),
        ('"AWS::KMS::Alias" = "because"', '"AWS::KMS::Alias" must be'),
        ('["AWS::KMS::Alias"]\nen = "because"', '"AWS::KMS::Alias" must be'),
        ('["AWS::KMS::Alias"]\nen = "because"\nja = " "', '"AWS::KMS::Alias" must be'),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "no_rule.toml"
    file.write_text(text)
    with pytest.raises(coverage.ReasonError, match=wrong) as raised:
        coverage.reasons(file)
    assert str(file) in str(raised.value)


def test_reasons_are_sentences_in_both_languages() -> None:
    for text in coverage.reasons().values():
        assert text.en.endswith(".")
        assert text.ja.endswith("。")
        assert not text.ja.isascii()
