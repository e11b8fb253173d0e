"""Fn::GetStackOutput from another Region, which ministack looks for in its own only."""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers, stacks

FUNCTION = "Fn::GetStackOutput"


def install() -> None:
    """Let templates read outputs of stacks in the Region that they name."""
    resolve = engine._resolve_refs

    def wrapped(value: Any, *surroundings: Any) -> Any:
        if not isinstance(value, dict) or set(value) != {FUNCTION}:
            return resolve(value, *surroundings)
        asked = {key: wrapped(part, *surroundings) for key, part in value[FUNCTION].items()}
        return output(asked["StackName"], asked["OutputName"], asked.get("Region") or get_region())

    # It calls itself by its name in the module, and others took it from there.
    for module in (engine, changesets, handlers, stacks):
        module._resolve_refs = wrapped


def output(stack_name: str, name: str, region: str) -> str:
    """Return an output of a stack. Raises ValueError, which fails the deployment, without one."""
    stack = cloudformation._stacks.get_scoped(get_account_id(), region, stack_name)
    for one in (stack or {}).get("Outputs", []):
        if one["OutputKey"] == name:
            return str(one["OutputValue"])
    raise ValueError(f"the stack {stack_name} in {region} has no output {name}")
