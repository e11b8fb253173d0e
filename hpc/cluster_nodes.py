"""What head node, login nodes and queues of a ParallelCluster configuration share."""

from typing import Any

from hpc.description import Actions, CustomAction
from hpc.surroundings import Surroundings

Yaml = dict[str, Any]


def custom_actions(actions: Actions, surroundings: Surroundings) -> Yaml:
    """Return a `CustomActions` section; empty when there are none."""
    found = {"OnNodeStart": actions.on_start, "OnNodeConfigured": actions.on_configured}
    return {
        key: {"Sequence": [_script(script, surroundings) for script in scripts]}
        for key, scripts in found.items()
        if scripts
    }


def _script(action: CustomAction, surroundings: Surroundings) -> Yaml:
    script: Yaml = {"Script": f"s3://{surroundings.artefact_bucket}/{action.script}"}
    if action.arguments:
        script["Args"] = list(action.arguments)
    return script


def session_manager_policy(surroundings: Surroundings) -> str:
    """Return the AWS policy that lets Session Manager in, so that nobody needs SSH from outside."""
    return f"arn:{surroundings.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
