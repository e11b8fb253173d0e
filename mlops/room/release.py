"""From approval to the endpoint: deploy what was approved, verify what came of it."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import DataClass
from infra.config.mlops import ManagedBy
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.function import RoomFunction, on
from mlops.room.names import arn, sagemaker
from mlops.room.registry import group_arn_of, group_of, packages_of
from mlops.room.room import Room
from mlops.room.scaling import bounds, may_scale, may_stop_scaling

MINUTE = 60


class Release(Construct):
    """`guards` are the alarms that roll an update back.

    Nothing is deployed here while the template makes the endpoint; it is verified all the same.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        endpoint_role: iam.IRole,
        guards: Sequence[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        managed_by = room.config.mlops.endpoint.managed_by
        most = room.config.mlops.endpoint.most_instances
        self._scales = managed_by is ManagedBy.APPROVAL and most is not None
        self._bounds = bounds(room) if self._scales else {}
        if managed_by is ManagedBy.APPROVAL:
            self._deploy(endpoint_role, guards)
        if managed_by is not ManagedBy.NOBODY:
            self._verify()

    def _deploy(self, role: iam.IRole, guards: Sequence[cloudwatch.Alarm]) -> None:
        room = self._room
        function = RoomFunction(
            self,
            "Deploy",
            room=room,
            module="deploy",
            statements=[
                *_may_deploy(room, role),
                *(may_stop_scaling(room) if self._scales else ()),
            ],
            environment={**_settings(room, role, guards), **self._bounds},
        ).function
        on(
            self,
            "Approved",
            room=room,
            function=function,
            pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Model Package State Change"],
                detail={
                    "ModelPackageGroupName": [group_of(room)],
                    "ModelApprovalStatus": ["Approved", "Rejected"],
                },
            ),
        )

    def _verify(self) -> None:
        room, endpoint = self._room, self._room.names.endpoint
        function = RoomFunction(
            self,
            "Verify",
            room=room,
            module="verify",
            concurrency=2,
            statements=[
                allow(
                    "Look",
                    ["sagemaker:DescribeEndpoint", "sagemaker:ListTags"],
                    sagemaker(f"endpoint/{endpoint}"),
                ),
                allow("Tell", ["events:PutEvents"], room.bus.event_bus_arn),
                *(may_scale(room) if self._scales else ()),
            ],
            environment={"EVENT_BUS": room.bus.event_bus_name, **self._bounds},
        ).function
        on(
            self,
            "EndpointChanged",
            room=room,
            function=function,
            pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Endpoint State Change"],
                detail={"EndpointName": [endpoint]},
            ),
        )


def _may_deploy(room: Room, role: iam.IRole) -> list[iam.PolicyStatement]:
    group, key = group_of(room), room.security.confidential_key.key_arn
    grant = allow("VolumeGrant", ["kms:CreateGrant"], key)
    grant.add_condition("Bool", {"kms:GrantIsForAWSResource": "true"})
    return [
        allow("Versions", ["sagemaker:DescribeModelPackage"], f"{packages_of(room)}/*"),
        allow("Newest", ["sagemaker:ListModelPackages"], group_arn_of(room)),
        allow(
            "Deploy",
            [
                *("sagemaker:CreateModel", "sagemaker:CreateEndpointConfig"),
                *("sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint"),
                *("sagemaker:DescribeEndpoint", "sagemaker:ListTags", "sagemaker:AddTags"),
            ],
            sagemaker(f"model/{group}-*"),
            sagemaker(f"endpoint-config/{group}-*"),
            sagemaker(f"endpoint/{room.names.endpoint}"),
        ),
        allow("Guards", ["cloudwatch:DescribeAlarms"], arn("cloudwatch", "alarm:*")),
        permissions.pass_role(role.role_arn),
        allow("Tell", ["events:PutEvents"], room.bus.event_bus_arn),
        allow("VolumeKey", ["kms:DescribeKey"], key),
        grant,
    ]


def _settings(room: Room, role: iam.IRole, guards: Sequence[cloudwatch.Alarm]) -> dict[str, str]:
    endpoint, release = room.config.mlops.endpoint, room.config.mlops.release
    tags = room.job_tags(DataClass.CONFIDENTIAL)
    return {
        "EVENT_BUS": room.bus.event_bus_name,
        "ENDPOINT_NAME": room.names.endpoint,
        "PACKAGE_GROUP": group_of(room),
        "ENDPOINT_ROLE": role.role_arn,
        "KMS_KEY": room.security.confidential_key.key_arn,
        "SUBNETS": ",".join(room.subnets),
        "SECURITY_GROUPS": ",".join(room.security_groups),
        "INSTANCE_TYPE": endpoint.instance,
        "INSTANCE_COUNT": str(endpoint.instances),
        "CAPTURE_URI": f"s3://{room.data.confidential.bucket_name}/{names.CAPTURE}",
        "CAPTURE_PERCENT": str(endpoint.capture_percent),
        "ROUTING": endpoint.routing.value.upper(),
        "STEP_PERCENT": str(endpoint.step_percent),
        "BAKE_SECONDS": str(endpoint.bake_minutes * MINUTE),
        "ALARMS": ",".join(alarm.alarm_name for alarm in guards),
        "TAGS": ",".join(f"{key}={value}" for key, value in tags.items()),
        **({"STAGE_NAME": release.second_approval} if release.second_approval else {}),
    }
