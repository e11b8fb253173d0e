"""A sound environment and objects, which tests change in one place."""

from copy import deepcopy
from typing import Any

from infra.config.services import ServiceConfig
from infra.eks.manifests.objects import Object
from infra.eks.manifests.workloads import Placing, workload

VERSION = "1.36"
SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-abcdef"  # noqa: S105 (its address)
MISSING = object()


def service(**changes: Any) -> ServiceConfig:
    return ServiceConfig.model_validate({"runs_on": "eks", "image": ":1.4.2", **changes})


def placing(**changes: Any) -> Placing:
    given: dict[str, Any] = {
        "namespace": "production",
        "image": "registry/app:1.4.2",
        "application": ["10.0.10.0/24"],
        "databases": ["10.0.20.0/24"],
        "prometheus": "https://aps.example/workspaces/ws-1/",
        "region": "ap-northeast-1",
    }
    return Placing(**{**given, **changes})


def objects(name: str = "app", **changes: Any) -> dict[str, Object]:
    """The objects of a service by kind."""
    made = workload(name, service(**changes), placing())
    return {one["kind"]: one for one in made}


def deployment(path: str = "", value: Any = MISSING) -> Object:
    """A sound Deployment whose value at a path (a.0.b) is another, or is gone."""
    return (
        put(objects(scratch=True)["Deployment"], path, value) if path else objects()["Deployment"]
    )


def put(one: Object, path: str, value: Any = MISSING) -> Object:
    changed: Any = deepcopy(one)
    at = changed
    *way, last = [
        int(part) if part.isdigit() else part.replace("~", ".") for part in path.split(".")
    ]
    for part in way:
        at = at[part] if isinstance(part, int) else at.setdefault(part, {})
    if value is MISSING:
        del at[last]
    else:
        at[last] = value
    return changed  # type: ignore[no-any-return]
