"""What arrives at a deployment is what was judged, or it is refused."""

import copy
from typing import Any

import pytest

from hpc.runtime.judged import as_judged, fingerprint
from tests.hpc.runtime_world import World, event

JUDGED = {"Region": "ap-northeast-1", "Head": {"Subnet": "subnet-1", "Bucket": "s3://stand-in/a"}}
PAIRS = [("subnet-9", "subnet-1"), ("bucket-of-ours", "stand-in"), ("eu-west-1", "ap-northeast-1")]
ARRIVED = {
    "Region": "ap-northeast-1",
    "Head": {"Subnet": "subnet-9", "Bucket": "s3://bucket-of-ours/a"},
}


def test_stand_ins_take_the_place_of_what_is_there_also_inside_a_text() -> None:
    assert as_judged(ARRIVED, PAIRS) == JUDGED
    assert as_judged(["subnet-9", 1, True], PAIRS) == ["subnet-1", 1, True]
    assert as_judged(ARRIVED, []) is ARRIVED


def test_an_id_that_is_part_of_another_is_not_taken_for_it() -> None:
    pairs = [("sub", "a"), ("subnet", "b"), ("a", "c")]
    assert as_judged("subnet sub a", pairs) == "b a c"


def test_numbers_and_switches_count_as_their_text() -> None:
    assert fingerprint({"a": 1, "b": True}) == fingerprint({"b": "true", "a": "1"})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert fingerprint({"a": [1, 2]}) != fingerprint({"a": [2, 1]})


def gate(configuration: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event(
        "Create",
        Fingerprint=fingerprint(JUDGED),
        Configuration=configuration,
        StandIns=[{"Real": real, "StandIn": stood} for real, stood in PAIRS],
        **more,
    )


def test_the_gate_lets_the_judged_one_through_and_says_so() -> None:
    world = World(fleet=None)
    world.deliver(gate(ARRIVED))
    assert world.answers[-1]["Status"] == "SUCCESS"
    assert world.answers[-1]["Data"]["Judged"] == fingerprint(JUDGED)


@pytest.mark.parametrize("key", ["Subnet", "Bucket"])
def test_the_gate_refuses_another_one(key: str) -> None:
    other = copy.deepcopy(ARRIVED)
    other["Head"][key] = "elsewhere"  # type: ignore[index]
    world = World(fleet=None)
    world.deliver(gate(other))
    assert world.answers[-1]["Status"] == "FAILED"
    assert "is not the one that was judged" in world.answers[-1]["Reason"]
    assert world.kept == {}


def test_the_gate_refuses_another_region_than_that_it_was_judged_for() -> None:
    world = World(fleet=None)
    world.deliver(gate(ARRIVED, JudgedRegion="eu-west-1"))
    assert world.answers[-1]["Status"] == "FAILED"
    assert "judged for eu-west-1, deployed to ap-northeast-1" in world.answers[-1]["Reason"]
