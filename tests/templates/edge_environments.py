"""Environments of which only the edge matters: with everything that is off, and without a domain."""

from pathlib import Path
from typing import Any

from tests.config.test_load import BASE, merged, toml

ZONE = "Z0000000IRYOEXAMPLE"
ROOMS = {"rooms": {"edge": True}}
WITHOUT_DOMAIN: dict[str, Any] = merged(BASE, {"name": "plain", **ROOMS})
EVERYTHING: dict[str, Any] = merged(
    BASE,
    {
        "name": "whole",
        "account": {"id": "111122223333", "region": "ap-northeast-3"},
        "rooms": {"edge": True, "registry": True},
        "edge": {
            "domain": "services.iryo.example",
            "alternative_domains": ["viewer.iryo.example"],
            "hosted_zone_id": ZONE,
            "health_check_path": "/health",
            "static_content": True,
            "shield_advanced": True,
            "minimum_tls": "1.2",
            "failover": {"target": "dr.elb.example", "target_zone_id": "Z5LXEXXYW11ES"},
            "firewall": {"countries": ["JP"], "only_count": ["CrossSiteScripting_BODY"]},
        },
        "ingestion": {
            "mutual_tls": {
                "domain": "records.iryo.example",
                "hosted_zone_id": ZONE,
                "truststore": "s3://senders/ca.pem",
                "truststore_version": "1",
            }
        },
        "registry": {
            "repositories": ["application", "inference"],
            "pull_through": ["kubernetes", "quay"],
            "scanning": "enhanced",
            "replica_region": "ap-northeast-1",
            "replicas_from": ["444455556666"],
        },
    },
)


def synthesised(values: dict[str, Any], folder: Path) -> Path:
    """Synthesise an environment into a folder and return the folder, without asking the gate."""
    from app import build_app
    from infra.config import load

    file = folder / "environment.toml"
    file.write_text(toml(values))
    build_app(load(file), folder / "out", validate=False).synth()
    return folder / "out"
