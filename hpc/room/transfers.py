"""DataSync tasks: files from a hospital's own server into the lake."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hpc.room.resource import resource
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import Statement, allow, arn, bucket_arn, use_key
from infra.config.hpc_transfer import Transfer

LOGS = "/aws/datasync"


class Transfers(Construct):
    """A task a transfer: SMB 3 from the server to the agent, TLS to AWS.

    What arrived is compared with what was sent.
    """

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        # DataSync writes to groups of this name only.
        group = logs.CfnLogGroup(
            self,
            "Logs",
            log_group_name=f"{LOGS}/{room.prefix}",
            kms_key_id=room.security.log_key.key_arn,
            retention_in_days=room.config.logs.retention_days,
        )
        group.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        logs.CfnResourcePolicy(
            self,
            "LogsPolicy",
            policy_name=f"{room.prefix}-datasync",
            policy_document=cdk.Stack.of(self).to_json_string(_write_logs(group.attr_arn)),
        )
        for transfer in room.hpc.transfers:
            self._transfer(transfer, group)

    def _transfer(self, transfer: Transfer, group: logs.CfnLogGroup) -> None:
        label = "".join(part.capitalize() for part in transfer.name.split("-"))
        confidential = transfer.data_class == "confidential"
        bucket = self._room.data.confidential if confidential else self._room.data.important
        key = (
            self._room.security.confidential_key
            if confidential
            else self._room.security.important_key
        )
        writer = Role(
            self,
            f"{label}Writer",
            service="datasync",
            description=f"Transfer {transfer.name}: writes to the lake",
            policies={"Policy": _write(bucket, transfer.prefix, key.key_arn)},
        )
        reader = Role(
            self,
            f"{label}Password",
            service="datasync",
            description=f"Transfer {transfer.name}: reads the file server's password",
            policies={
                "Policy": [
                    allow("Password", ["secretsmanager:GetSecretValue"], transfer.secret_arn)
                ]
            },
        )
        source = self._make(
            f"{label}Server",
            "AWS::DataSync::LocationSMB",
            {
                "AgentArns": [transfer.agent_arn],
                "ServerHostname": transfer.server,
                "Subdirectory": transfer.share,
                "AuthenticationType": "NTLM",
                "User": transfer.user,
                "MountOptions": {"Version": "SMB3"},
                "CustomSecretConfig": {
                    "SecretArn": transfer.secret_arn,
                    "SecretAccessRoleArn": reader.arn,
                },
                **({"Domain": transfer.domain} if transfer.domain else {}),
            },
            transfer,
        )
        target = self._make(
            f"{label}Lake",
            "AWS::DataSync::LocationS3",
            {
                "S3BucketArn": bucket.bucket_arn,
                "Subdirectory": f"/{transfer.prefix.strip('/')}",
                "S3Config": {"BucketAccessRoleArn": writer.arn},
                "S3StorageClass": "STANDARD",
            },
            transfer,
        )
        reader.before(source)
        writer.before(target)
        self._make(
            label,
            "AWS::DataSync::Task",
            {
                "Name": f"{self._room.prefix}-{transfer.name}",
                "SourceLocationArn": source.ref,
                "DestinationLocationArn": target.ref,
                "CloudWatchLogGroupArn": group.attr_arn,
                "Options": _options(transfer),
                **(
                    {"Schedule": {"ScheduleExpression": transfer.schedule, "Status": "ENABLED"}}
                    if transfer.schedule
                    else {}
                ),
            },
            transfer,
        )

    def _make(
        self, construct_id: str, kind: str, properties: dict[str, object], transfer: Transfer
    ) -> cdk.CfnResource:
        return resource(
            self,
            construct_id,
            kind,
            properties,
            config=self._room.config,
            data_class=transfer.data_class,
        )


def _options(transfer: Transfer) -> dict[str, object]:
    speed = transfer.megabytes_per_second
    return {
        "VerifyMode": "ONLY_FILES_TRANSFERRED",
        # Names of files may identify people: errors are logged, not each file.
        "LogLevel": "BASIC",
        "TransferMode": "CHANGED",
        "OverwriteMode": "NEVER",
        "PreserveDeletedFiles": "PRESERVE",
        "Uid": "NONE",
        "Gid": "NONE",
        "PosixPermissions": "NONE",
        "SecurityDescriptorCopyFlags": "NONE",
        "BytesPerSecond": speed * 1_000_000 if speed else -1,
    }


def _write(bucket: s3.IBucket, prefix: str, key: str) -> list[Statement]:
    place = prefix.strip("/")
    return [
        allow(
            "Bucket",
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            bucket.bucket_arn,
        ),
        allow(
            "Objects",
            [
                *("s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectTagging"),
                *("s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging"),
            ],
            bucket_arn(bucket.bucket_name, f"{place}/*"),
        ),
        *use_key("Key", key, "s3")[:1],
    ]


def _write_logs(group: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OurTasks",
                "Effect": "Allow",
                "Principal": {"Service": "datasync.amazonaws.com"},
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": group,
                "Condition": {
                    "ArnLike": {"aws:SourceArn": arn("datasync", "task/*")},
                    "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                },
            }
        ],
    }
