"""The clinical pipeline: from records to a registered model, or to the reason why not."""

from dataclasses import dataclass
from typing import Any

from mlops.pipeline_definition.conditions import Compare, Comparison
from mlops.pipeline_definition.distribution import distributed
from mlops.pipeline_definition.jobs import Range, processing_job, training_job, tuning_job
from mlops.pipeline_definition.pipeline import Pipeline
from mlops.pipeline_definition.references import Execution, Join, Parameter, PropertyFile
from mlops.pipeline_definition.registration import register
from mlops.pipeline_definition.settings import ClinicalSettings
from mlops.pipeline_definition.steps import (
    JOB_FAULTS,
    Cache,
    Choose,
    Fail,
    Processing,
    Retry,
    Step,
    Training,
    Tuning,
)

METRIC = "validation:auc"
RETRIES = (Retry(), Retry(faults=JOB_FAULTS))
METRICS = {METRIC: r"validation:auc=([0-9.]+);"}


def clinical_pipeline(settings: ClinicalSettings) -> Pipeline:
    """Return validate, prepare, features, train or tune, evaluate, explain, document, register."""
    build = _Build(settings)
    validate = build.processing(
        "Validate",
        inputs={"records": build.data},
        outputs=("table", "report"),
        description="Read the records, hold them to the data contract",
    )
    prepare = build.processing(
        "Prepare",
        inputs={"table": validate.output("table")},
        outputs=("train", "validation", "test", "baseline"),
        description="Split by patient, describe the baseline for drift",
    )
    features = build.processing(
        "Features",
        inputs={name: prepare.output(name) for name in ("train", "validation", "test")},
        outputs=("train", "validation", "transform", "store"),
        environment={"FEATURE_GROUP": settings.feature_group} if settings.feature_group else {},
        calls_aws="feature-store" if settings.feature_group else None,
        description="Fill gaps and learn scales on the training part only",
    )
    train, model = build.training(features)
    test = prepare.output("test")
    evaluate = build.processing(
        "Evaluate",
        inputs={"model": model, "test": test},
        outputs=("evaluation",),
        files=(PropertyFile(name="evaluation", output="evaluation", path="evaluation.json"),),
        description="Metrics, calibration and fairness, overall and by subgroup",
    )
    explain = build.processing(
        "Explain",
        inputs={"model": model, "test": test, "background": prepare.output("train")},
        outputs=("explanation",),
        environment={"LIME": "true" if settings.lime else "false"},
        description="Shapley values, global and for single records",
    )
    document = build.processing(
        "Document",
        inputs={
            "evaluation": evaluate.output("evaluation"),
            "explanation": explain.output("explanation"),
            "validation": validate.output("report"),
        },
        outputs=("card",),
        files=(PropertyFile(name="card", output="card", path="model_card.json"),),
        description="The model card",
    )
    registered = register(
        settings,
        model=model,
        prepare=prepare,
        evaluate=evaluate,
        explain=explain,
        document=document,
    )
    choose = build.choice(evaluate, registered, after=document.name)
    steps = (validate, prepare, features, train, evaluate, explain, document, choose)
    return Pipeline(name=settings.name, parameters=build.parameters, steps=steps)


@dataclass(frozen=True)
class _Build:
    settings: ClinicalSettings

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (self.data, *(parameter for parameter, *_ in self.limits()))

    @property
    def data(self) -> Parameter:
        return Parameter(name="InputData", default=self.settings.data_uri)

    def limits(self) -> tuple[tuple[Parameter, str, Comparison, str], ...]:
        """Parameter, value in evaluation.json, comparison, and how the reason names it."""
        settings = self.settings
        at_least: Comparison = "GreaterThanOrEqualTo"
        at_most: Comparison = "LessThanOrEqualTo"
        return (
            (_float("MinimumAuc", settings.minimum_auc), "auc", at_least, "AUC"),
            (_float("MinimumRecall", settings.minimum_recall), "recall", at_least, "recall"),
            (
                _float("LargestRecallGap", settings.largest_recall_gap),
                "recall_gap",
                at_most,
                "recall gap between subgroups",
            ),
            (
                _float("LargestCalibrationError", settings.largest_calibration_error),
                "calibration_error",
                at_most,
                "calibration error",
            ),
        )

    def uri(self, step: str, output: str) -> Join:
        """Each run writes to a place of its own: cached steps keep their older one."""
        return Join("/", [self.settings.artifact_uri, Execution.ID, step, output])

    def processing(
        self,
        name: str,
        *,
        inputs: dict[str, Any],
        outputs: tuple[str, ...],
        description: str,
        environment: dict[str, Any] | None = None,
        files: tuple[PropertyFile, ...] = (),
        calls_aws: str | None = None,
    ) -> Processing:
        settings = self.settings
        job = processing_job(
            settings.protection(),
            image=settings.image,
            command=name.lower(),
            inputs=inputs,
            outputs={output: self.uri(name, output) for output in outputs},
            environment={**self.environment(), **(environment or {})},
            instance=settings.processing_instance,
            calls_aws=calls_aws,
        )
        return Processing(
            name=name,
            description=description,
            job=job,
            cache=self.cache(),
            retries=RETRIES,
            property_files=files,
        )

    def environment(self) -> dict[str, str]:
        return {
            "DATASET": self.settings.dataset,
            "SEED": str(self.settings.seed),
            **self.settings.extra_environment,
        }

    def cache(self) -> Cache:
        return Cache(expire_after=f"P{self.settings.cache_days}D")

    def training(self, features: Processing) -> tuple[Step, Any]:
        """Return the training or tuning step and the S3 URI of its (best) model."""
        settings = self.settings
        output = Join("/", [settings.artifact_uri, Execution.ID, "Train"])
        hyperparameters = {
            "algorithm": settings.algorithm,
            "target_recall": str(settings.target_recall),
        }
        job = training_job(
            settings.protection(),
            image=settings.image,
            channels={n: features.output(n) for n in ("train", "validation", "transform")},
            output=output,
            hyperparameters=hyperparameters,
            environment=self.environment(),
            metrics=METRICS,
            instance=settings.training_instance,
            count=settings.training_count,
        )
        job = distributed(job, settings.distribution)
        if not settings.tune:
            step = Training(name="Train", job=job, cache=self.cache(), retries=RETRIES)
            return step, step.model
        name, low, high = {
            "logistic": ("c", 1e-3, 10.0),
            "boosting": ("learning_rate", 0.02, 0.5),
        }[settings.algorithm]
        tuning = tuning_job(
            job,
            metric=METRIC,
            ranges=(Range(name=name, low=low, high=high, logarithmic=True),),
            jobs=settings.tuning_jobs,
            parallel=2,
            seed=settings.seed,
        )
        tune = Tuning(name="Tune", job=tuning, cache=self.cache(), retries=RETRIES)
        return tune, Join(
            "/",
            [
                *(settings.artifact_uri, Execution.ID, "Train"),
                *(tune.property("BestTrainingJob.TrainingJobName"), "output/model.tar.gz"),
            ],
        )

    def choice(self, evaluate: Processing, registered: Step, *, after: str) -> Choose:
        """Register when every limit is kept; otherwise fail with the figures."""
        conditions = []
        reason: list[Any] = ["The model was not registered:"]
        limits = self.limits()
        for number, (parameter, value, comparison, words) in enumerate(limits, 1):
            figure = evaluate.read("evaluation", f"limits.{value}")
            conditions.append(Compare(figure, comparison, parameter))
            bound = "(at least" if comparison.startswith("Greater") else "(at most"
            end = "is wanted)." if number == len(limits) else "is wanted),"
            reason += [words, figure, bound, parameter, end]
        return Choose(
            name="GoodEnough",
            conditions=tuple(conditions),
            if_true=(registered,),
            if_false=(Fail(name="Refuse", message=Join(" ", reason)),),
            depends_on=(after,),
        )


def _float(name: str, default: float) -> Parameter:
    return Parameter(name=name, type="Float", default=default)
