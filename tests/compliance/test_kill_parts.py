"""What kill tests are made of: batches, the copy of an assembly, and the changes of mutants."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from compliance.kill import tree
from compliance.kill.changes import adding, granting, having, rewriting, without
from compliance.kill.files import Copy, Files
from compliance.kill.mutants import kubernetes
from compliance.reading.checks import moves
from compliance.reading.kubernetes import pod_problems


def test_mutants_of_a_batch_touch_different_resources() -> None:
    one, two = (
        tree.TreeMutant(rules=("R",), path=path, changed=changed, values={})
        for path, changed in (("A", "B"), ("B", "B"))
    )
    other = replace(one, path="C", changed="C")
    assert tree.batches([one, two, other]) == [[one, other], [two]]


def test_the_copy_is_put_right_again(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    (there / "a.json").write_text('{"a": 1}')
    (there / "asset.zip").write_text("")
    copy = Copy(there, here)
    files = copy.files()
    files["a.json"]["a"] = 2
    files["b.json"] = {}
    with copy.holding(files):
        assert json.loads((here / "a.json").read_text()) == {"a": 2}
        assert (here / "b.json").exists()
    assert [file.name for file in here.iterdir()] == ["a.json"]
    assert (here / "a.json").read_bytes() == (there / "a.json").read_bytes()


def test_files_that_were_only_read_are_not_changed() -> None:
    files = Files({"a.json": b'{"a": 1}'})
    assert files["a.json"] == {"a": 1}
    assert files.changed == {}


def test_changes() -> None:
    properties: dict[str, Any] = {"A": {"B": 1}, "L": [{"C": 2}], "P": {"Statement": []}}
    without("A", "B")(properties)
    having(3, "L", 0, "D")(properties)
    having(4, "New", "E")(properties)
    granting("P", Action="*")(properties)
    adding(5, "L")(properties)
    adding(6, "M", "N")(properties)
    assert properties == {
        "A": {},
        "L": [{"C": 2, "D": 3}, 5],
        "M": {"N": [6]},
        "New": {"E": 4},
        "P": {"Statement": [{"Effect": "Allow", "Action": "*"}]},
    }


def test_a_document_in_a_text_is_rewritten() -> None:
    text = {"Fn::Join": ["", ['{"A":"', {"Ref": "B"}, '","C":1}']]}
    properties: dict[str, Any] = {"Text": text}
    rewriting('","C":1', '","C":2', "Text")(properties)
    assert properties["Text"] == {"Fn::Join": ["", ['{"A":"', {"Ref": "B"}, '","C":2}']]}


def test_the_pod_that_mutants_spoil_is_in_order() -> None:
    assert list(pod_problems(kubernetes.POD["spec"], "Pod")) == []
    assert not any(moves(one["image"]) for one in kubernetes.POD["spec"]["containers"])
