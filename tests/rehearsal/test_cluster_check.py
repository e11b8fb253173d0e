"""A cluster that arrives otherwise than it was judged fails the rehearsal."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpc.runtime import judged
from rehearsal import cluster_check
from rehearsal.scenario import ScenarioError

ARRIVED = {"Region": "r", "Subnets": ["subnet-9"], "Count": "3", "Path": "s3://bucket-9/a"}
PAIRS = [{"Real": "subnet-9", "StandIn": "subnet-0"}, {"Real": "bucket-9", "StandIn": "stand-in"}]
FINGERPRINT = judged.fingerprint(
    {"Region": "r", "Subnets": ["subnet-0"], "Count": 3, "Path": "s3://stand-in/a"}
)


def stage(arrived: Any, *fingerprints: str) -> Any:
    outputs = {f"ClusterFingerprint{index}": one for index, one in enumerate(fingerprints)}
    return SimpleNamespace(outputs=outputs, aws=SimpleNamespace(ask=lambda _: arrived))


def handed(configuration: Any = ARRIVED, gate: Any = ARRIVED) -> dict[str, Any]:
    shown = {"Configuration": gate, "StandIns": PAIRS}
    return {"research": {"configuration": configuration, "gate": shown}}


def test_the_same_hash_as_that_of_the_code_it_is_held_against(tmp_path: Path) -> None:
    assert cluster_check.fingerprint(ARRIVED, PAIRS) == FINGERPRINT
    (line,) = cluster_check.run(stage(handed(), FINGERPRINT), tmp_path)
    assert json.loads((tmp_path / "research.cluster.yaml").read_text()) == ARRIVED
    assert line == f"research: deployed as judged, SHA-256 {FINGERPRINT[:12]}"


def test_an_environment_without_clusters_has_no_line(tmp_path: Path) -> None:
    assert cluster_check.run(stage({}), tmp_path) == []


@pytest.mark.parametrize(
    ("arrived", "fingerprints", "said"),
    [
        (handed(), ["0" * 64], "were judged"),
        ({}, [FINGERPRINT], "clusters arrived as none"),
        (handed(), [], "but none were judged"),
        (handed(gate={**ARRIVED, "Count": "4"}), [FINGERPRINT], "shown another configuration"),
        ({"research": {"gate": {}}}, [FINGERPRINT], "never came"),
        ({"research": {"configuration": {}}}, [FINGERPRINT], "without its gate"),
    ],
)
def test_anything_else_fails(
    arrived: Any, fingerprints: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError, match=said):
        cluster_check.run(stage(arrived, *fingerprints), tmp_path)
