"""The [eks] tables of an environment file: what is refused, and how it is said."""

import re
from pathlib import Path

import pytest

from infra.config import ConfigError, load, path_of

ROOMS = "[rooms]\neks = true\n"
FEW = 'interface_endpoints = ["events", "kinesis-streams", "secretsmanager"]'
BASE = re.sub(
    r"interface_endpoints = \[[^]]*\]",
    FEW,
    path_of("production").read_text().partition("[rooms]")[0],
)
SERVICE = '[services.app]\nruns_on = "eks"\nimage = ":1.4.2"\n'
SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-abcdef"  # noqa: S105 (its address)
CHART = '{ version = "1.2.3", digest = "sha256:' + "0" * 64 + '" }'
ROLE = "AWSReservedSSO_Operators_0123456789abcdef"
CANARY = 'deployment = "canary"\nmetrics_port = 9090\nnamespace = "ml-inference"\n'


def sentences(tmp_path: Path, text: str, *, nat: str = "per_zone") -> list[str]:
    """The mistakes of production's file with the room on and its own tables."""
    file = tmp_path / "one.toml"
    base = BASE.replace('nat = "per_zone"', f'nat = "{nat}"')
    file.write_text(base + ROOMS + text)
    try:
        load(file)
    except ConfigError as error:
        return [sentence.partition(": ")[2] for sentence in error.sentences]
    return []


GOOD = {
    "nothing": "",
    "older, still supported": '[eks]\nversion = "1.35"\n[eks.addons]\nkube_proxy = "v1.35.3-eksbuild.29"\n',
    "a service": SERVICE,
    "a service with a secret": SERVICE + f'secrets = {{ A = "{SECRET}" }}\n',
    "a canary": SERVICE
    + CANARY
    + f"[eks]\nprometheus = true\n[eks.charts]\nargo_rollouts = {CHART}\n",
    "people": f'[eks.access]\nregion = "ap-northeast-1"\noperators = ["{ROLE}"]\n',
    "gpu": '[eks.gpu]\nenabled = true\ninstances = ["p5.48xlarge"]\n',
}


@pytest.mark.parametrize("case", GOOD)
def test_good_settings_pass(tmp_path: Path, case: str) -> None:
    assert sentences(tmp_path, GOOD[case]) == []


WRONG = {
    "out of support": (
        '[eks]\nversion = "1.31"\n[eks.addons]\nkube_proxy = "v1.31.0-eksbuild.1"\n',
        'eks.version: "1.31" is not in standard support; allowed are ',
    ),
    "an add-on of another version": (
        '[eks.addons]\nkube_proxy = "v1.35.3-eksbuild.29"\n',
        "eks.addons.kube_proxy: v1.35.3-eksbuild.29 is not for eks.version 1.36",
    ),
    "an add-on without a version": ('[eks.addons]\ncoredns = "latest"\n', "eks.addons.coredns"),
    "an add-on that needs another": (
        '[eks.addons]\nadot = "v0.151.0-eksbuild.1"\n',
        "eks.addons.cert_manager: off, but eks.addons.adot needs it",
    ),
    "fewer at most than at least": (
        "[eks.nodes]\nmin = 3\nmax = 2\n",
        "eks.nodes.max: 2 is under eks.nodes.min 3",
    ),
    "two architectures": (
        '[eks.nodes]\ninstances = ["m7g.large", "m7i.large"]\n',
        "eks.nodes.instances: m7g.large, m7i.large are of two architectures",
    ),
    "people without a Region": (
        f'[eks.access]\noperators = ["{ROLE}"]\n',
        "eks.access.region: missing",
    ),
    "a person in two groups": (
        f'[eks.access]\nregion = "us-east-1"\noperators = ["{ROLE}"]\nauditors = ["{ROLE}"]\n',
        f"eks.access: {ROLE} stands there twice",
    ),
    "a role that is none of Identity Center": (
        '[eks.access]\nregion = "us-east-1"\noperators = ["Admin"]\n',
        "eks.access.operators[0]: 'Admin'",
    ),
    "a chart without its digest": (
        '[eks.charts]\nvault = { version = "1.2.3" }\n',
        "eks.charts.vault.digest: required key is missing",
    ),
    "a signature that nobody checks": (
        '[eks]\nsigning_key = "-----BEGIN PUBLIC KEY-----\\nabc"\n',
        "eks.charts.kyverno: missing; eks.signing_key is checked by it",
    ),
    "a class above the namespace": (
        SERVICE + 'namespace = "staging"\ndata_class = "important"\n',
        'services.app.data_class: "important" may not be seen in namespace staging',
    ),
    "overlapping ports": (SERVICE + "metrics_port = 8443\n", "services.app.metrics_port: 8443"),
    "a floating tag": (
        SERVICE.replace(":1.4.2", ":main"),
        "services.app.image: ':main' is a floating tag",
    ),
    "a secret on Fargate": (
        SERVICE + f'secrets = {{ A = "{SECRET}" }}\n[eks]\nfargate = ["production"]\n',
        "services.app.secrets: the secrets driver does not run on Fargate",
    ),
    "a secret without its driver": (
        SERVICE + f'secrets = {{ A = "{SECRET}" }}\n[eks.addons]\n'
        'aws_secrets_store_csi_driver_provider = "off"\n',
        "eks.addons.aws_secrets_store_csi_driver_provider: off, but services.app.secrets",
    ),
    "a path without Auto Mode": (
        SERVICE + 'path = "/records"\n[eks]\nautoscaling = "none"\n',
        "services.app.path: only Auto Mode makes pods known to a load balancer",
    ),
    "a path to Fargate": (
        SERVICE + 'path = "/records"\n[eks]\nfargate = ["production"]\n',
        "services.app.path: pods on Fargate are not in its reach",
    ),
    "a canary behind a path": (
        SERVICE
        + 'path = "/records"\n'
        + CANARY
        + f"[eks]\nprometheus = true\n[eks.charts]\nargo_rollouts = {CHART}\n",
        'services.app.deployment: "canary" shifts between pods',
    ),
    "blue/green": (
        SERVICE + 'deployment = "blue_green"\n',
        'services.app.deployment: "blue_green" is for ECS',
    ),
    "a canary without its controller": (
        SERVICE + CANARY + "[eks]\nprometheus = true\n",
        'eks.charts.argo_rollouts: missing; services.app.deployment = "canary" needs it',
    ),
    "a canary without metrics": (
        SERVICE + CANARY + f"[eks.charts]\nargo_rollouts = {CHART}\n",
        "eks.prometheus: false",
    ),
    "a canary without a port": (
        SERVICE
        + 'deployment = "canary"\n'
        + f"[eks]\nprometheus = true\n[eks.charts]\nargo_rollouts = {CHART}\n",
        "services.app.metrics_port: missing",
    ),
    "an image for other nodes": (
        SERVICE + 'architecture = "x86_64"\n[eks]\nautoscaling = "none"\n',
        "services.app.architecture: x86_64 does not run on eks.nodes.instances m7g.large",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_are_one_sentence_with_the_key(tmp_path: Path, case: str) -> None:
    text, wanted = WRONG[case]
    [sentence] = sentences(tmp_path, text)
    assert sentence.startswith(wanted)


def test_without_nat_everything_needs_its_endpoint(tmp_path: Path) -> None:
    found = sentences(tmp_path, f"[eks.charts]\nkyverno = {CHART}\n", nat="none")
    missing = {one.split()[1] for one in found if one.startswith("network.interface_endpoints")}
    assert {"ecr.api", "ecr.dkr", "ec2", "eks", "eks-auth"} <= missing
    assert any(one.startswith("eks.charts.mirror: false") for one in found)


def test_a_room_that_is_off_is_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text(BASE + '[eks]\nversion = "1.29"\n')
    assert load(file).rooms.eks is False
