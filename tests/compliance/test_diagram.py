"""The diagram of the rooms."""

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.diagram import BEGIN, END, PageError, main, mermaid, replace
from compliance.templates import Assembly

DIGEST = "ab" * 32
OTHER = "cd" * 32


def nested(digest: str, **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": f"https://example/{digest}.json", "Parameters": parameters},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An assembly of a root stack and two rooms, the second with a value of the first."""
    key = {"Fn::GetAtt": ["KeysHolder", "Outputs.Key"]}
    bucket, role = {"Type": "AWS::S3::Bucket"}, {"Type": "AWS::IAM::Role"}
    files: dict[str, Any] = {
        "root.template.json": {
            "Resources": {
                "KeysHolder": nested(DIGEST),
                "LakeHolder": nested(OTHER, Key=key, Region={"Ref": "AWS::Region"}),
            }
        },
        "keys.nested.template.json": {"Resources": {"Key": {"Type": "AWS::KMS::Key"}}},
        "lake.nested.template.json": {"Resources": {"One": bucket, "Two": bucket, "Role": role}},
        "root.assets.json": {
            "files": {
                DIGEST: {"source": {"path": "keys.nested.template.json"}},
                OTHER: {"source": {"path": "lake.nested.template.json"}},
            }
        },
        "manifest.json": {
            "artifacts": {
                "root": {
                    "type": "aws:cloudformation:stack",
                    "properties": {"templateFile": "root.template.json"},
                    "metadata": {
                        f"/{path}": [{"type": "aws:cdk:templateFile", "data": file}]
                        for path, file in (
                            ("iryo-test", "root.template.json"),
                            ("iryo-test/Keys", "keys.nested.template.json"),
                            ("iryo-test/Lake", "lake.nested.template.json"),
                        )
                    },
                },
                "root.assets": {
                    "type": "cdk:asset-manifest",
                    "properties": {"file": "root.assets.json"},
                },
            }
        },
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    return tmp_path


def test_rooms_their_resources_and_what_they_hand_over(folder: Path) -> None:
    assert mermaid(Assembly(folder)).splitlines() == [
        "flowchart LR",
        '  subgraph iryo_test["iryo-test"]',
        '    Keys["Keys: 1 resource<br/>KMS 1"]',
        '    Lake["Lake: 3 resources<br/>S3 2<br/>IAM 1"]',
        "    Keys -->|1 value| Lake",
        "  end",
    ]


def test_a_page_gets_the_diagram_between_its_markers() -> None:
    page = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    assert replace(page, "new\n") == f"above\n{BEGIN}\n```mermaid\nnew\n```\n{END}\nbelow\n"


def test_a_page_without_markers_is_refused_and_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PageError):
        replace("nothing here", "new")
    page = folder / "page.md"
    page.write_text("nothing here")
    assert main([str(folder), str(page)]) == 2
    assert page.read_text() == "nothing here"
    assert f"{page}: has no lines {BEGIN}" in capsys.readouterr().err


def test_writes_the_page(folder: Path) -> None:
    page = folder / "page.md"
    page.write_text(f"{BEGIN}\n{END}\n")
    assert main([str(folder), str(page)]) == 0
    assert "Keys -->|1 value| Lake" in page.read_text()


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["/nowhere"]])
def test_wrong_input_is_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
