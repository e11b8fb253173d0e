"""The verdict: quick, remembered by content, and about what would be deployed."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from hpc.cluster_config import cluster_config
from hpc.commands import hpc
from hpc.costs import Prices, idle
from hpc.load import load_environment
from hpc.pcs_config import pcs_resources
from hpc.placeholders import surroundings
from hpc.quota import needs
from hpc.runtime.judged import fingerprint
from hpc.surroundings import Surroundings
from hpc.validation import cache, vendor
from hpc.validation.check import check_cluster, check_config
from hpc.validation.context import Context
from hpc.validation.findings import Finding, Level
from tests.hpc.conftest import needs_vendor
from tests.hpc.inputs import GOOD, good_yaml

CONTEXT = Context(region="ap-northeast-1", cluster_name="research")


def described() -> tuple[Any, Surroundings]:
    config, table = load_environment(GOOD)
    return table.clusters[0], surroundings(config, table.clusters[0])


@needs_vendor
def test_an_unchanged_cluster_is_not_judged_twice() -> None:
    cluster, place = described()
    assert len(cluster.queues) == 6
    cold = check_cluster(cluster, place)
    unchanged = check_cluster(cluster, place)
    assert (cold.cached, unchanged.cached) == (False, True)
    assert cold.findings == unchanged.findings
    assert not cold.refused


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
def test_a_changed_configuration_is_judged_anew() -> None:
    assert not check_config(good_yaml(), CONTEXT).cached
    assert check_config(good_yaml(), CONTEXT).cached
    other = copy.deepcopy(good_yaml())
    other["HeadNode"]["InstanceType"] = "m6i.2xlarge"
    assert not check_config(other, CONTEXT).cached
    place = Context(region="ap-northeast-1", cluster_name="research", production=False)
    assert not check_config(good_yaml(), place).cached


def test_a_verdict_that_cannot_be_read_is_none(verdicts: Path) -> None:
    cache.write("key", [Finding(("a", 0), "message", "source", Level.WARNING)])
    assert cache.read("key") == [Finding(("a", 0), "message", "source", Level.WARNING)]
    (verdicts / "key.json").write_text('[{"path": 1}]')
    assert cache.read("key") is None
    assert cache.read("other") is None


def test_what_judges_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key_of({"a": 1})
    assert cache.key_of({"a": 1}) == before
    cache._judges.cache_clear()
    monkeypatch.setattr(cache.instances, "SOURCE", "another source")
    assert cache.key_of({"a": 1}) != before
    cache._judges.cache_clear()


def test_nobody_judges_without_the_vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IRYO_PCLUSTER_PYTHON", str(tmp_path / "absent"))
    answer = CliRunner().invoke(hpc, ["check", str(GOOD)])
    assert answer.exit_code == 1
    assert "not judged" in answer.output
    assert "make pcluster" in answer.output


def test_a_vendor_that_crashes_judges_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verdicts: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such module' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IRYO_PCLUSTER_PYTHON", str(broken))
    with pytest.raises(vendor.VendorError, match="no such module"):
        check_config(good_yaml(), CONTEXT)
    assert not verdicts.exists()


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
def test_what_cannot_be_asked_offline_is_refused_as_unknown() -> None:
    config = copy.deepcopy(good_yaml())
    config["SharedStorage"][0]["EbsSettings"] = {"VolumeId": "vol-0123456789abcdef0"}
    verdict = check_config(config, CONTEXT)
    assert Level.UNKNOWN in {finding.level for finding in verdict.refused}


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
def test_text_for_numbers_and_switches_as_cloudformation_sends_them_is_good() -> None:
    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: text(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [text(inner) for inner in value]
        return str(value).lower() if isinstance(value, bool) else str(value)

    assert not check_config(text(good_yaml()), CONTEXT).refused


def test_the_fingerprint_is_of_the_content() -> None:
    cluster, place = described()
    config = cluster_config(cluster, place)
    backwards = dict(reversed(list(config.items())))
    assert fingerprint(backwards) == fingerprint(config)
    assert fingerprint({**config, "Region": "eu-west-1"}) != fingerprint(config)


def test_a_queue_added_in_toml_appears_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    added = '[[hpc.clusters.queues]]\nname = "extra"\ninstance_types = ["hpc6a.48xlarge"]\n'
    added += "max_nodes = 3\nmin_nodes = 1\n\n[hpc.clusters.accounting]"
    file.write_text(GOOD.read_text().replace("[hpc.clusters.accounting]", added))
    config, table = load_environment(file)
    cluster = table.clusters[0]
    place = surroundings(config, cluster)
    rendered = cluster_config(cluster, place)
    assert rendered["Scheduling"]["SlurmQueues"][-1]["Name"] == "extra"
    assert "ExtraQueue" in pcs_resources(cluster, place)
    assert {need.quota: need.at_most for need in needs(cluster)}["HPC"] == 3 * 96
    lines = [item.name for item in idle(cluster, region=place.region, prices=Prices())]
    assert any("queue extra: 1 always running" in line for line in lines)


def test_render_prints_what_would_be_deployed() -> None:
    answer = CliRunner().invoke(hpc, ["render", str(GOOD)])
    assert answer.exit_code == 0
    assert yaml.safe_load(answer.output) == good_yaml()
    wrong = CliRunner().invoke(hpc, ["render", str(GOOD), "--cluster", "other"])
    assert (wrong.exit_code, "there are research" in wrong.output) == (2, True)
