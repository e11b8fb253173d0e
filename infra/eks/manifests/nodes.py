"""Nodes of EKS Auto Mode and encrypted volumes.

https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
"""

from collections.abc import Iterator, Sequence

from infra.eks.manifests.objects import Object, made

CLASS = "iryo"
DAYS = "336h"
"""A node is replaced after two weeks: AWS patches the image, a new node has it."""
MOST_CPU, MOST_MEMORY = "256", "1024Gi"


def auto_mode(
    *,
    role: str,
    key: str,
    subnets: Sequence[str],
    groups: Sequence[str],
    tags: dict[str, str],
) -> Iterator[Object]:
    """Yield the class and the pool of nodes that Auto Mode adds.

    AWS's own pools encrypt with AWS's key and wear the cluster's own security group.
    """
    yield made(
        "eks.amazonaws.com/v1",
        "NodeClass",
        CLASS,
        spec={
            "role": role,
            "subnetSelectorTerms": [{"id": subnet} for subnet in subnets],
            "securityGroupSelectorTerms": [{"id": group} for group in groups],
            "ephemeralStorage": {"size": "80Gi", "kmsKeyID": key},
            "networkPolicy": "DefaultAllow",
            "networkPolicyEventLogs": "Enabled",
            "advancedNetworking": {"associatePublicIPAddress": False},
            "tags": tags,
        },
    )
    yield made("karpenter.sh/v1", "NodePool", CLASS, spec=_pool())


def _pool() -> Object:
    def among(key: str, *values: str) -> Object:
        return {"key": key, "operator": "In", "values": list(values)}

    return {
        "disruption": {
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": "5m",
            "budgets": [{"nodes": "10%"}],
        },
        "limits": {"cpu": MOST_CPU, "memory": MOST_MEMORY},
        "template": {
            "spec": {
                "expireAfter": DAYS,
                "nodeClassRef": {
                    "group": "eks.amazonaws.com",
                    "kind": "NodeClass",
                    "name": CLASS,
                },
                "requirements": [
                    among("karpenter.sh/capacity-type", "on-demand"),
                    among("kubernetes.io/arch", "arm64", "amd64"),
                    among("eks.amazonaws.com/instance-category", "c", "m", "r"),
                    {
                        "key": "eks.amazonaws.com/instance-generation",
                        "operator": "Gt",
                        "values": ["6"],
                    },
                ],
            }
        },
    }


def storage_class(*, key: str, auto: bool) -> Object:
    """Return the default class of volumes: gp3 under the cluster's key.

    Auto Mode has a driver of its own, which serves its nodes only.
    """
    return made(
        "storage.k8s.io/v1",
        "StorageClass",
        "encrypted-auto" if auto else "encrypted",
        annotations={} if auto else {"storageclass.kubernetes.io/is-default-class": "true"},
        provisioner="ebs.csi.eks.amazonaws.com" if auto else "ebs.csi.aws.com",
        parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": key},
        volumeBindingMode="WaitForFirstConsumer",
        reclaimPolicy="Retain",
        allowVolumeExpansion=True,
    )
