"""A version in the model package group, with its evidence."""

from typing import Any

from mlops.pipeline_definition.references import Join
from mlops.pipeline_definition.settings import ClinicalSettings
from mlops.pipeline_definition.steps import Processing, RegisterModel, Retry

_TYPES = ["application/json", "text/csv"]


def register(
    settings: ClinicalSettings,
    *,
    model: Any,
    prepare: Processing,
    evaluate: Processing,
    explain: Processing,
    document: Processing,
) -> RegisterModel:
    """Return the step that registers the model for a person to approve.

    The fingerprint goes with the container: the server refuses any other model than this one.
    """
    fingerprint = evaluate.read("evaluation", "model.fingerprint")
    quality = _file(evaluate, "evaluation", "evaluation.json")
    bias = _file(evaluate, "evaluation", "bias.json")
    explanation = _file(explain, "explanation", "explanation.json")
    statistics = _file(prepare, "baseline", "statistics.json")
    constraints = _file(prepare, "baseline", "constraints.json")
    model_quality = {
        "Statistics": quality,
        "Constraints": _file(evaluate, "evaluation", "constraints.json"),
    }
    instances = list(settings.inference_instances)
    job = {
        "ModelPackageGroupName": settings.package_group,
        "ModelPackageDescription": f"{settings.dataset}, {settings.algorithm}",
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": settings.image,
                    "ModelDataUrl": model,
                    "Environment": {"MODEL_FINGERPRINT": fingerprint},
                }
            ],
            "SupportedContentTypes": _TYPES,
            "SupportedResponseMIMETypes": _TYPES,
            "SupportedRealtimeInferenceInstanceTypes": instances,
            "SupportedTransformInstanceTypes": instances,
        },
        "ModelMetrics": {
            "ModelQuality": model_quality,
            "Bias": {"Report": bias},
            "Explainability": {"Report": explanation},
            "ModelDataQuality": {"Statistics": statistics, "Constraints": constraints},
        },
        "DriftCheckBaselines": {
            "ModelQuality": model_quality,
            "ModelDataQuality": {"Statistics": statistics, "Constraints": constraints},
        },
        "CustomerMetadataProperties": {
            "fingerprint": fingerprint,
            "dataset": settings.dataset,
            "evaluation": Join("/", [evaluate.output("evaluation"), "evaluation.json"]),
            "baseline": Join("/", [prepare.output("baseline"), "baseline.json"]),
            "explanation": Join("/", [explain.output("explanation"), "explanation.json"]),
        },
        "SecurityConfig": {"KmsKeyId": settings.kms_key},
        "ModelCard": {
            "ModelCardContent": document.read("card", "content"),
            "ModelCardStatus": "PendingReview",
        },
    }
    return RegisterModel(name="Register", job=job, retries=(Retry(),))


def _file(step: Processing, output: str, name: str) -> dict[str, Any]:
    return {"ContentType": "application/json", "S3Uri": Join("/", [step.output(output), name])}
