"""Roles that a cluster makes stay inside a boundary and have none of AWS's broad policies."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import look, objects, present, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.rules import iam_managed_policies
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    config = clusters.configuration(cluster)
    yield from present(config, "Iam.PermissionsBoundary")
    for place, part in clusters.nodes(config):
        for policy in objects(part, "Iam.AdditionalIamPolicies"):
            if found := iam_managed_policies.BROAD.search(str(look(policy, "Policy"))):
                yield problem(place, "Iam.AdditionalIamPolicies", f"has {found[1]}")
        for access in objects(part, "Iam.S3Access"):
            if "*" in str(look(access, "BucketName")):
                yield problem(place, "Iam.S3Access", "is about every bucket")
            # One who may write only needs a folder of his own.
            if look(access, "EnableWriteAccess") is True and not look(access, "KeyName"):
                yield problem(place, "Iam.S3Access", "may write everywhere in a bucket")


RULE = Rule(
    id="IRYO-PCLUSTER-ACCESS",
    title=Text(
        "Cluster roles have a boundary and no broad policy",
        "クラスターのロールに境界があり、広すぎるポリシーがない",
    ),
    remedy=Text(
        "Set Iam.PermissionsBoundary; name policies and buckets in the Iam section of each node.",
        "Iam.PermissionsBoundary を設定し、各ノードの Iam でポリシーとバケットを指定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(clusters.CLUSTER,),
    check=_check,
)
