"""Scoring of files with a deployed model: a batch transform, without an endpoint."""

from mlops.pipeline_definition.pipeline import Pipeline
from mlops.pipeline_definition.references import Execution, Join, Parameter
from mlops.pipeline_definition.settings import ClinicalSettings
from mlops.pipeline_definition.steps import JOB_FAULTS, Retry, Transform

MEGABYTES = 6
"""Of one request: what the server takes."""


def scoring_pipeline(settings: ClinicalSettings, *, name: str) -> Pipeline:
    """Return the pipeline whose parameters are ModelName and InputData, CSV files under a prefix.

    The model brings its VPC and isolation with it. Answers lie beside the pipeline's artefacts, one
    a file, under the run's id.
    """
    model = Parameter(name="ModelName", default="not-yet")
    data = Parameter(name="InputData", default=settings.data_uri)
    protection = settings.protection()
    cluster = protection.cluster(settings.processing_instance, 1, 0)
    # A transform's volumes have the size that SageMaker gives them.
    resources = {key: value for key, value in cluster.items() if key != "VolumeSizeInGB"}
    job = {
        "ModelName": model,
        "BatchStrategy": "MultiRecord",
        "MaxPayloadInMB": MEGABYTES,
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": Join("/", [settings.artifact_uri, Execution.ID, "Score"]),
            "Accept": "text/csv",
            "AssembleWith": "Line",
            "KmsKeyId": settings.kms_key,
        },
        "TransformResources": resources,
        "Tags": protection.tag_list(),
    }
    step = Transform(name="Score", job=job, retries=(Retry(), Retry(faults=JOB_FAULTS)))
    return Pipeline(name=name, parameters=(model, data), steps=(step,))
