"""Wrong settings of the edge, of mutual TLS and of the registry are refused with a sentence."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.config import ConfigError
from infra.config.edge import MANAGED_RULES
from infra.config.registry_checks import needs_registry, repositories_of
from tests.config.test_load import BASE, PRODUCTION, merged, read

ZONE = "Z0000000IRYOEXAMPLE"
DOMAIN = {"domain": "services.iryo.example", "hosted_zone_id": ZONE}
ARN = "arn:aws:acm:{}:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"
HOME, VIEWER = ARN.format("ap-northeast-1"), ARN.format("us-east-1")
EDGE = merged(BASE, {"rooms": {"edge": True}})
REGISTRY = merged(BASE, {"rooms": {"registry": True}, "registry": {"repositories": ["a"]}})
COMMON, INPUTS = "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.toml"


def edge(**keys: Any) -> dict[str, Any]:
    return {"edge": keys}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        DOMAIN,
        {"domain": "a.example", "certificate_arn": HOME, "viewer_certificate_arn": VIEWER},
        {
            **DOMAIN,
            "health_check_path": "/health",
            "failover": {"target": "b.example", "target_zone_id": ZONE},
        },
        {"firewall": {"rule_groups": [COMMON, INPUTS]}},
        {"firewall": {"rule_groups": list(MANAGED_RULES)}},
    ],
)
def test_right_settings(file: Path, keys: dict[str, Any]) -> None:
    account = {"account": {"region": "ap-northeast-1"}}
    assert read(file, {**edge(**keys), **account}, EDGE).rooms.edge


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"domain": "No Domain"}, r"edge.domain: 'No Domain' is not allowed"),
        (
            {"domain": "a.example"},
            r"edge.hosted_zone_id: missing, and so is edge.certificate_arn and "
            r"edge.viewer_certificate_arn; a domain needs its hosted zone or both certificates",
        ),
        (
            {**DOMAIN, "viewer_certificate_arn": HOME},
            r"edge.viewer_certificate_arn: .* is in ap-northeast-1; .* us-east-1 is allowed",
        ),
        (
            {**DOMAIN, "certificate_arn": VIEWER},
            r"edge.certificate_arn: .* is in us-east-1; .* ap-northeast-1 is allowed",
        ),
        (
            {**DOMAIN, "alternative_domains": ["b.example", "services.iryo.example"]},
            r"edge.alternative_domains\[1\]: services.iryo.example stands there twice",
        ),
        (
            {"health_check_path": "/health"},
            r"edge.health_check_path: /health is set without edge.domain",
        ),
        ({"failover": {"target": "b.example"}}, r"edge.failover.target: .* without edge.domain"),
        (
            {**DOMAIN, "failover": {"target": "b.example"}},
            r"edge.failover.target_zone_id: missing; edge.failover.target needs it",
        ),
        (
            {**DOMAIN, "failover": {"target": "b.example", "target_zone_id": ZONE}},
            r"edge.health_check_path: missing; edge.failover.target needs it",
        ),
        (
            {**DOMAIN, "failover": {"target_zone_id": ZONE}},
            r"edge.failover.target: missing; edge.failover.target_zone_id alone does nothing",
        ),
        (
            {"firewall": {"rule_groups": [COMMON]}},
            rf"edge.firewall.rule_groups: {INPUTS} missing; it cannot be left out",
        ),
        (
            {"firewall": {"rule_groups": [COMMON, INPUTS, "Own"]}},
            r"edge.firewall.rule_groups: 'Own' is not known; allowed are AWSManaged",
        ),
        (
            {"firewall": {"rule_groups": [COMMON, INPUTS, INPUTS]}},
            r"edge.firewall.rule_groups: a group stands there twice",
        ),
        (
            {"firewall": {"rule_groups": list(MANAGED_RULES)}, "shield_advanced": True},
            r"edge.firewall.rule_groups: .* need 1545 capacity units; 1500 are allowed",
        ),
        (
            {"firewall": {"body_limit_kb": 65}},
            r"edge.firewall.body_limit_kb: 65 is too large; at most 64",
        ),
        ({"firewal": {}}, r"edge.firewal: unknown key; did you mean firewall\?"),
    ],
)
def test_wrong_settings(file: Path, keys: dict[str, Any], sentence: str) -> None:
    account = {"account": {"region": "ap-northeast-1"}}
    with pytest.raises(ConfigError, match=sentence):
        read(file, {**edge(**keys), **account}, EDGE)


def test_settings_of_a_room_that_is_off_are_not_looked_at(file: Path) -> None:
    assert not read(file, edge(health_check_path="/health")).rooms.edge


def test_production_needs_a_domain(file: Path) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != "edge"}
    with pytest.raises(ConfigError, match=r"edge.domain: missing; .* production needs a domain"):
        read(file, {"rooms": {"edge": True}}, without)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"truststore": "s3://senders/ca.pem"}, r"mutual_tls.domain: missing"),
        ({"domain": "a.example", "hosted_zone_id": ZONE}, r"mutual_tls.truststore: missing"),
        (
            {"domain": "a.example", "truststore": "s3://senders/ca.pem"},
            r"mutual_tls.hosted_zone_id: missing; the hosted zone or a certificate_arn is needed",
        ),
        (
            {
                "domain": "a.example",
                "truststore": "s3://senders/ca.pem",
                "certificate_arn": VIEWER,
            },
            r"mutual_tls.certificate_arn: .* is in us-east-1; .* ap-northeast-1 is allowed",
        ),
        ({"truststore": "senders/ca.pem"}, r"mutual_tls.truststore: 'senders/ca.pem' is not"),
    ],
)
def test_wrong_mutual_tls(file: Path, keys: dict[str, Any], sentence: str) -> None:
    change = {"ingestion": {"mutual_tls": keys}, "account": {"region": "ap-northeast-1"}}
    with pytest.raises(ConfigError, match=sentence):
        read(file, change)


def test_mutual_tls_needs_no_edge(file: Path) -> None:
    keys = {"domain": "a.example", "hosted_zone_id": ZONE, "truststore": "s3://senders/ca.pem"}
    assert read(file, {"ingestion": {"mutual_tls": keys}}).ingestion.mutual_tls.domain


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"registry": {"repositories": []}}, r"registry.repositories: empty; "),
        (
            {"registry": {"repositories": ["a", "a"]}},
            r"registry.repositories: a stands there twice",
        ),
        ({"registry": {"repositories": ["A"]}}, r"registry.repositories\[0\]"),
        (
            {"registry": {"pull_through": ["docker-hub"]}},
            r"registry.pull_through: 'docker-hub' is not known; allowed are ecr-public, kub",
        ),
        (
            {"registry": {"replica_region": "ap-northeast-3"}},
            r"registry.replica_region: ap-northeast-3 is account.region itself",
        ),
        (
            {"registry": {"replicas_from": ["111122223333"]}},
            r"registry.replicas_from: 111122223333 is this account",
        ),
        (
            {"registry": {"signing": True}},
            r"registry.signing: true .* account.region ap-northeast-3",
        ),
    ],
)
def test_wrong_registry(file: Path, change: dict[str, Any], sentence: str) -> None:
    here = {"account": {"id": "111122223333", "region": "ap-northeast-3"}}
    with pytest.raises(ConfigError, match=sentence):
        read(file, {**change, **here}, REGISTRY)


def test_every_sentence_names_the_file(file: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(file, edge(domain="a.example"), EDGE)
    assert all(re.match(r"\S*test\.toml: edge\.", one) for one in raised.value.sentences)


def test_who_needs_a_registry(file: Path) -> None:
    assert not needs_registry(read(file, {}))
    asked = read(file, {}, REGISTRY)
    assert needs_registry(asked)
    assert repositories_of(asked) == ("a",)
    service = {"rooms": {"ecs": True}, "services": {"viewer": {"image": ":1.0.0"}}}
    network = {"network": {"nat": "single"}}
    served = read(file, {**service, **network})
    assert needs_registry(served)
    assert repositories_of(served) == ("viewer",)
