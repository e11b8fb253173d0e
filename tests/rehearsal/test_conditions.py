"""Fn::Join in conditions."""

from rehearsal.conditions import with_joins_resolved

TEMPLATE = {
    "Conditions": {
        "Given": {"Fn::Not": [{"Fn::Equals": ["", {"Fn::Join": ["", {"Ref": "List"}]}]}]}
    }
}


def resolved(value: object) -> object:
    found = with_joins_resolved(TEMPLATE, {"List": {"Value": value}})
    return found["Conditions"]["Given"]["Fn::Not"][0]["Fn::Equals"][1]


def test_a_list_is_joined() -> None:
    assert resolved(["a", "b"]) == "ab"
    assert resolved("a,b") == "ab"


def test_an_empty_list_is_empty() -> None:
    assert resolved("") == ""


def test_parts_and_references_mix() -> None:
    template = {"Conditions": {"C": {"Fn::Join": ["-", ["x", {"Ref": "P"}]]}}}
    found = with_joins_resolved(template, {"P": {"Value": "y"}})
    assert found["Conditions"]["C"] == "x-y"


def test_a_template_without_conditions_is_left_alone() -> None:
    template = {"Resources": {}}
    assert with_joins_resolved(template, {}) is template
