"""What the API server itself refuses, whoever asks: images from elsewhere, or unsigned."""

from collections.abc import Iterator

from infra.config.eks_checks import NAMESPACES
from infra.eks.manifests.objects import Object, made

ADMISSION = "admissionregistration.k8s.io/v1"
OURS = {
    "matchExpressions": [
        {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(NAMESPACES)}
    ]
}
_ALL = (
    "(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])"
    " + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : []))"
)


def own_registry(registry: str) -> Iterator[Object]:
    """Yield the policy that pods of our namespaces run images of our registry in a fixed version.

    A ValidatingAdmissionPolicy is part of Kubernetes: nothing has to run for it, so nothing can
    be down.
    """
    pods = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["pods", "pods/ephemeralcontainers"],
    }
    yield made(
        ADMISSION,
        "ValidatingAdmissionPolicy",
        "own-registry",
        spec={
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [pods]},
            "validations": [
                {
                    "expression": f"{_ALL}.all(c, c.image.startsWith('{registry}/'))",
                    "message": "images come from this environment's registry",
                },
                {
                    "expression": (
                        f"{_ALL}.all(c, c.image.contains('@sha256:') || "
                        "c.image.matches(':v?[0-9]+([.][0-9]+)*([-_.][A-Za-z0-9_.-]+)?$'))"
                    ),
                    "message": "images have a version or a digest",
                },
            ],
        },
    )
    yield made(
        ADMISSION,
        "ValidatingAdmissionPolicyBinding",
        "own-registry",
        spec={
            "policyName": "own-registry",
            "validationActions": ["Deny", "Audit"],
            "matchResources": {"namespaceSelector": OURS},
        },
    )


def signed_images(registry: str, public_key: str) -> Object:
    """Return the policy of Kyverno that admits images of our registry with our signature only.

    https://kyverno.io/docs/policy-types/cluster-policy/verify-images/sigstore/
    """
    key = {"publicKeys": public_key, "rekor": {"ignoreTlog": True}, "ctlog": {"ignoreSCT": True}}
    return made(
        "kyverno.io/v1",
        "ClusterPolicy",
        "signed-images",
        spec={
            "webhookConfiguration": {"failurePolicy": "Fail", "timeoutSeconds": 30},
            "background": False,
            "rules": [
                {
                    "name": "signature",
                    "match": {
                        "any": [{"resources": {"kinds": ["Pod"], "namespaces": list(NAMESPACES)}}]
                    },
                    "verifyImages": [
                        {
                            "imageReferences": [f"{registry}/*"],
                            "failureAction": "Enforce",
                            "mutateDigest": True,
                            "required": True,
                            "verifyDigest": True,
                            "attestors": [{"count": 1, "entries": [{"keys": key}]}],
                        }
                    ],
                }
            ],
        },
    )
