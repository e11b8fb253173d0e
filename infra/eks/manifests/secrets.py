"""Secrets of Secrets Manager in pods, by the Secrets Store CSI driver and AWS's provider.

The driver fetches them with the pod's own role when the pod starts, so nobody else's rights are
needed (ADR 0010). A Kubernetes secret is kept while such a pod runs, for the environment variable;
it is encrypted under the cluster's key.
"""

import json
from collections.abc import Mapping
from typing import Any

from infra.eks.manifests.objects import Object

FOLDER = "/var/run/secrets/iryo"
MEMBERS = 8
"""Parts that an ARN with the picked member of a secret's JSON has: ...:secret:name:member::"""


def provider_class(
    name: str, secrets: Mapping[str, str], *, region: str, identity: str
) -> dict[str, Any]:
    """Return the body of a SecretProviderClass: variables by the ARNs of their secrets."""
    wanted = [_wanted(variable, arn) for variable, arn in sorted(secrets.items())]
    parameters = {"objects": json.dumps(wanted), "region": region}
    if identity == "pod_identity":
        parameters["usePodIdentity"] = "true"
    data = [{"objectName": variable, "key": variable} for variable in sorted(secrets)]
    return {
        "spec": {
            "provider": "aws",
            "parameters": parameters,
            "secretObjects": [{"secretName": name, "type": "Opaque", "data": data}],
        }
    }


def synced(name: str, secrets: Mapping[str, str]) -> list[Object]:
    """Return environment variables that are read from the Kubernetes secret of a service."""
    return [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": variable}}}
        for variable in sorted(secrets)
    ]


def _wanted(variable: str, arn: str) -> Object:
    whole, member = split(arn)
    if member is None:
        return {"objectName": whole, "objectAlias": variable}
    return {"objectName": whole, "jmesPath": [{"path": member, "objectAlias": variable}]}


def split(arn: str) -> tuple[str, str | None]:
    """Return the ARN of a secret and the member of its JSON that is meant, if any."""
    parts = arn.split(":")
    if len(parts) < MEMBERS:
        return arn, None
    return ":".join(parts[:7]), parts[7] or None
