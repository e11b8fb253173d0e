"""An environment file is read as written, or refused with a sentence."""

import json
import re
import tomllib
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.config import ConfigError, EnvironmentConfig, Nat, load, path_of
from infra.config.commands import config
from infra.config.models import LOG_RETENTION_DAYS

BASE: dict[str, Any] = {
    "name": "test",
    "stage": "dev",
    "tags": {"cost_center": "c", "owner": "o"},
    "contacts": {"security": "a@b.example", "operations": "a@b.example", "privacy": "a@b.example"},
}
PRODUCTION: dict[str, Any] = tomllib.loads(path_of("production").read_text())


def toml(values: dict[str, Any], prefix: str = "") -> str:
    """Write nested tables the way TOML wants them; lists of tables become inline ones."""
    plain = {k: v for k, v in values.items() if not isinstance(v, dict)}
    text = "".join(f"{k} = {inline(v)}\n" for k, v in plain.items())
    for key, table in values.items():
        if isinstance(table, dict):
            text += f"[{prefix}{key}]\n" + toml(table, f"{prefix}{key}.")
    return text


def inline(value: Any) -> str:
    """Write a value in one line; what is no table prints as JSON does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in change.items():
        result[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.toml"


def read(file: Path, change: dict[str, Any], base: dict[str, Any] = BASE) -> EnvironmentConfig:
    file.write_text(toml(merged(base, change)))
    return load(file)


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_delivered_environments_are_good(name: str) -> None:
    assert load(path_of(name)).name == name


def test_default_networks_are_those_of_the_requirements(file: Path) -> None:
    network = read(file, {}).network
    assert network.vpc_cidr == IPv4Network("10.0.0.0/16")
    assert [str(cidr) for tier in ("public", "application", "data", "hpc")
            for cidr in getattr(network, f"{tier}_cidrs")] == [
        "10.0.1.0/24", "10.0.2.0/24", "10.0.10.0/24", "10.0.11.0/24",
        "10.0.20.0/24", "10.0.21.0/24", "10.0.30.0/24", "10.0.31.0/24",
    ]  # fmt: skip


def test_models_are_frozen(file: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(file, {}).network.nat = Nat.SINGLE  # type: ignore[misc]


MISTAKES = [
    (
        {"netwrok": {}},
        "netwrok: unknown key; did you mean network? allowed here are account, contacts",
    ),
    (
        {"network": {"nta": "none"}},
        "network.nta: unknown key; did you mean nat? allowed here are application_cidrs",
    ),
    ({"data": {"general": {"x": 1}}}, "data.general.x: unknown key; allowed here are archive"),
    ({"stage": "test"}, "stage: 'test' is not allowed; allowed are dev, staging, production"),
    (
        {"network": {"nat": "two"}},
        "network.nat: 'two' is not allowed; allowed are none, single, per_zone",
    ),
    ({"network": {"vpc_cidr": "10.0.0.1/16"}}, "network.vpc_cidr: '10.0.0.1/16': an IPv4 network"),
    ({"network": {"vpc_cidr": "10.0.0.0/8"}}, "has a prefix of /8; AWS allows /16 to /28"),
    (
        {"network": {"data_cidrs": ["10.0.10.128/25", "10.0.21.0/24"]}},
        "network.data_cidrs[0]: 10.0.10.128/25 overlaps network.application_cidrs[0] 10.0.10.0/24",
    ),
    (
        {"network": {"public_cidrs": ["10.1.1.0/24", "10.0.2.0/24"]}},
        "network.public_cidrs[0]: 10.1.1.0/24 is not inside network.vpc_cidr 10.0.0.0/16",
    ),
    (
        {"network": {"public_cidrs": ["10.0.1.0/29", "10.0.2.0/24"]}},
        "network.public_cidrs[0]: 10.0.1.0/29 is too small; AWS allows subnets up to /28",
    ),
    ({"network": {"public_cidrs": ["10.0.1.0/24"]}}, "network.public_cidrs: "),
    ({"logs": {"retention_days": 100}}, "logs.retention_days: 100: CloudWatch Logs keeps for 1, 3"),
    ({"logs": {"retention_days": True}}, "logs.retention_days: True: CloudWatch Logs keeps for"),
    (
        {"network": {"interface_endpoints": ["s4"], "nat": "single"}},
        "network.interface_endpoints: 's4' is not known",
    ),
    (
        {"network": {"interface_endpoints": ["events"] * 2, "nat": "single"}},
        "network.interface_endpoints: events stands there twice",
    ),
    (
        {"network": {"interface_endpoints": ["events"]}},
        "network.interface_endpoints: kinesis-streams, secretsmanager missing; with network.nat = ",
    ),
    (
        {"account": {"id": "123"}},
        "account.id: '123' is not allowed: AWS account, 12 digits as text",
    ),
    (
        {"network": {"zones": ["ap-northeast-1a", "ap-northeast-1c"]}},
        "network.zones: zones are set without account.region",
    ),
    (
        {
            "account": {"region": "ap-northeast-3"},
            "network": {"zones": ["ap-northeast-1a", "ap-northeast-3a"]},
        },
        "network.zones: ap-northeast-1a is not a zone of account.region ap-northeast-3",
    ),
    (
        {
            "account": {"region": "ap-northeast-1"},
            "network": {"zones": ["ap-northeast-1a", "ap-northeast-1a"]},
        },
        "network.zones: ap-northeast-1a stands there twice",
    ),
    (
        {"contacts": {"security": "nobody"}},
        "contacts.security: 'nobody' is not allowed: Mail address",
    ),
    (
        {"data": {"confidential": {"archive_after_days": 30}}},
        "data.confidential.archive_after_days: 30 is not possible; S3 Intelligent-Tiering",
    ),
    (
        {"data": {"confidential": {"archive_after_days": 731}}},
        "data.confidential.archive_after_days: 731 is not possible; S3 Intelligent-Tiering",
    ),
    (
        {"ingestion": {"stream_retention_hours": 2161}},
        "ingestion.stream_retention_hours 2161 allow 91 to 730",
    ),
    (
        {"data": {"general": {"expire_after_days": 29, "object_lock": "governance"}}},
        "data.general.expire_after_days: 29 is under object_lock_days 30",
    ),
]


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"confidential": {"archive_after_days": 730}}},
        {"ingestion": {"stream_retention_hours": 2160}},
        {"data": {"general": {"expire_after_days": 30, "object_lock": "governance"}}},
        {"data": {"general": {"expire_after_days": 29, "archive_after_days": 5}}},
    ],
)
def test_what_the_lake_allows(file: Path, change: dict[str, Any]) -> None:
    assert read(file, change).name == "test"


@pytest.mark.parametrize(("change", "sentence"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_gets_one_sentence(file: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(file, change)
    assert len(caught.value.sentences) == 1
    assert caught.value.sentences[0].startswith(f"{file}: ")
    assert sentence in caught.value.sentences[0]


WEAKENED = [
    ({"network": {"nat": "single"}}, "network.nat"),
    ({"data": {"removal": "destroy"}}, "data.removal"),
    ({"data": {"confidential": {"object_lock": "none"}}}, "data.confidential.object_lock"),
    (
        {"data": {"confidential": {"expire_after_days": 365, "object_lock_days": 365}}},
        "data.confidential.expire_after_days",
    ),
    ({"logs": {"audit_retention_days": 365}}, "logs.audit_retention_days"),
    ({"logs": {"retention_days": 30}}, "logs.retention_days"),
    ({"data": {"key_deletion_days": 7}}, "data.key_deletion_days"),
]


@pytest.mark.parametrize(("change", "key"), WEAKENED, ids=lambda value: str(value)[:40])
def test_production_must_not_weaken(file: Path, change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f": {key}: ") + ".*production allows"):
        read(file, change, PRODUCTION)
    relaxed = merged(PRODUCTION, {"stage": "staging"})
    assert read(file, change, relaxed).stage == "staging"


def test_missing_key_and_file_and_broken_toml(file: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(file)
    file.write_text('name = "x"\nstage = ')
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load(file)
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(ConfigError, match="cannot be read as UTF-8"):
        load(file)
    file.write_text('name = "test"\nstage = "dev"\n')
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.sentences == [
        f"{file}: tags: required key is missing",
        f"{file}: contacts: required key is missing",
    ]


def test_unknown_environment_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there are dev, production, staging"):
        path_of("prod")


def test_check_command(file: Path) -> None:
    good = CliRunner().invoke(config, ["check", str(path_of("dev")), str(path_of("staging"))])
    assert good.exit_code == 0
    assert good.stdout.count(": good") == 2
    file.write_text("nmae = 1")
    bad = CliRunner().invoke(config, ["check", str(path_of("dev")), str(file)])
    assert bad.exit_code == 2
    assert "nmae: unknown key" in bad.stderr
    assert "Traceback" not in bad.output


def test_schema_command_describes_every_key(tmp_path: Path) -> None:
    out = tmp_path / "schema.json"
    assert CliRunner().invoke(config, ["schema", "--out", str(out)]).exit_code == 0
    described = json.loads(out.read_text())
    assert described["additionalProperties"] is False
    assert described["$defs"]["LogsConfig"]["properties"]["retention_days"]["enum"] == list(
        LOG_RETENTION_DAYS
    )
