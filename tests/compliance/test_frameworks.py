"""The tables that are shipped: complete in both languages, sourced, connected, and as documented."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from compliance import controls, frameworks, tables
from compliance.frameworks import BY_RULES, Clause, summary
from compliance.rules import RULES
from compliance.text import Text

DOCS = Path(__file__).parents[2] / "docs" / "frameworks.md"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
ASKED = {
    *("hipaa-security-rule", "nist-800-53-r5", "iso-27001-2022", "soc2-2017-2022"),
    *("mhlw-7.0", "mhlw-6.0", "meti-mic-2.0", "appi", "well-architected-security"),
    "next-generation-medical-infrastructure-act",
}


def clauses() -> list[Clause]:
    return [clause for framework in frameworks.load() for clause in framework.clauses]


def texts() -> list[tuple[str, Text]]:
    found = [(f"topic {topic}", record) for topic, record in tables.records().items()]
    found += [(control.id, control.title) for control in controls.load()]
    for framework in frameworks.load():
        given = (framework.title, framework.edition, framework.coverage)
        found += [(framework.id, text) for text in given]
    for clause in clauses():
        given = (
            clause.title,
            clause.section,
            clause.source,
            clause.record,
            clause.why,
            clause.attestation,
        )
        found += [(clause.id, text) for text in given if text]
    return found


def test_every_framework_asked_for_is_there() -> None:
    assert {framework.id for framework in frameworks.load()} == ASKED


def test_every_text_is_in_both_languages() -> None:
    assert [where for where, text in texts() if not JAPANESE.search(text.ja)] == []
    assert [where for where, text in texts() if JAPANESE.search(text.en)] == []


def test_every_clause_says_what_it_rests_on() -> None:
    assert [clause.id for clause in clauses() if not (clause.source.en and clause.seen)] == []
    assert [one.id for one in frameworks.load() if not (one.coverage.en and one.edition)] == []


def test_every_rule_of_ours_belongs_to_a_control() -> None:
    served = {rule for control in controls.load() for rule in control.rules}
    assert sorted({rule.id for rule in RULES} - served) == []


def test_every_control_serves_a_clause_or_says_what_no_rule_shows() -> None:
    named = {control for clause in clauses() for control in clause.controls}
    unused = [one.id for one in controls.load() if one.rules and one.id not in named]
    assert unused == []


def test_clauses_proven_rest_on_rules_that_must_have_spoken() -> None:
    needed = {control.id: control.needed for control in controls.load()}
    resting = [
        clause.id
        for clause in clauses()
        if clause.disposition in BY_RULES and not any(needed[one] for one in clause.controls)
    ]
    assert resting == []


def test_no_topic_is_a_dead_word() -> None:
    used = Counter(clause.id for clause in clauses())
    assert max(used.values()) == 1
    topics = {control.topic for control in controls.load()} | {rule.topic for rule in RULES}
    assert topics <= tables.records().keys()


def test_the_documentation_holds_the_table_of_frameworks() -> None:
    text = DOCS.read_text(encoding="utf-8")
    [kept] = re.findall(f"{re.escape(summary.BEGIN)}\n(.*?)\n{re.escape(summary.END)}", text, re.S)
    assert kept == summary.markdown(), "make snapshots"


@pytest.mark.parametrize("column", ["proven", "secondary"])
def test_the_table_counts_what_the_files_say(column: str) -> None:
    [heading, _, *lines] = summary.markdown().split("\n\n")[0].splitlines()
    position = next(at for at, name in enumerate(heading.split(" | ")) if column in name)
    total = sum(int(line.strip("| ").split(" | ")[position]) for line in lines)
    assert total == sum(column in (clause.disposition, clause.seen) for clause in clauses())


def test_the_identifiers_of_aws_config_are_those_of_the_cdk() -> None:
    from aws_cdk import aws_config

    listed = {
        getattr(aws_config.ManagedRuleIdentifiers, name)
        for name in dir(type(aws_config.ManagedRuleIdentifiers))
        + list(vars(aws_config.ManagedRuleIdentifiers))
        if name.isupper() and name != "PROPERTY_INJECTION_ID"
    }
    assert listed, "the CDK names none"
    assert controls.managed_rules() == listed, json.dumps(sorted(listed))
