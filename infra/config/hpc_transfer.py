"""The `[[hpc.transfers]]` tables: files from a hospital's own file server."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model
from infra.config.hpc_fields import Name, SecretArn


class Transfer(Model):
    """A DataSync task from an SMB share, through an agent that stands beside it, to the lake."""

    name: Name
    agent_arn: Annotated[
        str, Field(pattern=r"^arn:aws[a-z-]*:datasync:[a-z0-9-]+:\d{12}:agent/agent-[0-9a-z]{17}$")
    ]
    """ARN of the activated agent; reached through PrivateLink."""
    server: Annotated[str, Field(pattern=r"^[a-zA-Z0-9.-]{1,255}$")]
    """Name or address of the file server, as the agent knows it."""
    share: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_ ./$-]+$")]
    """Share and folder, for example /sequencer/runs."""
    user: Annotated[str, Field(pattern=r"^[^\\/:*?\"<>|]{1,104}$")]
    """A user who may only read there."""
    domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")] | None = None
    secret_arn: SecretArn
    """Secrets Manager secret with the user's password."""
    data_class: Literal["confidential", "important"] = "confidential"
    """important only for what was de-identified before: nothing on the way does it."""
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_=./-]+$")]
    """Where it goes in the bucket of the class."""
    schedule: Annotated[str, Field(pattern=r"^(cron|rate)\(.+\)$")] | None = None
    """In UTC, for example cron(0 16 * * ? *); absent: when somebody starts it."""
    megabytes_per_second: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Absent: as fast as the line allows."""
