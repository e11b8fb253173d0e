"""The shapes of custom resources, which Kubernetes' own schemas do not know.

A shape holds the keys that we use: a type, a list of one shape, an object of shapes, or `Any`.
`Map` is an object with any keys. Every key may be left out but those in `REQUIRED`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

TEXT, NUMBER, YES = str, int, bool


@dataclass(frozen=True)
class Map:
    """An object with any keys and values of one shape."""

    of: Any


METADATA = {
    "name": TEXT,
    "namespace": TEXT,
    "labels": Map(TEXT),
    "annotations": Map(TEXT),
}
_ID = {"id": TEXT, "tags": Map(TEXT), "name": TEXT}
_REQUIREMENT = {"key": TEXT, "operator": TEXT, "values": [TEXT]}
_ANALYSIS = {
    "templates": [{"templateName": TEXT, "clusterScope": YES}],
    "args": [{"name": TEXT, "value": TEXT, "valueFrom": {"podTemplateHashValue": TEXT}}],
}
_STEP = {"setWeight": NUMBER, "pause": {"duration": TEXT}, "analysis": _ANALYSIS}
SHAPES: dict[tuple[str, str], Any] = {
    # https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
    ("eks.amazonaws.com/v1", "NodeClass"): {
        "spec": {
            "role": TEXT,
            "instanceProfile": TEXT,
            "subnetSelectorTerms": [_ID],
            "securityGroupSelectorTerms": [_ID],
            "ephemeralStorage": {
                "size": TEXT,
                "iops": NUMBER,
                "throughput": NUMBER,
                "kmsKeyID": TEXT,
            },
            "networkPolicy": TEXT,
            "networkPolicyEventLogs": TEXT,
            "advancedNetworking": {"associatePublicIPAddress": YES, "httpsProxy": TEXT},
            "advancedSecurity": {"fips": YES},
            "snatPolicy": TEXT,
            "tags": Map(TEXT),
        }
    },
    # https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-networking.html
    ("eks.amazonaws.com/v1", "TargetGroupBinding"): {
        "spec": {
            "serviceRef": {"name": TEXT, "port": NUMBER},
            "targetGroupARN": TEXT,
            "targetType": TEXT,
        }
    },
    # https://karpenter.sh/docs/concepts/nodepools/
    ("karpenter.sh/v1", "NodePool"): {
        "spec": {
            "disruption": {
                "consolidationPolicy": TEXT,
                "consolidateAfter": TEXT,
                "budgets": [{"nodes": TEXT, "schedule": TEXT, "duration": TEXT, "reasons": [TEXT]}],
            },
            "limits": Map(TEXT),
            "weight": NUMBER,
            "template": {
                "metadata": METADATA,
                "spec": {
                    "expireAfter": TEXT,
                    "terminationGracePeriod": TEXT,
                    "nodeClassRef": {"group": TEXT, "kind": TEXT, "name": TEXT},
                    "requirements": [_REQUIREMENT],
                    "taints": [{"key": TEXT, "value": TEXT, "effect": TEXT}],
                },
            },
        }
    },
    # https://secrets-store-csi-driver.sigs.k8s.io/concepts
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): {
        "spec": {
            "provider": TEXT,
            "parameters": Map(TEXT),
            "secretObjects": [
                {
                    "secretName": TEXT,
                    "type": TEXT,
                    "data": [{"objectName": TEXT, "key": TEXT}],
                    "labels": Map(TEXT),
                }
            ],
        }
    },
    # https://argo-rollouts.readthedocs.io/en/stable/features/specification/
    ("argoproj.io/v1alpha1", "Rollout"): {
        "spec": {
            "replicas": NUMBER,
            "revisionHistoryLimit": NUMBER,
            "progressDeadlineSeconds": NUMBER,
            "progressDeadlineAbort": YES,
            "selector": {"matchLabels": Map(TEXT)},
            # Checked as a PodTemplate.
            "template": Any,
            "strategy": {
                "canary": {
                    "canaryService": TEXT,
                    "stableService": TEXT,
                    "maxSurge": Any,
                    "maxUnavailable": Any,
                    "abortScaleDownDelaySeconds": NUMBER,
                    "steps": [_STEP],
                }
            },
        }
    },
    # https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
    ("argoproj.io/v1alpha1", "AnalysisTemplate"): {
        "spec": {
            "args": [{"name": TEXT, "value": TEXT}],
            "metrics": [
                {
                    "name": TEXT,
                    "interval": TEXT,
                    "initialDelay": TEXT,
                    "count": NUMBER,
                    "failureLimit": NUMBER,
                    "inconclusiveLimit": NUMBER,
                    "consecutiveErrorLimit": NUMBER,
                    "successCondition": TEXT,
                    "failureCondition": TEXT,
                    "provider": {
                        "prometheus": {
                            "address": TEXT,
                            "query": TEXT,
                            "timeout": NUMBER,
                            "authentication": {
                                "sigv4": {"region": TEXT, "profile": TEXT, "roleArn": TEXT}
                            },
                        }
                    },
                }
            ],
        }
    },
    # https://kyverno.io/docs/policy-types/cluster-policy/verify-images/
    ("kyverno.io/v1", "ClusterPolicy"): {
        "spec": {
            "webhookConfiguration": {"failurePolicy": TEXT, "timeoutSeconds": NUMBER},
            "background": YES,
            "rules": [
                {
                    "name": TEXT,
                    "match": {"any": [{"resources": {"kinds": [TEXT], "namespaces": [TEXT]}}]},
                    "verifyImages": [
                        {
                            "imageReferences": [TEXT],
                            "failureAction": TEXT,
                            "mutateDigest": YES,
                            "required": YES,
                            "verifyDigest": YES,
                            "attestors": [
                                {
                                    "count": NUMBER,
                                    "entries": [
                                        {
                                            "keys": {
                                                "publicKeys": TEXT,
                                                "rekor": {"ignoreTlog": YES},
                                                "ctlog": {"ignoreSCT": YES},
                                            }
                                        }
                                    ],
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    },
}
REQUIRED = ("metadata", "spec")


def shape_problems(one: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence, which begins with the key, for each part that does not fit its shape.

    Raises LookupError when the kind has no shape here.
    """
    shape = SHAPES[str(one.get("apiVersion")), str(one.get("kind"))]
    for key in REQUIRED:
        if key not in one:
            yield f"{key}: required key is missing"
    whole = {"apiVersion": TEXT, "kind": TEXT, "metadata": METADATA, **shape}
    yield from _problems(one, whole, "")


def _problems(value: Any, shape: Any, place: str) -> Iterator[str]:
    if shape is Any:
        return
    if isinstance(shape, dict):
        yield from _object(value, shape, place)
    elif isinstance(shape, Map):
        if not isinstance(value, dict):
            yield f"{place}: an object is allowed"
            return
        for key, item in value.items():
            yield from _problems(item, shape.of, f"{place}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{place}: a list is allowed"
            return
        for index, item in enumerate(value):
            yield from _problems(item, shape[0], f"{place}[{index}]")
    elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        name = {str: "text", int: "a whole number", bool: "true or false"}[shape]
        yield f"{place}: {value!r} is given; {name} is allowed"


def _object(value: Any, shape: dict[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: an object is allowed"
        return
    for key, item in value.items():
        where = f"{place}.{key}".lstrip(".")
        if key in shape:
            yield from _problems(item, shape[key], where)
        else:
            near = get_close_matches(str(key), shape, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            yield f"{where}: unknown key; {hint}allowed here are {', '.join(sorted(shape))}"
