"""What another orchestrator than SageMaker Pipelines may do: what the pipeline's own role may."""

from aws_cdk import aws_iam as iam

from mlops.room import names, permissions
from mlops.room.job_roles import JobRoles, register
from mlops.room.room import Room


def start_jobs(room: Room, roles: JobRoles) -> list[iam.PolicyStatement]:
    """Allow starting protected jobs and registering versions; no records are read."""
    return [
        permissions.run_jobs(),
        *register(room),
        permissions.read(room, "PropertyFiles", names.PIPELINES),
        *permissions.only_protected_jobs(room),
        permissions.pass_role(roles.jobs.role_arn),
        permissions.not_confidential(room),
    ]
