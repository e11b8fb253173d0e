"""The drift check as a pipeline of its own: scheduled, and Failed when columns have drifted.

A failed execution counts in AWS/SageMaker/ModelBuildingPipeline, where an alarm sees it.
"""

from dataclasses import replace

from mlops.pipeline_definition.conditions import Compare
from mlops.pipeline_definition.jobs import processing_job
from mlops.pipeline_definition.pipeline import Pipeline
from mlops.pipeline_definition.references import Execution, Join, Parameter, PropertyFile
from mlops.pipeline_definition.safeguards import MONITORING, PURPOSE_TAG
from mlops.pipeline_definition.settings import ClinicalSettings
from mlops.pipeline_definition.steps import Choose, Fail, Processing, Retry


def drift_pipeline(
    settings: ClinicalSettings, *, baseline_uri: str, captured_uri: str, data_class: str
) -> Pipeline:
    """Return the check of captured requests against the baseline that a training run wrote.

    `baseline_uri` is the Prepare step's output `baseline`, `captured_uri` the endpoint's data
    capture; `data_class` is that of the captured data.
    """
    baseline = Parameter(name="Baseline", default=baseline_uri)
    captured = Parameter(name="InputData", default=captured_uri)
    protection = replace(
        settings.protection(),
        tags={**settings.tags, "data-class": data_class, PURPOSE_TAG: MONITORING},
    )
    job = processing_job(
        protection,
        image=settings.image,
        command="drift",
        inputs={"baseline": baseline, "captured": captured},
        outputs={"drift": Join("/", [settings.artifact_uri, Execution.ID, "Drift", "drift"])},
        environment={"DATASET": settings.dataset},
        instance=settings.processing_instance,
    )
    drift = Processing(
        name="Drift",
        description="PSI and KS of each column",
        job=job,
        retries=(Retry(),),
        property_files=(PropertyFile(name="drift", output="drift", path="drift.json"),),
    )
    stable = Choose(
        name="Stable",
        conditions=(Compare(drift.read("drift", "count"), "Equals", 0),),
        if_false=(Fail(name="Drifted", message=drift.read("drift", "sentence")),),
    )
    return Pipeline(
        name=f"{settings.name}-drift", parameters=(baseline, captured), steps=(drift, stable)
    )
