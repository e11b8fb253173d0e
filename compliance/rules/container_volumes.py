"""Containers of ECS and Batch mount EFS over TLS and as who they are."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# ECS and Batch write the same settings differently.
SETTINGS = {
    containers.TASK: ("EFSVolumeConfiguration", "AuthorizationConfig.IAM"),
    containers.JOB: ("EfsVolumeConfiguration", "AuthorizationConfig.Iam"),
}


def _mounts(definition: Resource, _: Context) -> bool:
    key, _iam = SETTINGS[definition.type]
    return any(look(volume, key) for _, volume in containers.volumes(definition))


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    key, iam = SETTINGS[definition.type]
    for name, volume in containers.volumes(definition):
        if mount := look(volume, key):
            yield from expect(mount, "TransitEncryption", "ENABLED", place=name)
            yield from expect(mount, iam, "ENABLED", place=name)


RULE = Rule(
    id="IRYO-CONTAINER-VOLUMES",
    title=Text(
        "Containers mount EFS over TLS with IAM",
        "コンテナが EFS を TLS と IAM でマウントする",
    ),
    remedy=Text(
        "Set transit_encryption ENABLED and authorization_config.iam ENABLED.",
        "transit_encryption と authorization_config.iam を ENABLED にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=containers.TYPES,
    check=_check,
    applies=_mounts,
)
