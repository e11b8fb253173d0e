"""The log groups that SageMaker writes to, made before SageMaker makes them open and for ever."""

from constructs import Construct

from infra.ingestion.log_group import log_group
from mlops.room.permissions import LOGS
from mlops.room.room import Room

GROUPS = ("ProcessingJobs", "TrainingJobs", "TransformJobs", "studio")


class JobLogs(Construct):
    """Encrypted groups with an end. Their names belong to the account: SageMaker dictates them."""

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        shared = GROUPS if room.config.mlops.job_logs else ()
        for name in (*shared, f"Endpoints/{room.names.endpoint}"):
            log_group(
                self,
                name.partition("/")[0].capitalize(),
                config=room.config,
                key=room.security.log_key,
                name=f"{LOGS}/{name}",
            )
