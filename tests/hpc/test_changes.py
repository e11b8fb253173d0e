"""What an update of a configuration would do, before anything starts."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from hpc.commands import hpc
from hpc.runtime.changes import Effect, changes, worst
from tests.hpc.inputs import good_yaml

Config = dict[str, Any]


def queues(config: Config) -> list[Config]:
    found: list[Config] = config["Scheduling"]["SlurmQueues"]
    return found


def bigger(config: Config) -> None:
    queues(config)[0]["ComputeResources"][0]["MaxCount"] = 32


def smaller(config: Config) -> None:
    queues(config)[0]["ComputeResources"][0]["MaxCount"] = 8


def one_more(config: Config) -> None:
    queues(config).append({**copy.deepcopy(queues(config)[0]), "Name": "more"})


def one_less(config: Config) -> None:
    del queues(config)[2]


def other_root(config: Config) -> None:
    queues(config)[0]["ComputeSettings"]["LocalStorage"]["RootVolume"]["Size"] = 80


def other_idle(config: Config) -> None:
    config["Scheduling"]["SlurmSettings"]["ScaledownIdletime"] = 5


def without_lustre(config: Config) -> None:
    del config["SharedStorage"][2]


def other_login(config: Config) -> None:
    config["LoginNodes"]["Pools"][0]["InstanceType"] = "m6i.2xlarge"


def other_head(config: Config) -> None:
    config["HeadNode"]["InstanceType"] = "m6i.2xlarge"


def other_system(config: Config) -> None:
    config["Image"]["Os"] = "ubuntu2404"


def unknown_key(config: Config) -> None:
    config["HeadNode"]["Colour"] = "blue"


def other_order(config: Config) -> None:
    queues(config).reverse()


def longer_logs(config: Config) -> None:
    config["Monitoring"]["Logs"]["CloudWatch"]["RetentionInDays"] = 0


CASES: list[tuple[Callable[[Config], None], Effect, str]] = [
    (bigger, Effect.ONLINE, "Scheduling.SlurmQueues.mpi.ComputeResources.mpi.MaxCount"),
    (smaller, Effect.DRAIN, "Scheduling.SlurmQueues.mpi.ComputeResources.mpi.MaxCount"),
    (one_more, Effect.ONLINE, "Scheduling.SlurmQueues.more"),
    (one_less, Effect.DRAIN, "Scheduling.SlurmQueues.memory"),
    (
        other_root,
        Effect.ONLINE,
        "Scheduling.SlurmQueues.mpi.ComputeSettings.LocalStorage.RootVolume.Size",
    ),
    (other_idle, Effect.DRAIN, "Scheduling.SlurmSettings.ScaledownIdletime"),
    (without_lustre, Effect.DRAIN, "SharedStorage.lustre"),
    (other_login, Effect.LOGIN, "LoginNodes.Pools.login.InstanceType"),
    (other_head, Effect.REFUSED, "HeadNode.InstanceType"),
    (other_system, Effect.REFUSED, "Image.Os"),
    (unknown_key, Effect.REFUSED, "HeadNode.Colour"),
    (longer_logs, Effect.ONLINE, "Monitoring.Logs.CloudWatch.RetentionInDays"),
]


@pytest.mark.parametrize(("change", "effect", "path"), CASES, ids=[c[0].__name__ for c in CASES])
def test_each_change_has_its_effect(
    change: Callable[[Config], None], effect: Effect, path: str
) -> None:
    new = copy.deepcopy(good_yaml())
    change(new)
    found = changes(good_yaml(), new)
    assert [(".".join(map(str, each.path)), each.effect) for each in found] == [(path, effect)]


def test_what_only_looks_different_is_no_change() -> None:
    new = copy.deepcopy(good_yaml())
    other_order(new)
    queues(new)[0]["ComputeResources"][0]["MaxCount"] = "4"
    new["Imds"] = {"ImdsSupport": "v2.0"}
    assert changes(good_yaml(), new) == []


def test_the_worst_decides() -> None:
    new = copy.deepcopy(good_yaml())
    for change in (bigger, one_less, other_login):
        change(new)
    assert worst(changes(good_yaml(), new)) is Effect.LOGIN
    other_head(new)
    assert worst(changes(good_yaml(), new)) is Effect.REFUSED
    assert worst([]) is Effect.ONLINE


def test_plan_says_it_on_the_command_line(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    config = copy.deepcopy(good_yaml())
    old.write_text(yaml.safe_dump(config))
    one_less(config)
    new.write_text(yaml.safe_dump(config))
    good = CliRunner().invoke(hpc, ["plan", str(old), str(new)])
    assert (good.exit_code, "drain    Scheduling.SlurmQueues.memory" in good.output) == (0, True)
    other_head(config)
    new.write_text(yaml.safe_dump(config))
    bad = CliRunner().invoke(hpc, ["plan", str(old), str(new)])
    assert (bad.exit_code, "refused  HeadNode.InstanceType" in bad.output) == (1, True)
    same = CliRunner().invoke(hpc, ["plan", str(old), str(old)])
    assert (same.exit_code, same.output) == (0, "nothing changes\n")
