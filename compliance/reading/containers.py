"""The containers of ECS task definitions and of Batch job definitions, whose shapes differ."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import Holder, look, objects
from compliance.resources import Resource

TASK, JOB = "AWS::ECS::TaskDefinition", "AWS::Batch::JobDefinition"
TYPES = (TASK, JOB)
Named = tuple[str, dict[str, Any]]
"""What a container or task is called in a finding, and its properties."""


def tasks(resource: Resource) -> Iterator[Named]:
    """Yield what containers run in: the task definition, or each of the tasks of a job."""
    if resource.type == TASK:
        yield "", resource.properties
        return
    yield from _tasks(resource, "")
    for index, nodes in enumerate(objects(resource, "NodeProperties.NodeRangeProperties")):
        yield from _tasks(nodes, f"Nodes{index}")


def containers(resource: Resource) -> Iterator[Named]:
    """Yield the containers with their names, or their place in the list."""
    if resource.type == JOB:
        yield from _plain_jobs(resource)
    for place, task in tasks(resource):
        key = "ContainerDefinitions" if resource.type == TASK else "Containers"
        for index, container in enumerate(objects(task, key)):
            name = str(container.get("Name", index))
            yield f"{place}.{name}" if place else name, container


def volumes(resource: Resource) -> Iterator[Named]:
    """Yield the volumes with their names."""
    holders = [task for _, task in tasks(resource)]
    if resource.type == JOB:
        holders += [job for _, job in _plain_jobs(resource)]
    for holder in holders:
        for index, volume in enumerate(objects(holder, "Volumes")):
            yield str(volume.get("Name", index)), volume


def runs_containers(resource: Resource, _: Any) -> bool:
    """Say whether there is a container; a job on EKS has pods instead."""
    return any(containers(resource))


def _tasks(holder: Holder, place: str) -> Iterator[Named]:
    yield from ((place, task) for task in objects(holder, "EcsProperties.TaskProperties"))


def _plain_jobs(job: Resource) -> Iterator[Named]:
    if properties := look(job, "ContainerProperties"):
        yield "Job", properties
    for index, nodes in enumerate(objects(job, "NodeProperties.NodeRangeProperties")):
        if properties := look(nodes, "Container"):
            yield f"Nodes{index}", properties
