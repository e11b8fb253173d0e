"""A supplier's nested template is shown and not judged; any other address from outside is red."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from compliance import coverage, external
from compliance.judging import judge
from compliance.templates import Assembly, AssemblyError
from compliance.verdicts import Verdict
from infra.config.hpc import PARALLELCLUSTER_VERSION
from tests.compliance.small_app import SETTINGS, build

REGION, SUFFIX = {"Ref": "AWS::Region"}, {"Ref": "AWS::URLSuffix"}
PATH = f"/parallelcluster/{PARALLELCLUSTER_VERSION}/templates/custom_resource/cluster.yaml"


def url(*parts: Any) -> dict[str, Any]:
    return {"Fn::Join": ["", ["https://", *parts]]}


GOOD = url(REGION, "-aws-parallelcluster.s3.", REGION, ".", SUFFIX, PATH)
ELSEWHERE = [
    url(REGION, "-aws-parallelcluster.s3.", REGION, ".", SUFFIX, PATH.replace("3.", "4.", 1)),
    url("eu-west-1-aws-parallelcluster.s3.", REGION, ".", SUFFIX, PATH),
    url({"Ref": "Host"}, ".s3.", REGION, ".", SUFFIX, PATH),
    url(REGION, "-aws-parallelcluster.s3.", REGION, ".", SUFFIX, PATH, "?version=1"),
    "https://example.com/cluster.yaml",
    {"Fn::Sub": "https://${Host}/cluster.yaml"},
    {"Ref": "Address"},
    None,
]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[cdk.App, Path]]:
    app = build(tmp_path)
    app.synth()
    yield app, tmp_path


def nest(folder: Path, address: Any) -> None:
    """Add a nested stack with an address to the root template."""
    file = folder / "small.template.json"
    body = json.loads(file.read_text())
    properties = {} if address is None else {"TemplateURL": address}
    body["Resources"]["Vendor"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": properties,
    }
    file.write_text(json.dumps(body))


def test_a_listed_one_is_shown_with_its_address_and_a_reason(small: tuple[cdk.App, Path]) -> None:
    app, folder = small
    nest(folder, GOOD)
    rows = [row for row in judge(app, SETTINGS, folder, ()).rows if row.logical_id == "Vendor"]
    (row,) = rows
    assert row.verdict is Verdict.NO_RULE
    assert row.message.endswith(external.address(GOOD))
    assert row.message.startswith(coverage.reasons()["AWS::CloudFormation::Stack"].en)
    (shown,) = [one for one in coverage.by_type(rows) if one.type.endswith("::Stack")]
    assert (shown.resources, shown.covered) == (1, True)


def test_a_nested_stack_of_ours_needs_no_row(small: tuple[cdk.App, Path]) -> None:
    app, folder = small
    rows = judge(app, SETTINGS, folder, ()).rows
    assert not [row for row in rows if row.resource_type == "AWS::CloudFormation::Stack"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_any_other_is_no_verdict(small: tuple[cdk.App, Path], address: Any) -> None:
    nest(small[1], address)
    with pytest.raises(AssemblyError, match=r"compliance/external\.toml"):
        Assembly(small[1])


def test_a_listed_one_has_no_template_of_ours(small: tuple[cdk.App, Path]) -> None:
    nest(small[1], GOOD)
    root = next(t for t in Assembly(small[1]).templates if t.file == "small.template.json")
    assert root.external == {"Vendor": external.address(GOOD)}
    assert "Vendor" not in root.children


def test_the_list_names_hosts_of_aws_and_versions_to_the_letter() -> None:
    for address in external.allowed():
        assert address.startswith("https://")
        assert "*" not in address and "latest" not in address
        assert f"/{PARALLELCLUSTER_VERSION}/" in address
