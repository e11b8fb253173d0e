"""Clusters are deployed as they were judged: what arrived has the fingerprint of that."""

import hashlib
import json
from pathlib import Path
from typing import Any

from rehearsal.scenario import ScenarioError, Stage

OUTPUT = "ClusterFingerprint"
"""The root stack has one for each cluster, with the cluster's name behind it."""
NAMED = 12
"""Letters of a fingerprint that a person needs to tell two apart."""


def run(stage: Stage, folder: Path) -> list[str]:
    """Compare every cluster that arrived; return a line each. Raises ScenarioError.

    Each is written to the folder as it arrived, for `iryo hpc check FILE --name NAME`.
    """
    judged = sorted(value for name, value in stage.outputs.items() if name.startswith(OUTPUT))
    arrived: dict[str, dict[str, Any]] = stage.aws.ask("/clusters")
    lines, found = [], []
    for name, handed in sorted(arrived.items()):
        gate, configuration = handed.get("gate"), handed.get("configuration")
        if gate is None or configuration is None:
            raise ScenarioError(f"cluster {name} came without its gate, or never came")
        if gate["Configuration"] != configuration:
            raise ScenarioError(f"cluster {name}: the gate was shown another configuration")
        (folder / f"{name}.cluster.yaml").write_text(json.dumps(configuration, indent=2) + "\n")
        found.append(fingerprint(configuration, gate["StandIns"]))
        lines.append(f"{name}: deployed as judged, SHA-256 {found[-1][:NAMED]}")
    if sorted(found) != judged:
        raise ScenarioError(
            f"clusters arrived as {_short(found)}, but {_short(judged)} were judged"
        )
    return lines


def fingerprint(configuration: Any, stand_ins: list[dict[str, str]]) -> str:
    """Return the SHA-256 of a configuration with the ids that stood in it when it was judged.

    Written without the code that it is held against.
    """
    text = json.dumps(configuration, ensure_ascii=False)
    marks = {pair["Real"]: f"\0{index}\0" for index, pair in enumerate(stand_ins)}
    for real in sorted(marks, key=len, reverse=True):
        text = text.replace(real, marks[real])
    for pair in stand_ins:
        text = text.replace(marks[pair["Real"]], pair["StandIn"])
    ordered = json.dumps(
        json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(ordered.encode()).hexdigest()


def _short(fingerprints: list[str]) -> str:
    return ", ".join(one[:NAMED] for one in sorted(fingerprints)) or "none"
