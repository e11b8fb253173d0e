"""The functions' environment variables, read once and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops.release import Rollout, Routing


@dataclass(frozen=True, kw_only=True)
class DeploySettings:
    """What an environment's endpoint is made of."""

    endpoint: str
    package_group: str
    role_arn: str
    kms_key: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    instance_type: str
    instance_count: int
    capture_uri: str
    """Where requests and answers are kept: a confidential place."""
    capture_percent: int
    rollout: Rollout
    stage: str | None
    """Asks for the second approval, for example Production; absent: the first one is enough."""
    tags: Mapping[str, str]
    scales: bool
    """Autoscaling changes the number of instances."""

    @classmethod
    def here(cls) -> "DeploySettings":
        """Read the settings of this function; raises KeyError naming a variable that is missing."""
        given = os.environ
        return cls(
            endpoint=given["ENDPOINT_NAME"],
            package_group=given["PACKAGE_GROUP"],
            role_arn=given["ENDPOINT_ROLE"],
            kms_key=given["KMS_KEY"],
            subnets=tuple(given["SUBNETS"].split(",")),
            security_groups=tuple(given["SECURITY_GROUPS"].split(",")),
            instance_type=given["INSTANCE_TYPE"],
            instance_count=int(given["INSTANCE_COUNT"]),
            capture_uri=given["CAPTURE_URI"],
            capture_percent=int(given.get("CAPTURE_PERCENT", "100")),
            rollout=Rollout(
                routing=Routing(given.get("ROUTING", "CANARY")),
                percent=int(given.get("STEP_PERCENT", "10")),
                wait_seconds=int(given.get("BAKE_SECONDS", "600")),
                alarms=tuple(name for name in given["ALARMS"].split(",") if name),
            ),
            stage=given.get("STAGE_NAME") or None,
            tags=dict(pair.split("=", 1) for pair in given["TAGS"].split(",")),
            scales="MOST_INSTANCES" in given,
        )

    def tag_list(self) -> list[Any]:
        """Return the tags as calls take them."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]
