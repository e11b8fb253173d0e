"""Services in an environment file: few lines when right, a sentence with file and key when not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from infra.config import ConfigError, EnvironmentConfig, load, path_of
from infra.config.services import ServiceConfig, extra_ports, portions
from tests.config.test_load import merged, toml

STAGING: dict[str, Any] = merged(
    tomllib.loads(path_of("staging").read_text()), {"rooms": {"ecs": True}}
)
PRODUCTION: dict[str, Any] = tomllib.loads(path_of("production").read_text())
MOST_LINES = 12


def read(file: Path, change: dict[str, Any], base: dict[str, Any]) -> EnvironmentConfig:
    file.write_text(toml(merged(base, change)))
    return load(file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.toml"


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_no_service_needs_more_than_twelve_lines(environment: str) -> None:
    text = path_of(environment).read_text()
    tables = [part for part in text.split("\n[") if part.startswith("services.")]
    named = tomllib.loads(text).get("services", {})
    assert len(tables) == len(named), "a service is one table"
    for table in tables:
        lines = [line for line in table.splitlines() if line.strip() and line[0] != "#"]
        assert len(lines) <= MOST_LINES, table


def test_a_new_service_needs_its_name_and_its_image(file: Path) -> None:
    text = path_of("staging").read_text().replace("[rooms]", "[rooms]\necs = true")
    file.write_text(text + '\n[services.risk-score]\nimage = ":1.0.0"\n')
    service = load(file).services["risk-score"]
    assert service == ServiceConfig(image=":1.0.0")
    assert (service.reads, service.writes, service.path, service.port) == ((), (), None, 8443)


def service(**keys: Any) -> dict[str, Any]:
    return {"services": {"one": {"image": ":1.0.0", **keys}}}


MISTAKES = [
    (service(imag=1), "services.one.imag: unknown key; did you mean image? allowed here are "),
    (service(scaling={"mn": 1}), "services.one.scaling.mn: unknown key; did you mean min? "),
    ({"services": {"One": {"image": ":1"}}}, "services.One: 'One' is not allowed: "),
    (service(image="nginx"), "services.one.image: 'nginx' is not allowed: [repository]:tag or"),
    (service(image=":latest"), "services.one.image: ':latest' means another image every day"),
    (
        service(reads=["important"]),
        'services.one.reads: "important" is above services.one.data_class "general"',
    ),
    (
        service(data_class="important", writes=["general", "confidential/x"]),
        'services.one.writes: "confidential" is above services.one.data_class "important"',
    ),
    (service(reads=["secret"]), "services.one.reads[0]: 'secret' is not allowed: "),
    (
        service(data_class="confidential", path="/raw"),
        "services.one.path: /raw would offer confidential data to the Internet",
    ),
    (service(metrics_port=8443), "services.one.metrics_port: 8443 overlaps services.one.port"),
    (service(port=443), "services.one.port: 443 is too small; at least 1024 is allowed"),
    (
        {"services": {n: {"image": ":1", "path": p} for n, p in (("a1", "/x"), ("b1", "/x/y"))}},
        "services.b1.path: /x/y overlaps services.a1.path /x",
    ),
    (
        {"services": {n: {"image": ":1", "path": f"/{n}"} for n in ("service-24", "service-386")}},
        "services.service-386: its rule at the load balancer would take the place of",
    ),
    (service(path="records"), "services.one.path: 'records' is not allowed: "),
    (service(cpu=300), "services.one.cpu: 300 is not sold by Fargate; allowed are 256, 512"),
    (
        service(memory=8192),
        "services.one.memory: 8192 is not sold by Fargate with cpu 512; allowed are 1024 to 4096 "
        "in steps of 1024",
    ),
    (service(scaling={"min": 3, "max": 2}), "services.one.scaling.max: 2 is under"),
    (service(scaling={"requests": 9}), "services.one.scaling.requests: requests are counted"),
    (service(sticky_seconds=9), "services.one.sticky_seconds: used with services.one.path only"),
    (
        service(deployment="canary"),
        'services.one.deployment: "canary" shifts requests at the load balancer; services.one.path',
    ),
    (service(capacity="ec2"), 'services.one.capacity: "ec2" needs [ecs.instances]'),
    (service(namespace="hpc"), 'services.one.namespace: "hpc" is for runs_on "eks" only'),
    (service(runs_on="moon"), "services.one.runs_on: 'moon' is not allowed; "),
    (service(runs_on="eks"), 'services.one.runs_on: "eks", but rooms.eks is off; rooms.eks = true'),
    (
        {"rooms": {"ecs": False}, **service()},
        'services.one.runs_on: "ecs", but rooms.ecs is off; rooms.ecs = true is needed',
    ),
    (
        {"rooms": {"eks": True}, **service(runs_on="eks", secrets={"A": "generated"})},
        'services.one.secrets.A: "generated" is for runs_on "ecs" only',
    ),
    (service(secrets={"A": "my-secret"}), "services.one.secrets.A: 'my-secret' is not allowed: "),
    (
        service(secrets={"A": "generated"}, environment={"A": "x"}),
        "services.one.environment: A stands in services.one.secrets too",
    ),
    (service(environment={"PORT": "1"}), "services.one.environment: PORT is set by the platform"),
    (
        {"network": {"nat": "none"}},
        "network.interface_endpoints: ecr.api missing; rooms.ecs calls it from the VPC",
    ),
    (
        {"network": {"nat": "none"}, "ecs": {"instances": {}}},
        "ecs.instances: instances need NAT; network.nat single or per_zone is allowed",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence(file: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(file, change, STAGING)
    found = [one for one in caught.value.sentences if sentence in one]
    assert len(found) == 1, caught.value.sentences
    assert str(file) in found[0]


IN_PRODUCTION = [
    (service(image=":1"), "services.one.image: ':1' is a floating tag; production allows a digest"),
    (service(image=":main"), "services.one.image: ':main' is a floating tag"),
    (service(scaling={"min": 1}), "services.one.scaling.min: 1 ends with its zone; production"),
    (service(), "services.one.health_command: missing; without services.one.path nothing else"),
    ({"ecs": {"shell": True}}, "ecs.shell: true opens shells beside patient data; production"),
]


@pytest.mark.parametrize(("change", "sentence"), IN_PRODUCTION)
def test_production_asks_for_more(file: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(file, change, PRODUCTION)
    assert any(sentence in one for one in caught.value.sentences), caught.value.sentences


@pytest.mark.parametrize(
    "image", [":1.4.2", ":v1.4.2-arm64", "team/one:1.4.2", "@sha256:" + "a" * 64]
)
def test_production_takes_full_versions_and_digests(file: Path, image: str) -> None:
    found = read(file, service(image=image, health_command=["true"]), PRODUCTION).services["one"]
    assert found.repository("one") + found.version() == (
        image if image.startswith("team") else f"one{image}"
    )


def test_declared_portions_are_prefixes_of_keys() -> None:
    declared = ("general", "important/models", "important/models/", "confidential/source=")
    assert [prefix for _, prefix in portions(declared)] == ["", "models/", "models/", "source="]


def test_ports_beside_the_usual_one() -> None:
    services = {
        "a": ServiceConfig(image=":1", metrics_port=9100),
        "b": ServiceConfig(image=":1", port=9443),
    }
    assert extra_ports(services, standard=8443) == (9100, 9443)
