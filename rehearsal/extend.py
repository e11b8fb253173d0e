"""Put our parts into ministack: resource types, nested updates, Kinesis sources, interpreter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

from rehearsal import hosted_zones, linked_roles, stack_outputs
from rehearsal.clusters import Clusters
from rehearsal.completions import complete
from rehearsal.conditions import with_joins_resolved
from rehearsal.event_source import KinesisPoller
from rehearsal.journal import Journal
from rehearsal.kubernetes import KubernetesApi
from rehearsal.permissions import Permissions
from rehearsal.recorded import Handlers


@dataclass(frozen=True)
class Parts:
    """What the control path asks."""

    journal: Journal
    poller: KinesisPoller
    permissions: Permissions
    kubernetes: KubernetesApi
    clusters: Clusters


def extend(*, account: str, region: str, journal: Path, interpreter: Path) -> Parts:
    """Extend the imported ministack in place."""
    book = Journal(journal)
    types = Handlers(
        provisioners._RESOURCE_HANDLERS,
        account=account,
        region=region,
        journal=book,
        complete=complete,
    )
    kubernetes = KubernetesApi(book)
    kubernetes.install(types)
    clusters = Clusters(book, account=account, region=region)
    clusters.install(types)
    provisioners._RESOURCE_HANDLERS = types
    changesets._RESOURCE_HANDLERS = types
    _remember_attributes()
    _evaluate_joins()
    stack_outputs.install()
    hosted_zones.install()
    linked_roles.install()
    _use_interpreter(interpreter)
    permissions = Permissions()
    permissions.install()
    poller = KinesisPoller(permissions)
    poller.install()
    return Parts(book, poller, permissions, kubernetes, clusters)


def _remember_attributes() -> None:
    """Give a nested stack's update the attributes of what it leaves alone.

    ministack forgets them there, so that a sibling's Fn::GetAtt of an unchanged resource fails.
    """
    known: dict[tuple[str, str], dict[str, Any]] = {}
    provision, update = provisioners._provision_resource, provisioners._update_resource

    def remembering_provision(resource_type: str, *arguments: Any) -> Any:
        physical_id, attributes = provision(resource_type, *arguments)
        known[resource_type, physical_id] = attributes
        return physical_id, attributes

    def remembering_update(resource_type: str, physical_id: str, *arguments: Any) -> Any:
        before = known.get((resource_type, physical_id), {})
        made = update(resource_type, physical_id, *arguments[:4], old_attrs=before)
        known[resource_type, made[0]] = made[1]
        return made

    # Nested stacks find these two in the module; root stacks have references of their own, and
    # hand the attributes on themselves.
    provisioners._provision_resource = remembering_provision
    provisioners._update_resource = remembering_update


def _evaluate_joins() -> None:
    evaluate = engine._evaluate_conditions

    def wrapped(template: dict[str, Any], parameters: dict[str, Any]) -> Any:
        return evaluate(with_joins_resolved(template, parameters), parameters)

    for module in (changesets, engine, handlers, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = wrapped


def _use_interpreter(interpreter: Path) -> None:
    detect = lambda_runtime._detect_runtime_binary

    def wrapped(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return (str(interpreter) if runtime.startswith("python") else binary), script

    lambda_runtime._detect_runtime_binary = wrapped
