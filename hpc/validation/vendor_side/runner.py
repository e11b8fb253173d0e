"""Reads requests from standard input, asks the vendor's schema and validators, writes findings.

A line each. Request: {"config", "cluster_name", "region", "world"}; see `../vendor.py`. Answer: a
list of {"path": [YAML keys], "message", "level": ERROR|WARNING|INFO|UNKNOWN, "source": validator}.
"""

# ruff: noqa: PLC0415 (the vendor's modules read the Region when they are imported)
# mypy: disable-error-code="import-not-found,assignment,misc"
import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import boto3
import world as answers
from ec2 import Ec2

SERVICES = {
    "ec2": Ec2,
    "kms": answers.Kms,
    "iam": answers.Iam,
    "secretsmanager": answers.Secrets,
    "s3": answers.S3,
    "sts": answers.Sts,
    "fsx": answers.Fsx,
    "efs": answers.Efs,
}
SPECIAL_KEYS = {
    ("scheduling", "queues"): "SlurmQueues",
    ("scheduling", "settings"): "SlurmSettings",
}
Path_ = tuple[str | int, ...]


def keys_of(schema: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Yield the messages of a marshmallow error with the YAML keys that lead to them."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            step = () if key == "_schema" else (key,)
            yield from keys_of(inner, path + step)
    else:
        for message in schema if isinstance(schema, list) else [schema]:
            yield path, str(message)


def camel(name: str) -> str:
    """Turn an attribute's name into the YAML key: `efa_settings` into `EfaSettings`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def resources(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Yield a configuration's resources, inner ones first, with their YAML keys."""
    from pcluster.config.common import Resource

    for attribute, value in list(vars(node).items()):
        if attribute.startswith("_"):
            continue
        key = SPECIAL_KEYS.get((str(path[-1]).lower() if path else "", attribute), camel(attribute))
        if isinstance(value, Resource):
            yield from resources(value, (*path, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Resource):
                    yield from resources(item, (*path, key, index))
    yield path, node


def place_of(config: Any, arguments: dict[str, Any]) -> Path_:
    """Return the keys of what a validator of the whole cluster was asked about, if it says so."""
    places = named_places(config)
    for argument in ("queue_name", "queue", "name", "mount_dir", "instance_type_info_list"):
        value = arguments.get(argument)
        value = value[0] if isinstance(value, list) and value else value
        if callable(kind := getattr(value, "instance_type", None)):
            value = kind()
        if (place := places.get((argument, getattr(value, "name", value)))) is not None:
            return place
    return ()


def named_places(config: Any) -> dict[tuple[str, Any], Path_]:
    """Return the keys of queues, mounts, instance types and the cluster's name."""
    places: dict[tuple[str, Any], Path_] = {("name", config.cluster_name): ("ClusterName",)}
    for index, queue in enumerate(config.scheduling.queues):
        path: Path_ = ("Scheduling", "SlurmQueues", index)
        places[("queue_name", queue.name)] = places[("queue", queue.name)] = path
        for number, resource in enumerate(queue.compute_resources):
            for kind in resource.instance_types:
                key = ("instance_type_info_list", kind)
                places[key] = (*path, "ComputeResources", number)
    for index, storage in enumerate(config.shared_storage or ()):
        places[("mount_dir", storage.mount_dir)] = ("SharedStorage", index, "MountDir")
    return places


def parameter(resource: Any, arguments: dict[str, Any]) -> Path_:
    """Return the key of the only argument that is a parameter of the resource, if there is one."""
    stripped = [name.removeprefix("volume_") for name in arguments]
    named = [name for name in stripped if name in resource.params]
    return (camel(named[0]),) if len(named) == 1 else ()


def findings(config: Any) -> Iterator[dict[str, Any]]:
    """Run every validator of a loaded configuration."""
    from pcluster.config.common import Resource
    from pcluster.validators.common import AsyncValidator, ValidatorContext

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for path, resource in resources(config):
        resource._validators.clear()
        try:
            resource._register_validators(ValidatorContext())
        except Exception as error:
            yield finding(path, str(error), "ERROR", "register")
            continue
        for kind, arguments in resource._validators:
            validator = kind()
            if issubclass(kind, AsyncValidator):
                results = loop.run_until_complete(validator.execute_async(**arguments))
            else:
                results = Resource._validator_execute_sync(arguments, validator)
            for result in results or []:
                where = path + parameter(resource, arguments)
                where = where or place_of(config, arguments)
                yield finding(where, result.message, str(result.level), kind.__name__)


def finding(path: Path_, message: str, level: str, source: str) -> dict[str, Any]:
    """Return one entry of the answer; what could not be asked offline is unknown, not good."""
    if "cannot be answered offline" in message:
        level = "UNKNOWN"
    return {"path": list(path), "message": message, "level": level, "source": source}


def judge(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer one request."""
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = request["region"]
    surroundings = request["world"]
    boto3.client = lambda service, **_: SERVICES.get(service, answers.Client)(surroundings)
    boto3.resource = lambda *_, **__: answers.Client(surroundings)
    # The vendor makes a session whenever it wants to know the Region, 10 ms each.
    boto3.session.Session = lambda: SimpleNamespace(region_name=request["region"])

    from marshmallow import ValidationError
    from pcluster import utils
    from pcluster.schemas.cluster_schema import ClusterSchema

    regions = Path(utils.__file__).parent / "resources" / "supported-regions"
    utils.retrieve_supported_regions.cache = regions.read_text().split()
    try:
        config = ClusterSchema(cluster_name=request["cluster_name"]).load(request["config"])
    except ValidationError as error:
        return [
            finding(path, message, "ERROR", "schema") for path, message in keys_of(error.messages)
        ]
    return list(findings(config))


def main() -> None:
    """Answer the requests on standard input, a line each."""
    from pcluster.aws.aws_api import AWSApi
    from pcluster.aws.common import Cache

    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(judge(json.loads(line))) + "\n")
        sys.stdout.flush()
        AWSApi.reset()
        Cache.clear_all()


if __name__ == "__main__":
    main()
