"""Kinds of text that several tables of `[hpc]` share."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def _mount(value: Any) -> str:
    path = str(value)
    if not path.startswith("/") or path == "/" or path != path.rstrip("/"):
        raise ValueError('an absolute path without a slash at its end is allowed, such as "/data"')
    return path


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,24}$")]
"""ParallelCluster's bound for queues and pools: 25 characters."""
Mount = Annotated[str, BeforeValidator(_mount)]
SecretArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$")
]
RdsArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:(db|cluster):.+$")]
InstanceType = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
