"""CloudFormation's functions, across nested templates."""

from typing import Any

import pytest

from compliance.intrinsics import Reference, Resolver, Unknown
from compliance.templates import Template
from tests.compliance.platform import KEY, arn, named, nested, ref, resources, template

ROOT = {
    "Parameters": {
        "Given": {"Type": "String", "Default": "x"},
        "Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"},
        "Open": {"Type": "String"},
    },
    "Mappings": {"Map": {"a": {"b": "c"}}},
    "Conditions": {"Chosen": {"Fn::Equals": [{"Ref": "Open"}, "x"]}},
    "Resources": {"Key": KEY, "Queue": named("SQS::Queue")},
}


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"a": [1, {"Ref": "Given"}]}, {"a": [1, "x"]}),
        ({"Ref": "AWS::Region"}, "${AWS::Region}"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        (ref("Key"), Reference("root.template.json", "Key", "Ref")),
        (arn("Key"), Reference("root.template.json", "Key", "Arn")),
        ({"Fn::GetAtt": "Key.Arn"}, Reference("root.template.json", "Key", "Arn")),
        ({"Fn::Join": ["/", [arn("Key"), "*"]]}, "${Key.Arn}/*"),
        ({"Fn::Join": ["", [arn("Key")]]}, Reference("root.template.json", "Key", "Arn")),
        ({"Fn::Sub": "a-${AWS::Region}"}, "a-${AWS::Region}"),
        ({"Fn::Sub": ["${x}-b", {"x": ref("Given")}]}, "x-b"),
        ({"Fn::If": ["Chosen", "same", "same"]}, "same"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", "a:b"]}]}, "b"),
        ({"Fn::FindInMap": ["Map", "a", "b"]}, "c"),
    ],
)
def test_known(value: Any, resolved: Any) -> None:
    root = template(ROOT)
    assert Resolver([root]).resolve(value, root) == resolved


@pytest.mark.parametrize(
    "value",
    [
        ref("Open"),
        ref("Looked"),
        ref("Nowhere"),
        arn("Nowhere"),
        {"Fn::ImportValue": "x"},
        {"Fn::GetAZs": ""},
        {"Fn::If": ["Chosen", "one", "other"]},
        {"Fn::Select": [5, ["a"]]},
        {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
        {"Fn::Split": [":", ref("AWS::Region")]},
        {"Fn::FindInMap": ["Map", "a", ref("AWS::Region")]},
        {"Fn::GetAtt": ["Key", ref("Open")]},
        {"Fn::Join": [":", {"Fn::GetAZs": ""}]},
    ],
)
def test_unknown(value: Any) -> None:
    root = template(ROOT)
    assert isinstance(Resolver([root]).resolve(value, root), Unknown)


def rooms() -> list[Template]:
    """A key in one nested stack, used in its sibling through an output and a parameter."""
    stack = "CloudFormation::Stack"
    key = {"Fn::GetAtt": ["Security", "Outputs.KeyArn"]}
    return nested(
        {
            "Resources": {
                "Security": named(stack),
                "Data": named(stack, Parameters={"Key": key, "Bad": {"Fn::ImportValue": "x"}}),
            }
        },
        {
            "Security": {
                "Resources": {"Key": KEY},
                "Outputs": {"KeyArn": {"Value": arn("Key")}},
            },
            "Data": {
                "Parameters": {name: {"Type": "String"} for name in ("Key", "Bad", "Forgotten")},
                "Resources": {
                    "Good": named("SQS::Queue", KmsMasterKeyId=ref("Key")),
                    "Bad": named("SQS::Queue", KmsMasterKeyId=ref("Bad")),
                    "Forgotten": named("SQS::Queue", KmsMasterKeyId=ref("Forgotten")),
                },
            },
        },
    )


def test_a_key_is_recognised_in_another_room() -> None:
    known = resources(*rooms())
    by_name = {one.logical_id: one for one in known.of_type("AWS::SQS::Queue")}
    key = known.at(by_name["Good"].get("KmsMasterKeyId"))
    assert key is not None
    assert (key.type, key.template.path) == ("AWS::KMS::Key", "root/Security")
    for name in ("Bad", "Forgotten"):
        assert isinstance(by_name[name].properties["KmsMasterKeyId"], Unknown)


def test_siblings_that_hand_each_other_parameters_end() -> None:
    stack = "CloudFormation::Stack"
    parent = {
        "Resources": {
            name: named(stack, Parameters={"P": {"Fn::GetAtt": [other, "Outputs.O"]}})
            for name, other in (("A", "B"), ("B", "A"))
        }
    }
    child = {"Parameters": {"P": {"Type": "String"}}, "Outputs": {"O": {"Value": ref("P")}}}
    made = nested(parent, {"A": child, "B": child})
    assert isinstance(Resolver(made).resolve(ref("P"), made[1]), Unknown)


def test_who_refers_to_whom() -> None:
    known = resources(
        template(
            {
                "Resources": {
                    "Q": named("SQS::Queue"),
                    "One": named("SQS::QueuePolicy", Queues=[ref("Other"), ref("Q")]),
                    "Two": named("SQS::QueuePolicy", Queues=["name"]),
                }
            }
        )
    )
    [queue] = known.of_type("AWS::SQS::Queue")
    found = known.referring("AWS::SQS::QueuePolicy", "Queues", queue)
    assert [one.logical_id for one in found] == ["One"]
