"""What is refused, and the sentence that says so."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mlops.pipeline_definition import check, clinical_pipeline, example_settings

Change = Callable[[dict[str, Any]], None]


def sentences(definition: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in check(definition)]


def step(definition: dict[str, Any], name: str) -> dict[str, Any]:
    branches = definition["Steps"][-1]["Arguments"]
    everything = [*definition["Steps"], *branches["IfSteps"], *branches["ElseSteps"]]
    found: dict[str, Any] = next(s for s in everything if s["Name"] == name)
    return found


def put(name: str, path: str, value: Any) -> Change:
    """Set a value inside a step; DELETE removes the key."""

    def change(definition: dict[str, Any]) -> None:
        here: Any = step(definition, name)
        *parents, last = path.split("/")
        for part in parents:
            here = here[int(part)] if isinstance(here, list) else here[part]
        if value is DELETE:
            del here[last]
        else:
            here[int(last) if isinstance(here, list) else last] = value

    return change


DELETE = object()
TRAIN = "Arguments/ResourceConfig/InstanceType"
CLUSTER = "Arguments/ProcessingResources/ClusterConfig"


def test_the_clinical_pipeline_is_good_in_all_its_shapes() -> None:
    for settings in (
        {},
        {"tune": True},
        {"algorithm": "boosting", "tune": True},
        {"distribution": "torchrun", "training_count": 2},
        {"lime": True, "feature_group": "group"},
    ):
        clinical_pipeline(example_settings(**settings)).to_definition()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda d: d.update(Version="2021-01-01"),
            "pipeline: Version: '2021-01-01' was given, 2020-12-01 is allowed",
        ),
        (
            lambda d: d.update(Stepz=[]),
            "pipeline: Stepz: unknown key; did you mean Steps?",
        ),
        (
            lambda d: d.update(Steps=[]),
            "pipeline: Steps: a list of at least one step is needed",
        ),
        (
            put("Validate", "Type", "Proccessing"),
            "step Validate: Type: Proccessing is no step type; did you mean Processing?",
        ),
        (
            put("Validate", "Name", "Prepare"),
            "step Prepare: Name: 2 steps have this name; each needs its own",
        ),
        (
            put("Validate", "Name", "my step"),
            "step my step: Name: 1 to 64 letters, digits and hyphens are allowed",
        ),
        (
            put("Validate", "CacheConfg", {}),
            "step Validate: CacheConfg: unknown key of a Processing step; did you mean CacheConfig?",
        ),
        (
            put("Validate", "CacheConfig", {"Enabled": True, "ExpireAfter": "30d"}),
            "step Validate: CacheConfig.ExpireAfter: 30d was given, "
            "an ISO 8601 duration such as P30D or PT1H is allowed",
        ),
        (
            put("Register", "RetryPolicies/0/ExceptionType", ["SageMaker.CAPACITY_ERROR"]),
            "step Register: RetryPolicies[0].ExceptionType: SageMaker.CAPACITY_ERROR was given; "
            "allowed are Step.SERVICE_FAULT, Step.THROTTLING",
        ),
        (
            put("Refuse", "Arguments", {}),
            "step Refuse: Arguments.ErrorMessage: a Fail step needs a reason",
        ),
        (
            put("GoodEnough", "Arguments/Conditions", []),
            "step GoodEnough: Arguments.Conditions: at least one condition is needed",
        ),
        (
            put("GoodEnough", "Arguments/Conditions/0/Type", "GreaterOrEqual"),
            "step GoodEnough: Arguments.Conditions[0].Type: GreaterOrEqual was given; "
            "did you mean GreaterThanOrEqualTo?",
        ),
        (
            put("GoodEnough", "Arguments/Conditions/0/RightValue", DELETE),
            "step GoodEnough: Arguments.Conditions[0].RightValue: "
            "a condition GreaterThanOrEqualTo needs this key",
        ),
        (
            lambda d: d["Parameters"].append({"Name": "InputData", "Type": "String"}),
            "pipeline: Parameters.InputData: declared 2 times; once is allowed",
        ),
        (
            lambda d: d["Parameters"][1].update(DefaultValue="high"),
            "pipeline: Parameters.MinimumAuc: default 'high' is not of type Float",
        ),
        (
            lambda d: d["Parameters"][0].update(Type="Text"),
            "pipeline: Parameters.InputData: type Text was given; "
            "allowed are Boolean, Float, Integer, String",
        ),
    ],
)
def test_structure(definition: dict[str, Any], change: Change, sentence: str) -> None:
    change(definition)
    assert sentence in sentences(definition)


def input_uri(value: Any) -> Change:
    return put("Prepare", "Arguments/ProcessingInputs/0/S3Input/S3Uri", value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            input_uri({"Get": "Steps.Validat.ProcessingJobName"}),
            "step Prepare: Arguments.ProcessingInputs[0].S3Input.S3Uri: "
            "there is no step Validat; did you mean Validate?",
        ),
        (
            input_uri({"Get": "Parameters.InputDate"}),
            "step Prepare: Arguments.ProcessingInputs[0].S3Input.S3Uri: "
            "there is no parameter InputDate; did you mean InputData?",
        ),
        (
            input_uri({"Get": "Execution.PipelineExecutionID"}),
            "step Prepare: Arguments.ProcessingInputs[0].S3Input.S3Uri: "
            "Execution.PipelineExecutionID is unknown; did you mean Execution.PipelineExecutionId?",
        ),
        (
            input_uri({"Get": "Step.Validate.ProcessingJobName"}),
            "step Prepare: Arguments.ProcessingInputs[0].S3Input.S3Uri: "
            "Step.Validate.ProcessingJobName is no reference; "
            "Parameters, Execution or Steps is allowed",
        ),
        (
            input_uri(
                {"Get": "Steps.Validate.ProcessingOutputConfig.Outputs['tabel'].S3Output.S3Uri"}
            ),
            "step Prepare: Arguments.ProcessingInputs[0].S3Input.S3Uri: "
            "step Validate (Processing) has no output tabel; did you mean table?",
        ),
        (
            put(
                "Evaluate",
                "Arguments/ProcessingInputs/0/S3Input/S3Uri",
                {"Get": "Steps.Train.ModelArtefacts.S3ModelArtifacts"},
            ),
            "step Evaluate: Arguments.ProcessingInputs[0].S3Input.S3Uri: step Train (Training) has "
            "no property ModelArtefacts.S3ModelArtifacts: ModelArtefacts is unknown; "
            "did you mean ModelArtifacts?",
        ),
        (
            put(
                "GoodEnough",
                "Arguments/Conditions/0/LeftValue/Std:JsonGet/PropertyFile",
                {"Get": "Steps.Evaluate.PropertyFiles.evaluations"},
            ),
            "step GoodEnough: Arguments.Conditions[0].LeftValue: "
            "step Evaluate has no property file evaluations; did you mean evaluation?",
        ),
        (
            put("Prepare", "DependsOn", ["Validation"]),
            "step Prepare: DependsOn: there is no step Validation; did you mean Validate?",
        ),
        (
            put("Validate", "DependsOn", ["Features"]),
            "step Prepare: waits for itself: Prepare -> Validate -> Features -> Prepare",
        ),
        (
            put("Document", "DependsOn", ["Refuse"]),
            "step Document: never runs: it waits for step Refuse, which ends the pipeline",
        ),
        (
            put("Explain", "DependsOn", ["Register"]),
            "step Explain: may never run: it waits for step Register, "
            "which is in IfSteps of step GoodEnough",
        ),
        (
            put("Refuse", "DependsOn", ["Register"]),
            "step Refuse: may never run: it waits for step Register, which is in the other branch",
        ),
    ],
)
def test_graph(definition: dict[str, Any], change: Change, sentence: str) -> None:
    change(definition)
    assert sentence in sentences(definition)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            put("Train", "Arguments/AlgorithmSpecification/TraningImage", "x"),
            "step Train: Arguments.AlgorithmSpecification.TraningImage: "
            "unknown key; did you mean TrainingImage?",
        ),
        (
            put("Train", "Arguments/OutputDataConfig", DELETE),
            "step Train: Arguments.OutputDataConfig: this key is missing",
        ),
        (
            put("Train", "Arguments/TrainingJobName", "mine"),
            "step Train: TrainingJobName: SageMaker names the job itself; leave this key out",
        ),
        (
            put("Train", TRAIN, "ml.m7i.xlargee"),
            "step Train: Arguments.ResourceConfig.InstanceType: "
            "ml.m7i.xlargee was given; did you mean ml.m7i.xlarge?",
        ),
        (
            put("Train", "Arguments/AlgorithmSpecification/TrainingInputMode", "Files"),
            "step Train: Arguments.AlgorithmSpecification.TrainingInputMode: "
            "Files was given; did you mean File?",
        ),
        (
            put("Train", "Arguments/ResourceConfig/VolumeSizeInGB", "30"),
            "step Train: Arguments.ResourceConfig.VolumeSizeInGB: str was given, int is allowed",
        ),
        (
            put("Train", "Arguments/ResourceConfig/InstanceCount", -1),
            "step Train: Arguments.ResourceConfig.InstanceCount: "
            "-1 was given, min value: 0 is allowed",
        ),
        (
            put("Train", "Arguments/RoleArn", "arn:aws:iam::1:user/somebody"),
            "step Train: Arguments.RoleArn: arn:aws:iam::1:user/somebody was given, the pattern "
            r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+ is allowed",
        ),
        (
            put("Train", "Arguments/HyperParameters/c", {"Get": "Parameters.MinimumAuc"}),
            "step Train: Arguments.HyperParameters.c: a reference to a value of type float "
            "was given, string is allowed; wrap it in Std:Join",
        ),
        (
            put("Train", "Arguments/ResourceConfig/InstanceCount", {"Get": "Parameters.InputData"}),
            "step Train: Arguments.ResourceConfig.InstanceCount: "
            "a reference to a value of type string was given, integer is allowed",
        ),
        (
            put(
                "Train",
                "Arguments/ResourceConfig/InstanceCount",
                {"Get": "Steps.Features.ProcessingJobName"},
            ),
            "step Train: Arguments.ResourceConfig.InstanceCount: "
            "a reference to a value of type string was given, integer is allowed",
        ),
    ],
)
def test_arguments(definition: dict[str, Any], change: Change, sentence: str) -> None:
    change(definition)
    assert sentence in sentences(definition)


def test_a_parameter_is_judged_by_what_it_may_be(definition: dict[str, Any]) -> None:
    put("Train", TRAIN, {"Get": "Parameters.Instance"})(definition)
    definition["Parameters"].append(
        {"Name": "Instance", "Type": "String", "DefaultValue": "ml.m7i.xlarge"}
    )
    assert sentences(definition) == []
    definition["Parameters"][-1]["DefaultValue"] = "ml.m7i.huge"
    (found,) = sentences(definition)
    assert found.startswith(
        "step Train: Arguments.ResourceConfig.InstanceType (parameter Instance): ml.m7i.huge was"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            put("Train", "Arguments/VpcConfig", DELETE),
            "step Train: Arguments.VpcConfig.Subnets: "
            "jobs run in the VPC: give subnets and security groups as they are",
        ),
        (
            put("Train", "Arguments/VpcConfig/Subnets", [{"Get": "Parameters.InputData"}]),
            "step Train: Arguments.VpcConfig.Subnets: "
            "jobs run in the VPC: give subnets and security groups as they are",
        ),
        (
            put("Train", "Arguments/EnableNetworkIsolation", False),
            "step Train: Arguments.EnableNetworkIsolation: False was given, true is needed",
        ),
        (
            put("Train", "Arguments/EnableInterContainerTrafficEncryption", DELETE),
            "step Train: Arguments.EnableInterContainerTrafficEncryption: "
            "nothing was given, true is needed",
        ),
        (
            put("Train", "Arguments/OutputDataConfig/KmsKeyId", DELETE),
            "step Train: Arguments.OutputDataConfig.KmsKeyId: "
            "the ARN of a customer-managed key is needed, not a parameter or nothing",
        ),
        (
            put(
                "Train", "Arguments/ResourceConfig/VolumeKmsKeyId", {"Get": "Parameters.InputData"}
            ),
            "step Train: Arguments.ResourceConfig.VolumeKmsKeyId: "
            "the ARN of a customer-managed key is needed, not a parameter or nothing",
        ),
        (
            put("Train", TRAIN, "ml.g6.xlarge"),
            "step Train: Arguments.ResourceConfig.VolumeKmsKeyId: ml.g6.xlarge encrypts its local "
            "disks in hardware and refuses a key; leave it out",
        ),
        (
            put("Train", TRAIN, "ml.p3.2xlarge"),
            "step Train: Arguments.ResourceConfig.InstanceType: ml.p3.2xlarge (V100) is out of "
            "date; ml.g6, ml.p4d, ml.p4de or ml.p5 are allowed",
        ),
        (
            put("Train", "Arguments/AlgorithmSpecification/TrainingImage", "python:3.11"),
            "step Train: Arguments.AlgorithmSpecification.TrainingImage: python:3.11 is not from a "
            "private ECR registry (<account>.dkr.ecr.<region>…)",
        ),
        (
            put("Validate", "Arguments/AppSpecification/ImageUri", "public.ecr.aws/x/y:1"),
            "step Validate: Arguments.AppSpecification.ImageUri: public.ecr.aws/x/y:1 is not from "
            "a private ECR registry (<account>.dkr.ecr.<region>…)",
        ),
        (
            put("Validate", "Arguments/NetworkConfig/EnableNetworkIsolation", False),
            "step Validate: Arguments.NetworkConfig.EnableNetworkIsolation: true is needed, "
            "or a tag network-isolation saying why the job must call AWS itself",
        ),
        (
            put("Validate", f"{CLUSTER}/VolumeKmsKeyId", DELETE),
            "step Validate: Arguments.ProcessingResources.ClusterConfig.VolumeKmsKeyId: "
            "the ARN of a customer-managed key is needed, not a parameter or nothing",
        ),
        (
            put("Validate", "Arguments/StoppingCondition", DELETE),
            "step Validate: Arguments.StoppingCondition.MaxRuntimeInSeconds: "
            "nothing was given, a limit of 60 to 86400 seconds is allowed",
        ),
        (
            put("Validate", "Arguments/StoppingCondition/MaxRuntimeInSeconds", 432000),
            "step Validate: Arguments.StoppingCondition.MaxRuntimeInSeconds: "
            "432000 was given, a limit of 60 to 86400 seconds is allowed",
        ),
        (
            put("Validate", "Arguments/Tags", []),
            "step Validate: Arguments.Tags: the tag data-class is missing",
        ),
        (
            put("Validate", "Arguments/Tags/4/Value", "confidential"),
            "step Validate: Arguments.Tags: data-class confidential was given, "
            "important or general is allowed; only a job for monitoring may read other data",
        ),
        (
            put("Register", "Arguments/ModelApprovalStatus", "Approved"),
            "step Register: Arguments.ModelApprovalStatus: Approved was given, "
            "PendingManualApproval is allowed: a person approves models",
        ),
        (
            put("Register", "Arguments/ModelMetrics/Bias", DELETE),
            "step Register: Arguments.ModelMetrics.Bias: "
            "a model is registered with this report; it is missing",
        ),
        (
            put("Register", "Arguments/ModelPackageGroupName", DELETE),
            "step Register: Arguments.ModelPackageGroupName: "
            "a version needs its group; this key is missing",
        ),
    ],
)
def test_safeguards(definition: dict[str, Any], change: Change, sentence: str) -> None:
    change(definition)
    assert sentence in sentences(definition)


def test_the_training_inside_tuning_is_judged_too() -> None:
    definition = clinical_pipeline(example_settings(tune=True)).to_definition()
    tuned = copy.deepcopy(definition)
    step(tuned, "Tune")["Arguments"]["TrainingJobDefinition"]["EnableNetworkIsolation"] = False
    assert sentences(tuned) == [
        "step Tune: Arguments.TrainingJobDefinition.EnableNetworkIsolation: "
        "False was given, true is needed"
    ]


def test_one_mistake_gives_one_sentence(definition: dict[str, Any]) -> None:
    put("Train", TRAIN, "ml.m7i.xlargee")(definition)
    assert len(sentences(definition)) == 1


@pytest.mark.parametrize("nonsense", [{}, {"Steps": "x"}, {"Steps": [1, None]}, {"Steps": [{}]}])
def test_nonsense_gives_sentences_not_a_trace(nonsense: dict[str, Any]) -> None:
    assert sentences(json.loads(json.dumps(nonsense)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            put("Prepare", "DependsOn", "Validate"),
            "pipeline: Steps[1].DependsOn: str was given, a list is allowed",
        ),
        (
            put("Evaluate", "PropertyFiles/0", {"PropertyFileName": "x", "FilePath": "y"}),
            "pipeline: Steps[4].PropertyFiles[0].OutputName: this key is missing",
        ),
        (
            put("Prepare", "Arguments/RoleArn", {"Get": 3}),
            "pipeline: Steps[1].Arguments.RoleArn.Get: malformed; "
            "a path such as Parameters.Name is allowed",
        ),
        (
            put("Prepare", "Arguments/RoleArn", {"Std:Join": {"On": "/"}}),
            "pipeline: Steps[1].Arguments.RoleArn.Std:Join: malformed; "
            "an object of On (text) and Values (a list) is allowed",
        ),
        (
            lambda d: d["Parameters"].append("x"),
            "pipeline: Parameters[5]: str was given, an object is allowed",
        ),
    ],
)
def test_form(definition: dict[str, Any], change: Change, sentence: str) -> None:
    change(definition)
    assert sentences(definition) == [sentence]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def test_whatever_stands_anywhere_check_never_raises(definition: dict[str, Any]) -> None:
    source = random.Random(11)  # noqa: S311
    everywhere = list(places(definition))
    nonsense = (None, 1, "x", [], {}, True, [1], {"Get": 3}, {"Std:Join": 1}, {"Std:JsonGet": {}})
    for _ in range(250):
        *parents, last = source.choice(everywhere)
        spoilt = copy.deepcopy(definition)
        here: Any = spoilt
        for part in parents:
            here = here[part]
        here[last] = source.choice(nonsense)
        for problem in check(spoilt):
            assert "\n" not in str(problem)
