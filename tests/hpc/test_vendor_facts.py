"""What we say without asking the vendor is what the vendor's version says."""

import json
import subprocess
from pathlib import Path
from typing import Any, get_args

from hpc.runtime import changes
from hpc.validation import vendor
from hpc.validation.rules.instance_type import REPLACED
from hpc.validation.rules.names import LONGEST, LONGEST_WITH_DATABASE
from hpc.validation.rules.region import SUPPORTED
from infra.config.hpc import PARALLELCLUSTER_VERSION, Cluster
from tests.hpc.conftest import needs_vendor

QUESTION = """
import importlib.metadata, json
from importlib.resources import files
from pcluster import constants
print(json.dumps({
    "version": importlib.metadata.version("aws-parallelcluster"),
    "regions": (files("pcluster") / "resources" / "supported-regions").read_text().split(),
    "oses": constants.SUPPORTED_OSES,
    "longest": constants.PCLUSTER_NAME_MAX_LENGTH,
    "longest_with_database": constants.PCLUSTER_NAME_MAX_LENGTH_SLURM_ACCOUNTING,
    "old": constants.NVIDIA_OPENRM_UNSUPPORTED_INSTANCE_TYPES,
}))
"""
pytestmark = needs_vendor


def run(*arguments: str) -> Any:
    command = [str(vendor.python()), *arguments]
    return json.loads(subprocess.check_output(command, env=vendor.OFFLINE, timeout=30))


def test_constants() -> None:
    said = run("-c", QUESTION)
    assert said["version"] == PARALLELCLUSTER_VERSION
    assert set(said["regions"]) == set(SUPPORTED)
    assert set(said["oses"]) == set(get_args(Cluster.model_fields["os"].annotation))
    assert (said["longest"], said["longest_with_database"]) == (
        LONGEST,
        LONGEST_WITH_DATABASE,
    )
    assert set(said["old"]) <= set(REPLACED)


def test_update_policies_are_those_of_the_schema() -> None:
    script = Path(vendor.RUNNER).with_name("update_policies.py")
    assert run(str(script)) == json.loads(changes.TABLE.read_text())
