"""Pipelines as typed Python, written as the JSON that SageMaker and the local runner take.

>>> definition = clinical_pipeline(settings).to_definition()
"""

from mlops.pipeline_definition.check import check
from mlops.pipeline_definition.clinical import clinical_pipeline
from mlops.pipeline_definition.conditions import Compare, Condition, Not, OneOf, Or
from mlops.pipeline_definition.errors import DefinitionError, Problem
from mlops.pipeline_definition.jobs import (
    Protection,
    Range,
    processing_job,
    training_job,
    tuning_job,
)
from mlops.pipeline_definition.monitoring import drift_pipeline, quality_pipeline
from mlops.pipeline_definition.pipeline import Pipeline
from mlops.pipeline_definition.references import (
    Execution,
    Get,
    Join,
    JsonGet,
    Parameter,
    PropertyFile,
)
from mlops.pipeline_definition.scoring import scoring_pipeline
from mlops.pipeline_definition.settings import ClinicalSettings, Distribution, example_settings
from mlops.pipeline_definition.steps import (
    Cache,
    Callback,
    Choose,
    ClarifyCheck,
    Emr,
    Fail,
    Lambda,
    Model,
    Output,
    Processing,
    QualityCheck,
    RegisterModel,
    Retry,
    Step,
    Training,
    Transform,
    Tuning,
)

__all__ = [
    "Cache",
    "Callback",
    "Choose",
    "ClarifyCheck",
    "ClinicalSettings",
    "Compare",
    "Condition",
    "DefinitionError",
    "Distribution",
    "Emr",
    "Execution",
    "Fail",
    "Get",
    "Join",
    "JsonGet",
    "Lambda",
    "Model",
    "Not",
    "OneOf",
    "Or",
    "Output",
    "Parameter",
    "Pipeline",
    "Problem",
    "Processing",
    "PropertyFile",
    "Protection",
    "QualityCheck",
    "Range",
    "RegisterModel",
    "Retry",
    "Step",
    "Training",
    "Transform",
    "Tuning",
    "check",
    "clinical_pipeline",
    "drift_pipeline",
    "example_settings",
    "processing_job",
    "quality_pipeline",
    "scoring_pipeline",
    "training_job",
    "tuning_job",
]
