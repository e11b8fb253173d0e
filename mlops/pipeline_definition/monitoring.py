"""Checks of what serves, each a pipeline of its own: scheduled, and Failed when it found something.

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
    settings: ClinicalSettings,
    *,
    baseline_uri: str,
    explanation_uri: str,
    model_uri: str,
    captured_uri: str,
    data_class: str,
) -> Pipeline:
    """Return the check of captured requests against what a training run wrote.

    `baseline_uri` is the Prepare step's output `baseline`, `explanation_uri` the Explain step's
    output, `model_uri` the archive that serves or its folder, `captured_uri` the endpoint's data
    capture; `data_class` is that of the captured data.
    """
    baseline = Parameter(name="Baseline", default=baseline_uri)
    explanation = Parameter(name="Explanation", default=explanation_uri)
    model = Parameter(name="Model", default=model_uri)
    captured = Parameter(name="InputData", default=captured_uri)
    return _check(
        settings,
        name="Drift",
        description="PSI and KS of each column, NDCG of the explanations",
        inputs={
            "baseline": baseline,
            "explanation": explanation,
            "model": model,
            "captured": captured,
        },
        data_class=data_class,
        passes="Stable",
        fails="Drifted",
    )


def quality_pipeline(
    settings: ClinicalSettings,
    *,
    evaluation_uri: str,
    captured_uri: str,
    truth_uri: str,
    data_class: str,
) -> Pipeline:
    """Return the check of captured answers against what turned out to be true.

    `evaluation_uri` is the Evaluate step's output of the version that serves, `truth_uri` holds
    ground truth as Model Monitor takes it: an eventId and 0 or 1 for each record.
    """
    evaluation = Parameter(name="Evaluation", default=evaluation_uri)
    captured = Parameter(name="InputData", default=captured_uri)
    truth = Parameter(name="Truth", default=truth_uri)
    return _check(
        settings,
        name="Quality",
        description="Recall and specificity in use, overall and by subgroup",
        inputs={"evaluation": evaluation, "captured": captured, "truth": truth},
        data_class=data_class,
        passes="AsGood",
        fails="Degraded",
    )


def _check(
    settings: ClinicalSettings,
    *,
    name: str,
    description: str,
    inputs: dict[str, Parameter],
    data_class: str,
    passes: str,
    fails: str,
) -> Pipeline:
    """Return a job whose file tells a count of findings, and the end of the pipeline by it."""
    word = name.lower()
    protection = replace(
        settings.protection(),
        tags={**settings.tags, "data-class": data_class, PURPOSE_TAG: MONITORING},
    )
    job = processing_job(
        protection,
        image=settings.image,
        command=word,
        inputs=inputs,
        outputs={word: Join("/", [settings.artifact_uri, Execution.ID, name, word])},
        environment={"DATASET": settings.dataset, "SEED": str(settings.seed)},
        instance=settings.processing_instance,
    )
    step = Processing(
        name=name,
        description=description,
        job=job,
        retries=(Retry(),),
        property_files=(PropertyFile(name=word, output=word, path=f"{word}.json"),),
    )
    choose = Choose(
        name=passes,
        conditions=(Compare(step.read(word, "count"), "Equals", 0),),
        if_false=(Fail(name=fails, message=step.read(word, "sentence")),),
    )
    return Pipeline(
        name=f"{settings.name}-{word}", parameters=tuple(inputs.values()), steps=(step, choose)
    )
