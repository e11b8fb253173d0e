"""Limits of templates, circles among resources, and the table."""

import io
from typing import Any

import pytest

from compliance import table
from compliance.cycles import cycle, dependencies, longest_chain
from compliance.engine import Case
from compliance.quotas import Quotas, near
from compliance.templates import Template
from compliance.verdicts import Judgement, Row, Verdict
from compliance.waivers import Waiver
from tests.compliance.platform import arn, named, nested, ref, template


class Assembly:
    def __init__(self, *templates: Template) -> None:
        self.templates = templates


def case(*templates: Template) -> Case:
    return Case(
        app=None,  # type: ignore[arg-type]
        assembly=Assembly(*templates),  # type: ignore[arg-type]
        resources=None,  # type: ignore[arg-type]
        settings=None,  # type: ignore[arg-type]
    )


def many(section: str, number: int) -> Template:
    member: Any = {"a": "b"} if section == "Mappings" else named("SNS::Topic")
    return template({"Resources": {}, section: {f"M{index}": member for index in range(number)}})


@pytest.mark.parametrize(
    ("section", "what", "limit"),
    [
        ("Resources", "resources", 500),
        ("Parameters", "parameters", 200),
        ("Outputs", "outputs", 200),
        ("Mappings", "mappings", 200),
    ],
)
def test_limits(section: str, what: str, limit: int) -> None:
    for number, verdict in ((limit, Verdict.PASS), (limit + 1, Verdict.FAIL)):
        rows = {row.finding: row for row in Quotas().judge(case(many(section, number)))}
        assert rows[what].verdict is verdict
        assert {row.verdict for key, row in rows.items() if key != what} == {Verdict.PASS}


def test_a_template_may_have_a_million_bytes() -> None:
    fat = template({"Resources": {}, "Description": "x" * 1_000_000})
    [failed] = [row for row in Quotas().judge(case(fat)) if row.verdict is Verdict.FAIL]
    assert failed.finding == "bytes"


def test_nearness_is_told_from_four_fifths_on() -> None:
    def told(number: int) -> list[str]:
        return near(Quotas().judge(case(many("Resources", number))))

    assert told(399) == []
    assert told(400) == ["root: 400 of 500 resources, near the limit"]
    assert told(501) == []


def stacks(**needs: str) -> Template:
    """Nested stacks; each needs an output of another."""
    stack = "CloudFormation::Stack"
    resources = {
        name: named(stack, Parameters={"P": {"Fn::GetAtt": [other, "Outputs.O"]}} if other else {})
        for name, other in needs.items()
    }
    return nested({"Resources": resources}, {name: {} for name in needs})[0]


def test_the_longest_chain_of_nested_stacks() -> None:
    root = stacks(Security="", Network="Security", Data="Security", Ingestion="Network")
    graph = dependencies(root)
    assert cycle(graph) == []
    assert longest_chain(graph, set(root.children)) == ["Security", "Network", "Ingestion"]


def test_a_circle_of_nested_stacks() -> None:
    graph = dependencies(stacks(Security="Ingestion", Network="Security", Ingestion="Network"))
    assert cycle(graph) == ["Ingestion", "Network", "Security", "Ingestion"]


@pytest.mark.parametrize(
    "back",
    [
        {"Properties": {"A": ref("A")}},
        {"Properties": {"A": arn("A")}},
        {"Properties": {"A": {"Fn::GetAtt": "A.Arn"}}},
        {"Properties": {"A": {"Fn::Sub": "x${A.Arn}"}}},
        {"Properties": {"A": {"Fn::Sub": ["${x}", {"x": ref("A")}]}}},
        {"DependsOn": "A"},
        {"DependsOn": ["A"]},
    ],
)
def test_every_way_of_needing_is_seen(back: dict[str, Any]) -> None:
    resources = {
        "A": {"Type": "AWS::SNS::Topic", "DependsOn": "B"},
        "B": {"Type": "AWS::SNS::Topic", **back},
    }
    assert cycle(dependencies(template({"Resources": resources}))) == ["A", "B", "A"]


def test_a_container_that_waits_for_another_needs_no_resource() -> None:
    waits = {"DependsOn": [{"ContainerName": "B", "Condition": "START"}]}
    resources = {
        "A": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [waits]}},
        "B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"},
    }
    assert cycle(dependencies(template({"Resources": resources}))) == []


ROWS = (
    Row(
        engine="Iryo",
        rule="IRYO-B",
        finding="*",
        verdict=Verdict.INDETERMINATE,
        path="S/Room/Role",
        resource_type="AWS::IAM::Role",
        message="condition X",
        remedy="Do this.",
    ),
    Row(engine="Iryo", rule="IRYO-A", verdict=Verdict.FAIL, path="S/Room", message="[bold]bad"),
    Row(engine="Iryo", rule="IRYO-A", verdict=Verdict.PASS, path="S/Other"),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_text_is_stable() -> None:
    stream = io.StringIO()
    table.show(Judgement(rows=ROWS, judged={}), stream)
    assert stream.getvalue() == (
        "FAIL IRYO-A\n"
        "  S/Room\n"
        "  wrong: [bold]bad\n"
        "INDETERMINATE IRYO-B[*]\n"
        "  S/Room/Role (AWS::IAM::Role)\n"
        "  wrong: cannot be known: condition X\n"
        "  mend:  Do this.\n"
        "gate: 1 pass, 1 fail, 0 waived, 1 indeterminate, 0 no rule, 0 manual\n"
    )


def test_a_terminal_gets_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    table.show(Judgement(rows=ROWS, judged={}), stream)
    for text in ("what is wrong", "how to mend it", "IRYO-B[*]", "S/Room/Role", "[bold]bad"):
        assert text in stream.getvalue()


def test_only_failed_and_indeterminate_are_red(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(
        Row(engine="E", rule=str(verdict), verdict=verdict, path="S") for verdict in Verdict
    )
    assert [row.rule for row in Judgement(rows=rows, judged={}).red] == ["fail", "indeterminate"]
    assert Waiver.__dataclass_params__.frozen  # type: ignore[attr-defined]
