"""The clinical pipeline, run here: both branches, the cache, tuning, reasons, the report."""

import copy
import json
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mlops.inference.archive import unpack
from mlops.pipeline_definition import (
    Compare,
    DefinitionError,
    Fail,
    Lambda,
    Pipeline,
    clinical_pipeline,
    example_settings,
)
from mlops.pipeline_definition.walk import Placed
from mlops.runner.cache import Cache, seconds
from mlops.runner.conditions import holds
from mlops.runner.errors import RunError, StepFailedError
from mlops.runner.execute import Executor
from mlops.runner.resolve import Resolver, follow, parameters_of
from mlops.runner.run import Options, run
from mlops.runner.state import Status
from mlops.runner.store import Store
from mlops.runner.tuning import draws
from tests.mlops.conftest import Run, Runs


def test_a_cold_run_registers_the_model(cold: Run) -> None:
    assert cold.result.reason is None
    assert cold.result.status is Status.SUCCEEDED
    assert not any(step.cached for step in cold.result.steps.values())
    assert cold.result.steps["Refuse"].status is Status.NOT_EXECUTED
    assert cold.result.steps["Train"].metrics["validation:auc"] > 0.97


def test_the_model_is_good_and_its_subgroups_are_told(cold: Run) -> None:
    evaluation = cold.json("Evaluate", "evaluation", "evaluation.json")
    assert evaluation["limits"]["auc"] >= 0.99
    rows = {(row["group"], row["band"]): row for row in evaluation["subgroups"]}
    assert len(rows) == 5
    assert sum(row["records"] for (group, _), row in rows.items() if group == "texture") == 113
    for row in rows.values():
        assert row["recall_low"] <= row["recall"] <= row["recall_high"] + 1e-9
    bias = cold.json("Evaluate", "evaluation", "bias.json")["post_training_bias_metrics"]
    assert set(bias["facets"]) == {"nucleus size", "texture"}


def test_the_registered_version_carries_its_evidence(cold: Run) -> None:
    (file,) = (cold.folder / "registry" / "iryo-clinical").glob("*.json")
    package = json.loads(file.read_text())
    store = Store(cold.folder / "s3")
    for report in ("ModelQuality", "Bias", "Explainability", "ModelDataQuality"):
        for place in package["ModelMetrics"][report].values():
            assert json.loads(store.path(place["S3Uri"]).read_text())
    fingerprint = cold.json("Evaluate", "evaluation", "evaluation.json")["model"]["fingerprint"]
    assert package["CustomerMetadataProperties"]["fingerprint"] == fingerprint
    card = json.loads(package["ModelCard"]["ModelCardContent"])
    metrics = card["evaluation_details"][0]["metric_groups"][0]["metric_data"]
    assert {m["name"]: m["value"] for m in metrics}["auc"] >= 0.99


def test_explanations_are_global_and_local(cold: Run) -> None:
    explanation = cold.json("Explain", "explanation", "explanation.json")
    importance = explanation["explanations"]["shapley"]["label0"]["global_shap_values"]
    assert len(importance) == 30
    assert [entry["chosen"] for entry in explanation["local"]] == [
        *("surest yes", "closest call", "surest no"),
    ]
    assert "lime" not in explanation["local"][0]


def test_a_repeated_run_comes_from_the_cache(cold: Run, execute: Runs) -> None:
    again = execute()
    assert again.result.status is Status.SUCCEEDED
    cached = {name for name, step in again.result.steps.items() if step.cached}
    assert cached == {
        *("Validate", "Prepare", "Features", "Train", "Evaluate", "Explain", "Document"),
    }
    assert again.model.read_bytes() == cold.model.read_bytes()
    assert again.json("Evaluate", "evaluation", "bias.json") == cold.json(
        "Evaluate", "evaluation", "bias.json"
    )


def test_a_model_that_is_not_good_enough_is_refused_with_the_figures(
    cold: Run, execute: Runs
) -> None:
    refused = execute(parameters={"MinimumAuc": "0.9999"})
    assert refused.result.status is Status.FAILED
    assert refused.result.reason is not None
    assert refused.result.reason.startswith("The model was not registered: AUC 0.99")
    assert "(at least 0.9999 is wanted), recall " in refused.result.reason
    assert refused.result.steps["Register"].status is Status.NOT_EXECUTED
    assert not (refused.folder / "registry").exists()
    assert "The model was not registered" in (refused.folder / "report.html").read_text()


def test_another_setting_runs_only_what_depends_on_it(cold: Run, execute: Runs) -> None:
    other = execute(lime=True)
    ran = {n for n, s in other.result.steps.items() if s.attempts and s.type == "Processing"}
    assert ran == {"Explain", "Document"}
    entry = other.json("Explain", "explanation", "explanation.json")["local"][0]
    assert len(entry["lime"]) == 30


def test_tuning_takes_the_best_of_its_jobs(cold: Run, execute: Runs) -> None:
    tuned = execute(tune=True, tuning_jobs=3)
    assert tuned.result.status is Status.SUCCEEDED, tuned.result.reason
    properties = tuned.result.steps["Tune"].properties
    objectives = [
        s["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for s in properties["TrainingJobSummaries"]
    ]
    assert len(objectives) == 3
    assert objectives == sorted(objectives, reverse=True)
    assert properties["BestTrainingJob"] == properties["TrainingJobSummaries"][0]


def test_draws_stay_within_their_ranges_and_repeat() -> None:
    config = {
        "RandomSeed": 3,
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "c", "MinValue": "0.001", "MaxValue": "10", "ScalingType": "Logarithmic"}
            ],
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "4"}],
            "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a", "b"]}],
        },
    }
    drawn = draws(config, 50)
    assert drawn == draws(config, 50)
    assert all(0.001 <= float(d["c"]) <= 10 for d in drawn)
    assert {d["depth"] for d in drawn} == {"1", "2", "3", "4"}
    assert {d["kind"] for d in drawn} == {"a", "b"}


def test_a_step_that_fails_ends_the_run_with_its_sentence(
    execute: Runs, records: Path, tmp_path: Path
) -> None:
    lines = (records / "records.csv").read_text().replace("mean_texture", "mean_txture", 1)
    (tmp_path / "records.csv").write_text(lines)
    failed = execute(data=tmp_path)
    assert failed.result.status is Status.FAILED
    assert failed.result.reason == "step Validate: records.csv: column mean_texture is missing"
    left = {s.status for n, s in failed.result.steps.items() if n != "Validate"}
    assert left == {Status.NOT_EXECUTED}


class Page(HTMLParser):
    """Collects tags and the addresses that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href")]


def test_the_report_fetches_nothing_and_shows_everything(cold: Run) -> None:
    text = (cold.folder / "report.html").read_text()
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    assert "link" not in page.tags
    (card,) = page.addresses
    assert (cold.folder / card).is_file()
    assert page.tags.count("svg") >= 7
    for words in ("Succeeded", "nucleus size: medium", "MinimumAuc", "GoodEnough", "IfSteps"):
        assert words in text
    card_page = Page()
    card_page.feed((cold.folder / card).read_text())
    assert card_page.addresses == []
    assert "svg" in card_page.tags


def test_the_report_escapes_what_it_shows(tmp_path: Path) -> None:
    reason = "<script>alert(1)</script>"
    definition = Pipeline(name="p", steps=(Fail(name="Stop", message=reason),)).to_definition()
    run(definition, Options(folder=tmp_path))
    text = (tmp_path / "report.html").read_text()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_run_directory_has_everything(cold: Run) -> None:
    assert json.loads((cold.folder / "run.json").read_text())["status"] == "Succeeded"
    assert (cold.folder / "definition.json").is_file()
    for step in ("Validate", "Train", "Explain"):
        assert (cold.folder / "steps" / step / "arguments.json").is_file()
        assert (cold.folder / "steps" / step / "log.txt").is_file()


def test_a_step_that_needs_aws_is_named_before_anything_runs(tmp_path: Path) -> None:
    ask = Lambda(name="Ask", function_arn="arn", inputs={})
    definition = Pipeline(name="p", steps=(ask,)).to_definition()
    with pytest.raises(RunError, match="step Ask: a Lambda step needs AWS; the laptop cannot"):
        run(definition, Options(folder=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_broken_definition_does_not_run(definition: dict[str, Any], tmp_path: Path) -> None:
    definition["Steps"][0]["Arguments"]["Tags"] = []
    with pytest.raises(DefinitionError):
        run(definition, Options(folder=tmp_path / "run"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Minimum": "1"}, "parameter Minimum: there is none; did you mean MinimumAuc?"),
        ({"MinimumAuc": "high"}, "parameter MinimumAuc: 'high' was given, Float is allowed"),
    ],
)
def test_wrong_parameters(definition: dict[str, Any], given: dict[str, str], sentence: str) -> None:
    with pytest.raises(RunError) as caught:
        parameters_of(definition, given)
    assert str(caught.value) == sentence


def test_parameters_have_types_and_choices() -> None:
    declared = {
        "Parameters": [
            {"Name": "n", "Type": "Integer", "DefaultValue": 1},
            {"Name": "on", "Type": "Boolean", "DefaultValue": False},
            {"Name": "size", "Type": "String", "EnumValues": ["s", "m"]},
        ]
    }
    found = parameters_of(declared, {"n": "3", "on": "true", "size": "m"})
    assert found == {"n": 3, "on": True, "size": "m"}
    with pytest.raises(RunError, match="parameter size: 'l' was given, s, m is allowed"):
        parameters_of(declared, {"size": "l"})
    with pytest.raises(RunError, match="parameter size: it has no default; give --param size="):
        parameters_of(declared, {})


RESOLVER = Resolver(
    parameters={"p": 0.5, "name": "x"},
    execution={"Execution.PipelineExecutionId": "e1"},
    properties={"A": {"Outputs": [{"OutputName": "o", "Uri": "s3://b/k"}], "List": [1, 2]}},
)


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Get": "Parameters.p"}, 0.5),
        ({"Get": "Execution.PipelineExecutionId"}, "e1"),
        ({"Get": "Steps.A.Outputs['o'].Uri"}, "s3://b/k"),
        ({"Get": "Steps.A.List[1]"}, 2),
        (
            {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Parameters.p"}, 1, True]}},
            "a/0.5/1/true",
        ),
        ({"k": [{"Get": "Parameters.name"}]}, {"k": ["x"]}),
    ],
)
def test_references(value: Any, resolved: Any) -> None:
    assert RESOLVER.resolve(value) == resolved


@pytest.mark.parametrize("path", ["Outputs['x'].Uri", "List[7]", "Nothing", "List.x", "a b"])
def test_references_that_lead_nowhere(path: str) -> None:
    with pytest.raises(StepFailedError, match=r"Steps\.A: there is no "):
        follow(RESOLVER.properties["A"], path, "Steps.A")


@pytest.mark.parametrize(
    ("left", "comparison", "right", "wanted"),
    [
        (1, "GreaterThan", 1, False),
        (1, "GreaterThanOrEqualTo", 1, True),
        (0.5, "LessThan", 1, True),
        (2, "LessThanOrEqualTo", 1, False),
        ("a", "Equals", "a", True),
        ("a", "Equals", "b", False),
    ],
)
def test_comparisons(left: Any, comparison: Any, right: Any, wanted: bool) -> None:
    condition = Compare(left, comparison, right).to_json()
    assert holds(condition, RESOLVER) is wanted
    assert holds({"Type": "Not", "Expression": condition}, RESOLVER) is not wanted
    both = {"Type": "Or", "Conditions": [condition, Compare(1, "LessThan", 0).to_json()]}
    assert holds(both, RESOLVER) is wanted


def test_membership_and_values_that_cannot_be_compared() -> None:
    assert holds({"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}, RESOLVER)
    assert not holds({"Type": "In", "QueryValue": "c", "Values": ["a", "b"]}, RESOLVER)
    with pytest.raises(StepFailedError, match="None and 1 cannot be compared by LessThan"):
        holds(Compare(None, "LessThan", 1).to_json(), RESOLVER)


def script(
    folder: Path, command: list[str], policies: Any = (), seconds: int = 60
) -> tuple[Executor, Placed]:
    """A processing step that runs a command, without the safeguards that a check asks for."""
    step = {
        "Name": "Script",
        "Type": "Processing",
        "RetryPolicies": list(policies),
        "Arguments": {
            "AppSpecification": {"ImageUri": "x", "ContainerEntrypoint": command},
            "Environment": {"GIVEN": "1"},
            "StoppingCondition": {"MaxRuntimeInSeconds": seconds},
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "out",
                        "S3Output": {
                            "S3Uri": "s3://bucket/out",
                            "LocalPath": "/opt/ml/processing/output/out",
                        },
                    }
                ]
            },
        },
    }
    executor = Executor(
        folder=folder, store=Store(folder / "s3"), cache=None, resolver=copy.deepcopy(RESOLVER)
    )
    return executor, Placed(step, ())


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


WRITE = "import os;open(os.environ['ML_ROOT']+'/processing/output/out/x','w').write('1')"


def test_a_step_sees_its_own_environment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    code = (
        "import os;assert 'AWS_SECRET_ACCESS_KEY' not in os.environ and os.environ['GIVEN'];"
        + WRITE
    )
    executor, step = script(tmp_path, python(code))
    assert executor.execute(step).status is Status.SUCCEEDED
    assert (tmp_path / "s3" / "bucket" / "out" / "x").read_text() == "1"


RETRY = [
    {"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 0, "MaxAttempts": 2}
]


@pytest.mark.parametrize(
    ("code", "reason", "attempts"),
    [
        ("import os;os.kill(os.getpid(), 9)", "the process was killed by signal 9", 3),
        ("raise SystemExit('a wrong thing')", "exit code 1: a wrong thing", 1),
        ("pass", "output out: nothing was written", 1),
    ],
)
def test_crashes_are_tried_again_mistakes_are_not(
    tmp_path: Path, code: str, reason: str, attempts: int
) -> None:
    executor, step = script(tmp_path, python(code), RETRY)
    result = executor.execute(step)
    assert (result.status, result.reason) == (Status.FAILED, reason)
    assert result.attempts == attempts


def test_a_crash_that_does_not_come_again_is_survived(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    code = (
        f"import os,pathlib;m=pathlib.Path({str(marker)!r})\n"
        "if not m.exists():\n m.touch();os.kill(os.getpid(), 9)\n" + WRITE
    )
    executor, step = script(tmp_path, python(code), RETRY)
    result = executor.execute(step)
    assert (result.status, result.attempts) == (Status.SUCCEEDED, 2)


def test_a_step_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    executor, step = script(tmp_path, python("import time;time.sleep(60)"), seconds=1)
    started = time.perf_counter()
    assert executor.execute(step).reason == "stopped after MaxRuntimeInSeconds, 1 s"
    assert time.perf_counter() - started < 10


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    executor, step = script(tmp_path, ["no-such-program"])
    assert str(executor.execute(step).reason).startswith("no-such-program cannot be started")


def test_the_store_keeps_to_its_folder(tmp_path: Path) -> None:
    mounts = {"s3://bucket/in": tmp_path / "mine", "s3://bucket/in/deep": tmp_path / "deep"}
    store = Store(tmp_path / "s3", mounts)
    assert store.path("s3://bucket/in/deep/a") == tmp_path / "deep" / "a"
    assert store.path("s3://bucket/in/a") == tmp_path / "mine" / "a"
    assert store.path("s3://bucket/input") == tmp_path / "s3" / "bucket" / "input"
    with pytest.raises(StepFailedError, match="leads out of the store"):
        store.path("s3://../../etc/passwd")
    with pytest.raises(StepFailedError, match="is no S3 URI"):
        store.path("/etc/passwd")
    with pytest.raises(StepFailedError, match="there is nothing at s3://bucket/gone"):
        store.fetch("s3://bucket/gone", tmp_path / "x")


@pytest.mark.parametrize(
    ("duration", "wanted"), [("P30D", 2_592_000), ("PT1H30M", 5400), ("P1DT1S", 86401), ("x", 0)]
)
def test_durations(duration: str, wanted: int) -> None:
    assert seconds(duration) == wanted


def test_the_cache_knows_content_and_age(tmp_path: Path) -> None:
    store, cache = Store(tmp_path / "s3"), Cache(tmp_path / "cache")
    place = store.path("s3://b/in/x")
    place.parent.mkdir(parents=True)
    place.write_text("one")
    arguments = {"Environment": {}, "ProcessingInputs": [{"S3Input": {"S3Uri": "s3://b/in"}}]}
    key = cache.key("Processing", arguments, [], store)
    assert key == cache.key("Processing", {**arguments, "RoleArn": "other"}, [], store)
    assert key != cache.key("Processing", {**arguments, "Environment": {"SEED": "1"}}, [], store)
    cache.save(key, {"result": 1}, {"out": "s3://b/in"}, store)
    assert cache.load(key, "PT1H") == {"result": 1}
    assert cache.load(key, "PT0S") is None
    place.write_text("two")
    assert cache.key("Processing", arguments, [], store) != key
    cache.restore(key, {"out": "s3://b/copy"}, store)
    assert store.path("s3://b/copy/x").read_text() == "one"


def test_a_changed_model_is_not_registered(cold: Run, tmp_path: Path) -> None:
    from mlops.inference.archive import pack
    from mlops.runner import registry

    package = json.loads(next((cold.folder / "registry").rglob("*.json")).read_text())
    arguments = {
        k: v for k, v in package.items() if k not in ("ModelPackageArn", "ModelPackageVersion")
    }
    unpack(cold.model, tmp_path / "model")
    (tmp_path / "model" / "model.json").write_text("{}")
    uri = arguments["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    pack(tmp_path / "model", tmp_path / "model.tar.gz")
    store = Store(cold.folder / "s3", {uri: tmp_path / "model.tar.gz"})
    with pytest.raises(StepFailedError, match=r"model\.json: changed since the model was trained"):
        registry.register(arguments, tmp_path, store)


def test_batch_transform_scores_files(cold: Run, tmp_path: Path) -> None:
    from mlops.runner import registry

    store = Store(tmp_path / "s3")
    lines = (cold.output("Prepare", "test") / "records.csv").read_text().splitlines()[1:4]
    rows = "\n".join(",".join(line.split(",")[1:-1]) for line in lines)
    for uri, content in (
        ("s3://b/in/a.csv", rows.encode()),
        ("s3://b/m/model.tar.gz", cold.model.read_bytes()),
    ):
        store.path(uri).parent.mkdir(parents=True, exist_ok=True)
        store.path(uri).write_bytes(content)
    home = tmp_path / "steps"
    (home / "Model").mkdir(parents=True)
    container = {"PrimaryContainer": {"ModelDataUrl": "s3://b/m/model.tar.gz"}}
    registry.create_model(container, home / "Model", store)
    arguments: dict[str, Any] = {
        "ModelName": "Model",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": "s3://b/in"}}},
        "TransformOutput": {"S3OutputPath": "s3://b/out"},
    }
    registry.transform(arguments, home / "Transform", store)
    assert len(store.path("s3://b/out/a.csv.out").read_text().splitlines()) == 3
    store.path("s3://b/in/a.csv").write_text("1,2\n")
    with pytest.raises(StepFailedError, match=r"a\.csv: record 1: 2 values were given, 30 are"):
        registry.transform(arguments, home / "Transform", store)


def test_the_runner_runs_what_would_be_deployed(cold: Run) -> None:
    deployed = clinical_pipeline(example_settings()).to_definition()
    assert json.loads((cold.folder / "definition.json").read_text()) == deployed
