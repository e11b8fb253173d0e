"""CSV, OSCAL and SARIF: valid, complete, and all red where one property is broken."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from compliance import frameworks
from compliance.evidence.matrix import safe
from compliance.evidence.oscal import token
from tests.compliance.evidence import world
from tests.conftest import Synthesis

SCHEMAS = Path(__file__).parent / "schemas"
FORMATS = {
    "assessment-results.json": "oscal_assessment-results_schema.json",
    "results.sarif": "sarif-2.1.0.json",
}


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


def lines(folder: Path, name: str = "matrix.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8-sig"))))


def broken() -> dict[str, Any]:
    """A queue in a nested stack loses its key."""
    rooms = world.bodies()
    del rooms["Room"]["Queue"]["Properties"]["KmsMasterKeyId"]
    return rooms


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.write(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.write(tmp_path_factory.mktemp("bad"), broken())


@pytest.fixture(scope="module")
def excused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    waivers = {"iryo/Room/Queue": world.waiver()}
    return world.write(tmp_path_factory.mktemp("excused"), broken(), waivers=waivers)


def _pattern(_: Any, wanted: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Check a pattern as ECMA 262 has them: OSCAL's name Unicode's categories."""
    if isinstance(value, str) and not regex.search(wanted, value):
        yield ValidationError(f"{value!r} does not match {wanted!r}")


def objections(name: str, document: Any) -> list[str]:
    """What the official schema of a format says of a document."""
    validator = extend(Draft7Validator, {"pattern": _pattern})
    schema = json.loads((SCHEMAS / FORMATS[name]).read_bytes())
    return [error.message for error in validator(schema).iter_errors(document)]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", ["good", "bad", "excused"])
def test_the_official_schema_accepts_it(
    name: str, report: str, request: pytest.FixtureRequest
) -> None:
    assert objections(name, read(request.getfixturevalue(report), name)) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_official_schema_accepts_production_s(
    name: str, synthesis: Callable[[str], Synthesis]
) -> None:
    document = read(synthesis("production").outdir / "compliance", name)
    assert objections(name, document) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_official_schema_would_object(name: str, good: Path) -> None:
    document = read(good, name)
    inside = document.get("assessment-results", document)
    inside["invented"] = True
    assert objections(name, document)


def test_the_official_schema_would_object_to_a_pattern(good: Path) -> None:
    document = read(good, "assessment-results.json")
    document["assessment-results"]["uuid"] = "none"
    assert any("does not match" in one for one in objections("assessment-results.json", document))


def test_exactly_the_broken_control_is_red_in_every_format(good: Path, bad: Path) -> None:
    before, after = (
        {line["clause"]: line["verdict"] for line in lines(folder)} for folder in (good, bad)
    )
    assert before["ACT-2026-1(a)"] == "pass"
    assert {clause for clause in after if after[clause] != before[clause]} == {"ACT-2026-1(a)"}
    assert after["ACT-2026-1(a)"] == "fail"

    [result] = read(bad, "assessment-results.json")["assessment-results"]["results"]
    states = {one["target"]["target-id"]: one["target"]["status"] for one in result["findings"]}
    assert states[token("ACT-2026-1(a)")]["state"] == "not-satisfied"
    assert states[token("ACT-2026-1(b)")]["state"] == "satisfied"

    [run] = read(bad, "results.sarif")["runs"]
    encryption = [one for one in run["results"] if one["ruleId"] == world.ENCRYPTION]
    assert [one["level"] for one in encryption] == ["error"]
    assert not [one for one in run["results"] if one["ruleId"] == world.ROTATION]
    assert world.QUEUE in (bad / "report.html").read_text(encoding="utf-8")


def test_the_matrix_says_which_resources_are_not_in_order(bad: Path) -> None:
    [line] = [one for one in lines(bad) if one["clause"] == "ACT-2026-1(a)"]
    assert (line["fail"], line["pass"], line["not_in_order"]) == (
        "1",
        "0",
        f"{world.QUEUE} {world.ENCRYPTION}",
    )
    assert (line["control"], line["rules"]) == ("messages", world.ENCRYPTION)
    assert (line["prevent"], line["detect"]) == ("DenyPlainQueues", "sqs-queue-encrypted")


def test_the_matrix_has_a_line_for_what_no_rule_serves(good: Path) -> None:
    [line] = [one for one in lines(good) if one["clause"] == "ACT-2026-2①"]
    assert (line["verdict"], line["control"]) == ("manual", "")
    assert line["record_ja"] == "教育担当: 受講者の一覧"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert safe("a" + cell) == "a" + cell


def test_sarif_names_the_line_of_the_template(bad: Path) -> None:
    [run] = read(bad, "results.sarif")["runs"]
    [found] = [one for one in run["results"] if one["ruleId"] == world.ENCRYPTION]
    place = found["locations"][0]["physicalLocation"]
    template = (bad.parent / place["artifactLocation"]["uri"]).read_text().splitlines()
    assert template[place["region"]["startLine"] - 1].strip() == '"Queue": {'


def test_sarif_carries_the_excuse(excused: Path) -> None:
    [run] = read(excused, "results.sarif")["runs"]
    [found] = [one for one in run["results"] if one["ruleId"] == world.ENCRYPTION]
    [suppression] = found["suppressions"]
    assert suppression["status"] == "accepted"
    assert suppression["properties"]["owner"] == "queue-team"


def test_oscal_excludes_what_templates_cannot_show(good: Path) -> None:
    [result] = read(good, "assessment-results.json")["assessment-results"]["results"]
    [selection] = result["reviewed-controls"]["control-selections"]
    assert selection["exclude-controls"] == [{"control-id": token("ACT-2026-2①")}]
    assert token("ACT-2026-2①") not in {one["target"]["target-id"] for one in result["findings"]}


def test_oscal_observations_lead_to_resources(bad: Path) -> None:
    [result] = read(bad, "assessment-results.json")["assessment-results"]["results"]
    items = {
        one["uuid"]: one["description"] for one in result["local-definitions"]["inventory-items"]
    }
    observations = {one["uuid"]: one for one in result["observations"]}
    [finding] = [one for one in result["findings"] if one["title"] == "Messages at rest"]
    [related] = finding["related-observations"]
    observed = observations[related["observation-uuid"]]
    assert [items[one["subject-uuid"]] for one in observed["subjects"]] == [world.QUEUE]


def test_every_clause_we_have_has_a_token_of_its_own() -> None:
    ids = [clause.id for framework in frameworks.load() for clause in framework.clauses]
    tokens = {token(one) for one in ids}
    assert len(tokens) == len(ids) > 100
    # The pattern of TokenDatatype in the schema; \w holds the letters and digits it names.
    assert all(re.fullmatch(r"[^\W\d][\w.\-]*", one) for one in tokens)


def test_the_register_of_waivers_is_part_of_it(excused: Path) -> None:
    [line] = lines(excused, "waivers.csv")
    assert (line["rule"], line["owner"]) == (world.ENCRYPTION, "queue-team")
