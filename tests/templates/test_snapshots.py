"""Every template of every environment, whole, for the review of a change.

Only asset hashes are masked: they change with every line of Lambda code.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.conftest import Assembly

ASSET_HASH = re.compile(r"[0-9a-f]{64}(?=\.(?:json|zip))")
ALWAYS = ("Root", "Security", "Network", "Data", "Ingestion")
# What an environment has besides: a room that is switched on must be added here.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "dev": (),
    "staging": ("Mlops",),
    "production": ("Registry", "Edge", "EdgeGlobal", "Ecs", "Eks", "Mlops", "Hpc"),
}
EXPECTED = {environment: (*ALWAYS, *rooms) for environment, rooms in OPTIONAL.items()}


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def masked(template: dict[str, Any]) -> Any:
    return json.loads(ASSET_HASH.sub("asset", json.dumps(template)))


@pytest.mark.parametrize(
    ("environment", "room"),
    [(environment, room) for environment, rooms in EXPECTED.items() for room in rooms],
)
def test_template(
    assembly: Callable[[str], Assembly], environment: str, room: str, snapshot: SnapshotAssertion
) -> None:
    assert masked(assembly(environment).rooms[room]) == snapshot


def test_no_template_without_a_snapshot(every: Assembly) -> None:
    assert sorted(every.rooms) == sorted(EXPECTED[every.environment])


def test_only_asset_hashes_are_masked() -> None:
    digest = "0123456789abcdef" * 4
    assert masked({"S3Key": f"{digest}.zip", "Digest": digest}) == {
        "S3Key": "asset.zip",
        "Digest": digest,
    }
