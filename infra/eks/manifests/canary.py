"""A canary by Argo Rollouts: a share of the pods, judged on metrics, taken back by itself."""

from infra.config.services import ServiceConfig
from infra.eks.manifests.analysis import MEASURES, Measure
from infra.eks.manifests.objects import Object

ARGUMENTS = ("service", "hash")


def rollout(name: str, service: ServiceConfig, selector: Object, template: Object) -> Object:
    """Return the specification of a Rollout: canary, analysis, then all, or back by itself.

    Without a mesh the share of requests is the share of pods: with few pods it is coarse.
    """
    arguments = [
        {"name": "service", "value": name},
        {"name": "hash", "valueFrom": {"podTemplateHashValue": "Latest"}},
    ]
    analysis = {"templates": [{"templateName": name}], "args": arguments}
    return {
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
        "progressDeadlineAbort": True,
        "selector": selector,
        "template": template,
        "strategy": {
            "canary": {
                "canaryService": f"{name}-canary",
                "stableService": name,
                "maxSurge": "25%",
                "maxUnavailable": 0,
                "abortScaleDownDelaySeconds": 30,
                "steps": [
                    {"setWeight": service.canary_percent},
                    {"pause": {"duration": "2m"}},
                    {"analysis": analysis},
                    {"pause": {"duration": f"{service.bake_minutes}m"}},
                    {"analysis": analysis},
                ],
            }
        },
    }


def analysis_template(prometheus: str, *, region: str) -> Object:
    """Return the specification of an AnalysisTemplate that asks Prometheus the measures.

    Requests to Amazon Managed Service for Prometheus are signed with the role of Argo Rollouts.
    """
    return {
        "args": [{"name": name} for name in ARGUMENTS],
        "metrics": [_metric(measure, prometheus, region) for measure in MEASURES],
    }


def _metric(measure: Measure, prometheus: str, region: str) -> Object:
    return {
        "name": measure.name,
        "interval": f"{measure.seconds}s",
        "count": measure.count,
        "failureLimit": measure.failures,
        "inconclusiveLimit": measure.unknown,
        "consecutiveErrorLimit": measure.errors,
        "successCondition": f"len(result) > 0 && result[0] <= {measure.most}",
        "failureCondition": f"len(result) > 0 && result[0] > {measure.most}",
        "provider": {
            "prometheus": {
                "address": prometheus,
                "query": measure.query,
                "authentication": {"sigv4": {"region": region}},
            }
        },
    }
