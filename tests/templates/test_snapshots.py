"""Every template of every environment, whole, for the review of a change.

Only asset hashes are masked: they change with every line of Lambda code.
"""

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.conftest import Assembly

ASSET_HASH = re.compile(r"[0-9a-f]{64}(?=\.(?:json|zip))")
# Logical ids of Lambda versions and API deployments carry a hash of what they publish.
ROOMS = ("Root", "Security", "Network", "Data", "Ingestion")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def masked(template: dict[str, Any]) -> Any:
    return json.loads(ASSET_HASH.sub("asset", json.dumps(template)))


@pytest.mark.parametrize("room", ROOMS)
def test_template(every: Assembly, room: str, snapshot: SnapshotAssertion) -> None:
    assert masked(every.rooms[room]) == snapshot


def test_no_template_without_a_snapshot(every: Assembly) -> None:
    assert sorted(every.rooms) == sorted(ROOMS)


def test_only_asset_hashes_are_masked() -> None:
    digest = "0123456789abcdef" * 4
    assert masked({"S3Key": f"{digest}.zip", "Digest": digest}) == {
        "S3Key": "asset.zip",
        "Digest": digest,
    }
