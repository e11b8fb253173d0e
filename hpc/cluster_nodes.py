"""What head node, login nodes and queues of a ParallelCluster configuration share."""

from typing import Any

from hpc.surroundings import Surroundings
from infra.config.hpc import Actions, CustomAction

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


def policies(surroundings: Surroundings, *, head: bool = False) -> list[Yaml]:
    """Return `AdditionalIamPolicies`.

    AWS's own lets Session Manager in, so that nobody needs SSH from outside.
    """
    session_manager = f"arn:{surroundings.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
    ours = [surroundings.node_policy, *([surroundings.head_policy] if head else [])]
    return [{"Policy": arn} for arn in (session_manager, *ours) if arn]
