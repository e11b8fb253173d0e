"""Building definitions: what the clinical pipeline says, in each of its shapes."""

import json
from pathlib import Path
from typing import Any

import pytest

from mlops.pipeline_definition import (
    Cache,
    Callback,
    Choose,
    ClarifyCheck,
    Compare,
    DefinitionError,
    Distribution,
    Emr,
    Execution,
    Fail,
    Join,
    Lambda,
    Model,
    Not,
    OneOf,
    Or,
    Output,
    Parameter,
    Pipeline,
    QualityCheck,
    Transform,
    clinical_pipeline,
    example_settings,
    processing_job,
)

SETTINGS = example_settings()


def by_name(definition: dict[str, Any]) -> dict[str, Any]:
    return {step["Name"]: step for step in definition["Steps"]}


def test_the_steps_in_their_order(definition: dict[str, Any]) -> None:
    names = [step["Name"] for step in definition["Steps"]]
    assert names == [
        *("Validate", "Prepare", "Features", "Train", "Evaluate", "Explain", "Document"),
        "GoodEnough",
    ]
    branches = by_name(definition)["GoodEnough"]["Arguments"]
    assert [step["Type"] for step in branches["IfSteps"]] == ["RegisterModel"]
    assert [step["Type"] for step in branches["ElseSteps"]] == ["Fail"]


def test_it_is_plain_json_and_the_same_each_time(definition: dict[str, Any]) -> None:
    again = clinical_pipeline(example_settings()).to_definition()
    assert json.dumps(definition) == json.dumps(again)
    assert definition["Version"] == "2020-12-01"


def test_tokens_of_a_cdk_app_pass_through() -> None:
    token = "${Token[TOKEN.42]}"  # noqa: S105 (of the CDK, no secret)
    definition = clinical_pipeline(
        example_settings(
            role_arn=token,
            image=f"{token}.dkr.ecr.{token}.amazonaws.com/steps:1",
            kms_key=token,
            data_uri=f"s3://{token}/records",
            subnets=(token, token),
        )
    ).to_definition()
    train = by_name(definition)["Train"]["Arguments"]
    assert train["RoleArn"] == token
    assert train["VpcConfig"]["Subnets"] == [token, token]


@pytest.mark.parametrize("step", ["Validate", "Prepare", "Features", "Evaluate", "Explain"])
def test_processing_jobs_are_protected(definition: dict[str, Any], step: str) -> None:
    arguments = by_name(definition)[step]["Arguments"]
    assert arguments["NetworkConfig"] == {
        "EnableInterContainerTrafficEncryption": True,
        "EnableNetworkIsolation": True,
        "VpcConfig": {
            "Subnets": list(SETTINGS.subnets),
            "SecurityGroupIds": list(SETTINGS.security_groups),
        },
    }
    assert arguments["ProcessingOutputConfig"]["KmsKeyId"] == SETTINGS.kms_key
    cluster = arguments["ProcessingResources"]["ClusterConfig"]
    assert cluster["VolumeKmsKeyId"] == SETTINGS.kms_key


def test_only_the_feature_store_opens_the_network_and_says_so() -> None:
    steps = by_name(clinical_pipeline(example_settings(feature_group="features")).to_definition())
    isolated = {
        name: step["Arguments"]["NetworkConfig"]["EnableNetworkIsolation"]
        for name, step in steps.items()
        if step["Type"] == "Processing"
    }
    assert [name for name, on in isolated.items() if not on] == ["Features"]
    tags = steps["Features"]["Arguments"]["Tags"]
    assert {"Key": "network-isolation", "Value": "feature-store"} in tags


def test_registration_waits_for_a_person_and_carries_evidence(definition: dict[str, Any]) -> None:
    register = by_name(definition)["GoodEnough"]["Arguments"]["IfSteps"][0]["Arguments"]
    assert register["ModelApprovalStatus"] == "PendingManualApproval"
    assert set(register["ModelMetrics"]) == {
        *("ModelQuality", "Bias", "Explainability", "ModelDataQuality"),
    }
    fingerprint = {
        "Std:JsonGet": {
            "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.evaluation"},
            "Path": "model.fingerprint",
        }
    }
    container = register["InferenceSpecification"]["Containers"][0]
    assert container["Environment"]["MODEL_FINGERPRINT"] == fingerprint
    assert "ModelCardContent" in register["ModelCard"]


def test_tuning_takes_the_place_of_training() -> None:
    steps = by_name(clinical_pipeline(example_settings(tune=True, tuning_jobs=3)).to_definition())
    assert "Train" not in steps
    config = steps["Tune"]["Arguments"]["HyperParameterTuningJobConfig"]
    assert config["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 3
    (model,) = [
        item["S3Input"]["S3Uri"]
        for item in steps["Evaluate"]["Arguments"]["ProcessingInputs"]
        if item["InputName"] == "model"
    ]
    assert {"Get": "Steps.Tune.BestTrainingJob.TrainingJobName"} in model["Std:Join"]["Values"]


def test_distribution_by_setting() -> None:
    def train(distribution: Distribution) -> Any:
        settings = example_settings(distribution=distribution, training_count=2)
        return by_name(clinical_pipeline(settings).to_definition())["Train"]["Arguments"]

    assert train(Distribution.TORCHRUN)["Environment"]["DISTRIBUTION"] == "torchrun"
    assert train(Distribution.TORCHRUN)["ResourceConfig"]["InstanceCount"] == 2
    sagemaker = train(Distribution.SAGEMAKER)
    assert sagemaker["HyperParameters"]["sagemaker_distributed_dataparallel_enabled"] == "true"
    assert "ContainerEntrypoint" not in sagemaker["AlgorithmSpecification"]
    assert train(Distribution.HOROVOD)["HyperParameters"]["sagemaker_mpi_enabled"] == "true"


def test_an_instance_with_local_disks_takes_no_volume_key() -> None:
    settings = example_settings(training_instance="ml.g6.xlarge")
    train = by_name(clinical_pipeline(settings).to_definition())["Train"]["Arguments"]
    assert "VolumeKmsKeyId" not in train["ResourceConfig"]


def job(**changes: Any) -> dict[str, Any]:
    built = processing_job(
        SETTINGS.protection(),
        image=SETTINGS.image,
        command="validate",
        inputs={"records": SETTINGS.data_uri},
        outputs={"table": "s3://iryo-important/out"},
    )
    return {**built, **changes}


def test_the_other_step_types() -> None:
    limit = Parameter(name="Limit", type="Float", default=0.5)
    ask = Lambda(
        name="Ask",
        function_arn="arn:aws:lambda:ap-northeast-1:111122223333:function:ask",
        inputs={"run": Execution.ID},
        outputs=(Output(name="score", type="Float"),),
        cache=Cache(expire_after="PT1H"),
    )
    wait = Callback(
        name="Wait",
        queue_url="https://sqs.ap-northeast-1.amazonaws.com/111122223333/queue",
        inputs={"score": ask.output("score")},
        outputs=(Output(name="answer"),),
    )
    emr = Emr(
        name="Spark",
        cluster_id="j-ABCDEF",
        jar="command-runner.jar",
        jar_arguments=("spark-submit", wait.output("answer")),
    )
    quality = QualityCheck(
        name="Quality", job=job(), check_type="DATA_QUALITY", depends_on=("Spark",)
    )
    bias = ClarifyCheck(name="Bias", job=job(), check_type="DATA_BIAS", package_group="models")
    model = Model(
        name="Model",
        job={
            "PrimaryContainer": {"Image": SETTINGS.image, "ModelDataUrl": "s3://iryo-important/m"},
            "ExecutionRoleArn": SETTINGS.role_arn,
            "VpcConfig": SETTINGS.protection().vpc(),
            "EnableNetworkIsolation": True,
            "Tags": SETTINGS.protection().tag_list(),
        },
    )
    transform = Transform(
        name="Transform",
        job={
            "ModelName": model.property("ModelName"),
            "TransformInput": {
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://iryo-important/in"}
                }
            },
            "TransformOutput": {
                "S3OutputPath": "s3://iryo-important/out",
                "KmsKeyId": SETTINGS.kms_key,
            },
            "TransformResources": {
                "InstanceType": "ml.m7i.large",
                "InstanceCount": 1,
                "VolumeKmsKeyId": SETTINGS.kms_key,
            },
            "Tags": SETTINGS.protection().tag_list(),
        },
    )
    score = ask.output("score")
    choose = Choose(
        name="Choose",
        conditions=(
            Or((Compare(score, "GreaterThan", limit), Not(OneOf(score, (1.0, 2.0))))),
            Compare(quality.property("CalculatedBaselineConstraints"), "Equals", "x"),
        ),
        if_false=(Fail(name="Stop", message=Join(" ", ["score", score])),),
    )
    steps = (ask, wait, emr, quality, bias, model, transform, choose)
    definition = Pipeline(name="all", parameters=(limit,), steps=steps).to_definition()
    names = by_name(definition)
    assert names["Ask"]["OutputParameters"] == [{"OutputName": "score", "OutputType": "Float"}]
    assert names["Ask"]["CacheConfig"] == {"Enabled": True, "ExpireAfter": "PT1H"}
    assert names["Wait"]["Arguments"] == {"score": {"Get": "Steps.Ask.OutputParameters['score']"}}
    assert names["Spark"]["Arguments"]["StepConfig"]["HadoopJarStep"]["Args"][0] == "spark-submit"
    assert names["Quality"]["CheckType"] == "DATA_QUALITY"
    condition = names["Choose"]["Arguments"]["Conditions"][0]
    assert condition["Type"] == "Or"
    assert condition["Conditions"][1]["Expression"]["Values"] == [1.0, 2.0]


def test_a_wrong_pipeline_is_refused_when_it_is_built() -> None:
    with pytest.raises(DefinitionError) as caught:
        Pipeline(
            name="p", steps=(Fail(name="Stop", message=Parameter(name="Gone")),)
        ).to_definition()
    assert caught.value.sentences == [
        "p: step Stop: Arguments.ErrorMessage: there is no parameter Gone; there are none"
    ]


def test_nothing_of_mlops_knows_the_cdk() -> None:
    root = Path(__file__).parents[2] / "mlops"
    files = [f for f in root.rglob("*.py") if f.name != "stack.py"]
    pure = ("pipeline_definition", "runner", "steps", "inference", "runtime")
    checked = [f for f in files if f.relative_to(root).parts[0] in pure]
    assert len(checked) > 40
    assert [f for f in checked if "aws_cdk" in f.read_text()] == []
