"""Custom resources: one answer always, whatever goes wrong at any step."""

import copy
import itertools
from typing import Any

import pytest

from hpc.runtime.journal import Accepted, BusyError
from tests.hpc.inputs import good_yaml
from tests.hpc.runtime_world import INVOCATION_SECONDS, Faults, World, event

FLEET = "Custom::ClusterFleet"
KINDS = ("killed before", "killed after", "throttled")


def smaller() -> dict[str, Any]:
    config = copy.deepcopy(good_yaml())
    config["Scheduling"]["SlurmQueues"][0]["ComputeResources"][0]["MaxCount"] = 8
    return config


def refused() -> dict[str, Any]:
    config = copy.deepcopy(good_yaml())
    config["HeadNode"]["InstanceType"] = "m6i.2xlarge"
    return config


def known() -> World:
    """A running cluster whose first configuration was let through."""
    world = World()
    world.kept["research"] = Accepted("first", "", good_yaml())
    return world


def draining_update() -> tuple[World, dict[str, Any]]:
    return known(), event(
        "Update",
        Fingerprint="second",
        Configuration=smaller(),
        Quotas={"P": "192"},
        Reservations=["cr-good"],
    )


def check_drained(world: World) -> None:
    assert world.fleet() == "STOPPED"
    assert world.requests.count("STOP_REQUESTED") == 1
    assert not world.stopped_with_jobs
    assert world.kept["research"].now == "second"
    assert world.kept["research"].before == "first"


def resuming_update() -> tuple[World, dict[str, Any]]:
    world = World(fleet="STOPPED")
    world.queues = "DRAIN"
    return world, event("Update", FLEET, Fingerprint="second")


def check_resumed(world: World) -> None:
    assert (world.fleet(), world.queues) == ("RUNNING", "UP")
    assert world.requests == ["START_REQUESTED"]


def deletion() -> tuple[World, dict[str, Any]]:
    request = event("Delete", FLEET, Fingerprint="second")
    request["PhysicalResourceId"] = "ClusterFleet-research"
    return World(), request


def check_deleted(world: World) -> None:
    assert world.fleet() == "STOPPED"
    assert not world.stopped_with_jobs


def first_creation() -> tuple[World, dict[str, Any]]:
    return World(fleet=None), event("Create", Fingerprint="first", Configuration=good_yaml())


def check_created(world: World) -> None:
    assert world.kept["research"].now == "first"
    assert world.requests == []


SCENARIOS = {
    "drain before an update": (draining_update, check_drained),
    "resume after an update": (resuming_update, check_resumed),
    "delete": (deletion, check_deleted),
    "create": (first_creation, check_created),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_call_may_go_wrong_once(name: str) -> None:
    begin, check = SCENARIOS[name]
    clean, request = begin()
    clean.deliver(request)
    check(clean)
    expected = clean.answers
    assert [answer["Status"] for answer in expected] == ["SUCCESS"]
    calls = clean.faults.calls
    assert calls > 5
    for at, kind in itertools.product(range(calls), KINDS):
        world, request = begin()
        world.faults = Faults(at, kind)
        world.deliver(request)
        world.faults = Faults()
        where = f"{kind}, call {at}"
        check(world)
        assert world.answers, where
        # CloudFormation takes the first of several; they must not differ.
        assert all(answer == expected[0] for answer in world.answers), where
        assert len(world.answers) <= 2, where


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_repeated_delivery_changes_and_answers_nothing(name: str) -> None:
    begin, check = SCENARIOS[name]
    world, request = begin()
    world.deliver(request)
    requests, commands = list(world.requests), len(world.commands)
    world.deliver(request)
    check(world)
    assert (world.requests, len(world.commands)) == (requests, commands)
    assert len(world.answers) == 1


def test_a_delivery_while_another_works_touches_nothing() -> None:
    world, request = draining_update()
    world.leases[request["RequestId"]] = ("another", world.now + 10_000)
    world.deliver(request)
    assert (world.requests, world.commands, world.answers) == ([], {}, [])
    with pytest.raises(BusyError):
        world.open(request["RequestId"], owner="third", now=world.now, lease=1)


def test_it_goes_on_over_several_invocations() -> None:
    world, request = draining_update()
    world.jobs_end = world.now + 5 * INVOCATION_SECONDS
    assert world.deliver(request) > 4
    check_drained(world)
    assert len(world.answers) == 1


def test_a_late_answer_ends_quietly() -> None:
    world, request = draining_update()
    world.listening = False
    assert world.deliver(request) < 5
    assert world.answers == []
    world.listening = True
    world.deliver(request)
    assert world.answers == []


def test_a_refused_update_says_why_and_its_rollback_gets_through() -> None:
    world = known()
    world.deliver(event("Update", Fingerprint="bad", Configuration=refused()))
    assert world.answers[-1]["Status"] == "FAILED"
    assert "HeadNode.InstanceType cannot be changed in place" in world.answers[-1]["Reason"]
    assert world.kept["research"].now == "first"
    back = event("Update", Fingerprint="first", Configuration=good_yaml())
    world.deliver(back)
    assert world.answers[-1]["Status"] == "SUCCESS"
    assert (world.requests, world.commands) == ([], {})


def test_the_rollback_of_an_accepted_update_gets_through() -> None:
    world, request = draining_update()
    world.deliver(request)
    world.deliver(event("Update", Fingerprint="first", Configuration=good_yaml()))
    assert [answer["Status"] for answer in world.answers] == ["SUCCESS", "SUCCESS"]
    assert world.kept["research"].now == "first"


def test_jobs_that_do_not_end_refuse_the_update_and_get_their_queues_back() -> None:
    world, request = draining_update()
    world.jobs_end = world.now + 100_000
    request["ResourceProperties"]["DrainMinutes"] = "5"
    world.deliver(request)
    (answer,) = world.answers
    assert answer["Status"] == "FAILED"
    assert "3 jobs still run after 5 minutes" in answer["Reason"]
    assert (world.queues, world.requests) == ("UP", [])
    assert world.kept["research"].now == "first"


def test_jobs_that_do_not_end_do_not_stop_a_deletion() -> None:
    world, request = deletion()
    world.jobs_end = world.now + 100_000
    world.deliver(request)
    (answer,) = world.answers
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "ClusterFleet-research"


def test_a_head_node_that_fails_does_not_stop_a_deletion_but_an_update() -> None:
    world, request = deletion()
    world.script_fails = True
    world.deliver(request)
    assert world.answers[-1]["Status"] == "SUCCESS"
    world, request = draining_update()
    world.script_fails = True
    world.deliver(request)
    assert world.answers[-1]["Status"] == "FAILED"
    assert "drain.sh: the head node's script ended as Failed" in world.answers[-1]["Reason"]


@pytest.mark.parametrize("resource", ["Custom::ClusterGate", FLEET])
def test_what_was_never_created_is_deleted_at_once(resource: str) -> None:
    world = World(fleet=None)
    world.deliver(event("Delete", resource))
    (answer,) = world.answers
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"]
    assert (world.requests, world.commands) == ([], {})


def test_a_dry_run_judges_and_touches_nothing() -> None:
    world, request = draining_update()
    request["ResourceProperties"]["DryRun"] = "true"
    world.deliver(request)
    assert world.answers[-1]["Data"] == {"Drain": "yes", "Changes": "1"}
    assert (world.requests, world.commands) == ([], {})
    assert world.kept["research"].now == "first"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"encrypted": False}, "EBS encryption by default is off"),
        ({"key": "arn:aws:kms:r:1:alias/aws/ebs"}, "is not the customer-managed key"),
        ({"quota": 100.0}, "P: 192 vCPUs are needed, the quota is 100"),
    ],
)
def test_the_account_must_be_ready(change: dict[str, Any], sentence: str) -> None:
    world, request = draining_update()
    vars(world).update(change)
    world.deliver(request)
    assert world.answers[-1]["Status"] == "FAILED"
    assert sentence in world.answers[-1]["Reason"]
    assert world.commands == {}


def test_a_reservation_that_is_over_is_refused() -> None:
    world, request = draining_update()
    request["ResourceProperties"]["Reservations"] = ["cr-good", "cr-over"]
    world.deliver(request)
    assert world.answers[-1]["Reason"] == "no usable capacity reservation cr-over"


def test_a_quota_that_aws_does_not_list_is_said_not_passed_over() -> None:
    world, request = draining_update()
    request["ResourceProperties"]["Quotas"] = {"All P Spot Instance Requests": "96"}
    world.deliver(request)
    assert world.answers[-1]["Data"]["QuotasNotFound"] == "All P Spot Instance Requests"


def test_login_nodes_must_be_gone_first() -> None:
    config = copy.deepcopy(good_yaml())
    config["LoginNodes"]["Pools"][0]["InstanceType"] = "m6i.2xlarge"
    world = known()
    world.deliver(event("Update", Fingerprint="second", Configuration=config))
    assert "deploy with count = 0 first" in world.answers[-1]["Reason"]
    without = copy.deepcopy(good_yaml())
    without["LoginNodes"]["Pools"][0]["Count"] = 0
    world.kept["research"] = Accepted("zero", "first", without)
    world.deliver(event("Update", Fingerprint="third", Configuration=config))
    assert world.answers[-1]["Status"] == "SUCCESS"
