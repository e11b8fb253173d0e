"""The disks and shared storages of clusters are encrypted, the latter with our key."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import expect, own_key, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

KINDS = {"Ebs", "Efs", "FsxLustre", "FsxOntap", "FsxOpenZfs", "FileCache"}


def _check(cluster: Resource, context: Context) -> Iterator[Problem]:
    config = clusters.configuration(cluster)
    for place, part in clusters.nodes(config):
        paths = (
            "LocalStorage.RootVolume.Encrypted",
            "ComputeSettings.LocalStorage.RootVolume.Encrypted",
        )
        for path in paths:
            yield from expect(part, path, True, default=True, place=place)
    for place, kind, settings in clusters.storages(config):
        if kind not in KINDS:
            yield problem(place, "StorageType", f"is {kind}")
        # What was made elsewhere is judged there.
        if any(key in settings for key in ("FileSystemId", "VolumeId", "FileCacheId")):
            continue
        if kind in ("Ebs", "Efs"):
            yield from expect(settings, "Encrypted", True, default=kind == "Ebs", place=place)
        yield from own_key(settings, "KmsKeyId", context, place=place)


RULE = Rule(
    id="IRYO-PCLUSTER-ENCRYPTION",
    title=Text(
        "Cluster disks are encrypted, shared storages with a customer-managed key",
        "クラスターのディスクが暗号化され、共有ストレージはカスタマー管理キーを使う",
    ),
    remedy=Text(
        "Set Encrypted true, and KmsKeyId of every shared storage that the cluster makes.",
        "Encrypted を true にし、クラスターが作る共有ストレージに KmsKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(clusters.CLUSTER,),
    check=_check,
)
