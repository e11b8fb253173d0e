"""The [mlops] tables of an environment file: what is refused, and how it is said."""

from pathlib import Path

import pytest

from infra.config import ConfigError, load, path_of
from infra.config.mlops import TrainingConfig
from mlops.steps.contracts import names

BASE = path_of("staging").read_text()


def sentences(
    tmp_path: Path, *, mlops: str = "", stage: str = "staging", base: str = BASE
) -> list[str]:
    """The mistakes of staging's file with tables changed; its own endpoint table is replaced."""
    text = base.partition("[mlops.endpoint]")[0].replace('stage = "staging"', f'stage = "{stage}"')
    file = tmp_path / "one.toml"
    file.write_text(text + mlops)
    try:
        load(file)
    except ConfigError as error:
        return [sentence.partition(": ")[2] for sentence in error.sentences]
    return []


def table(name: str, *lines: str) -> str:
    return f"[mlops.{name}]\n" + "\n".join(lines) + "\n"


GOOD = {
    "nothing": "",
    "approval": table("endpoint", 'managed_by = "approval"'),
    "approval that scales": table("endpoint", 'managed_by = "approval"', "most_instances = 3"),
    "template": table(
        "endpoint", 'managed_by = "template"', "version = 3", "challenger = 4", "shadow = 5"
    ),
    "async": table("endpoint", 'managed_by = "template"', 'kind = "async"', "version = 1"),
    "distributed": table("training", "instances = 2", 'distribution = "torchrun"'),
    "slack": table("alerts", 'slack_workspace = "T01234567"', 'slack_channel = "C01234567"'),
}


@pytest.mark.parametrize("case", GOOD)
def test_good_settings_pass(tmp_path: Path, case: str) -> None:
    assert sentences(tmp_path, mlops=GOOD[case]) == []


WRONG = {
    "instances without a way to share work": (
        table("training", "instances = 2"),
        "mlops.training.instances: 2 instances need a distribution",
    ),
    "a way without instances": (
        table("training", 'distribution = "torchrun"'),
        "mlops.training.distribution: torchrun spreads over instances",
    ),
    "trees on several instances": (
        table("training", "instances = 2", 'distribution = "torchrun"', 'algorithm = "boosting"'),
        "mlops.training.algorithm: boosting trains on one instance",
    ),
    "one person in two roles": (
        table("studio", "enabled = true", 'data_scientists = ["a"]', 'ml_engineers = ["a"]'),
        "mlops.studio: a stands there twice",
    ),
    "users without Studio": (
        table("studio", 'ml_engineers = ["a"]'),
        "mlops.studio.enabled: false, but there are users (a)",
    ),
    "Studio without its endpoint": (
        table("studio", "enabled = true"),
        "network.interface_endpoints: sagemaker.runtime missing; mlops.studio calls it",
    ),
    "no version": (
        table("endpoint", 'managed_by = "template"'),
        "mlops.endpoint.version: missing",
    ),
    "a test with approvals": (
        table("endpoint", 'managed_by = "approval"', "challenger = 2"),
        'mlops.endpoint.challenger: used with mlops.endpoint.managed_by "template" only',
    ),
    "a serverless shadow": (
        table(
            "endpoint",
            'managed_by = "template"',
            "version = 1",
            'kind = "serverless"',
            "shadow = 2",
        ),
        'mlops.endpoint.shadow: AWS allows it on "real_time" endpoints, not on serverless',
    ),
    "scaling backwards": (
        table(
            "endpoint",
            'managed_by = "template"',
            "version = 1",
            "instances = 3",
            "most_instances = 2",
        ),
        "mlops.endpoint.most_instances: 2 is under mlops.endpoint.instances 3",
    ),
    "scaling nothing": (
        table("endpoint", "most_instances = 2"),
        "mlops.endpoint.most_instances: nobody makes an endpoint",
    ),
    "scaling what scales by itself": (
        table(
            "endpoint",
            'managed_by = "template"',
            "version = 1",
            'kind = "serverless"',
            "most_instances = 2",
        ),
        'mlops.endpoint.most_instances: "serverless" scales by itself',
    ),
    "Model Monitor where it is not known": (
        table(
            "endpoint",
            'managed_by = "template"',
            "version = 1",
            'model_monitor_baseline = "s3://a/b/c"',
        ),
        "mlops.endpoint.model_monitor_baseline: account.region is None",
    ),
    "accounts without organisation": (
        table("release", 'accounts = ["111122223333"]'),
        "mlops.release.accounts: only accounts of the organisation are let in",
    ),
    "half a registry": (
        table("release", 'registry = "111122223333"'),
        "mlops.release.registry_group: missing",
    ),
    "half of Slack": (
        table("alerts", 'slack_channel = "C01234567"'),
        "mlops.alerts.slack_workspace: missing",
    ),
    "a typo": (
        table("training", 'algorythm = "logistic"'),
        "mlops.training.algorythm: unknown key; did you mean algorithm?",
    ),
    "an image of nobody knows where": (
        table("training", 'image = "latest"'),
        "mlops.training.image: 'latest' is not allowed",
    ),
    "MLflow where there is none": (
        '[mlops]\nmlflow = "app"\n[account]\nregion = "ap-northeast-3"\n',
        'mlops.mlflow: "app" does not exist in account.region ap-northeast-3',
    ),
    "MLflow without Studio": (
        '[mlops]\nmlflow = "app"\n',
        'mlops.mlflow: "app" is used from Studio; mlops.studio.enabled must be on',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_are_refused_with_a_sentence(tmp_path: Path, case: str) -> None:
    text, said = WRONG[case]
    # What Studio asks for besides has cases of its own.
    besides = ("runtime missing", "is used from Studio")
    found = [
        sentence
        for sentence in sentences(tmp_path, mlops=text)
        if sentence.startswith(said) or not any(words in sentence for words in besides)
    ]
    assert len(found) == 1 and found[0].startswith(said)


def test_scaling_by_approval_needs_nat(tmp_path: Path) -> None:
    base = BASE.replace('nat = "single"', 'nat = "none"')
    assert base != BASE
    scaled = table("endpoint", 'managed_by = "approval"', "most_instances = 3")
    assert sentences(tmp_path, base=base, mlops=scaled) == [
        "mlops.endpoint.most_instances: Application Auto Scaling is called through NAT; "
        "network.nat is none"
    ]


def production(tmp_path: Path, endpoint: str, release: str = "") -> list[str]:
    base = path_of("production").read_text()
    text = base.partition("[mlops.endpoint]")[0] + endpoint + release
    file = tmp_path / "one.toml"
    file.write_text(text)
    try:
        load(file)
    except ConfigError as error:
        return [sentence.partition(": ")[2] for sentence in error.sentences]
    return []


def test_production_wants_two_instances_and_two_approvals(tmp_path: Path) -> None:
    found = production(tmp_path, table("endpoint", 'managed_by = "approval"'))
    assert [sentence.partition(":")[0] for sentence in found] == [
        "mlops.endpoint.instances",
        "mlops.release.second_approval",
    ]
    watched = production(
        tmp_path,
        table("endpoint", 'managed_by = "approval"', "instances = 2"),
        table("release", 'second_approval = "Production"', 'drift = "off"'),
    )
    assert [sentence.partition(":")[0] for sentence in watched] == ["mlops.release.drift"]


def test_production_has_no_serverless_endpoint(tmp_path: Path) -> None:
    endpoint = table(
        "endpoint", 'managed_by = "template"', "version = 1", 'kind = "serverless"', "instances = 2"
    )
    (found,) = production(tmp_path, endpoint)
    assert found.startswith('mlops.endpoint.kind: "serverless" has no VPC')


def test_nothing_is_said_while_the_room_is_off(tmp_path: Path) -> None:
    base = BASE.replace("mlops = true", "mlops = false")
    assert base != BASE
    assert sentences(tmp_path, base=base, mlops=table("training", "instances = 2")) == []


def test_the_datasets_are_those_that_have_a_contract() -> None:
    allowed = TrainingConfig.model_json_schema()["properties"]["dataset"]["enum"]
    assert sorted(allowed) == sorted(names())
