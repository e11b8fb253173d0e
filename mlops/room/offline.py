"""Scoring of files without an endpoint: in Lambda for small ones, in Batch for large ones."""

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs_
from constructs import Construct

from infra.ingestion import permissions as functions
from infra.ingestion.log_group import log_group
from infra.ingestion.permissions import allow
from mlops.room.names import SCORING
from mlops.room.registry import packages_of
from mlops.room.room import Room
from mlops.room.scoring_jobs import ScoringJobs, score
from mlops.room.service_role import ServiceRole

MEGABYTE = 1024 * 1024
MEMORY_MB = 2048
SECONDS = 300
CONCURRENCY = 5
ATTEMPTS = 3


class OfflineScoring(Construct):
    """CSV that comes under scoring/in/ of the important bucket is answered under scoring/out/.

    Only a version that a person approved scores, and only the archive that was registered.
    """

    def __init__(self, scope: Construct, construct_id: str, *, room: Room, image: str) -> None:
        super().__init__(scope, construct_id)
        self._room, self._image = room, image
        version = room.config.mlops.offline.version
        self._settings = {
            "MODEL_PACKAGE": f"{packages_of(room)}/{version}",
            "BUCKET": room.data.important.bucket_name,
        }
        logs = log_group(self, "Logs", config=room.config, key=room.security.log_key)
        jobs = ScoringJobs(self, "Jobs", room=room, image=image, logs=logs, settings=self._settings)
        self._start(self._function(logs, jobs))

    def _function(self, logs: logs_.ILogGroup, jobs: ScoringJobs) -> lambda_.CfnFunction:
        room, key = self._room, self._room.security.important_key
        role = ServiceRole(
            self,
            "FunctionRole",
            services=["lambda"],
            description="Scores small files, hands large ones to Batch",
            statements=[
                *score(room),
                allow(
                    "Large", ["batch:SubmitJob"], jobs.queue.attr_job_queue_arn, jobs.definition.ref
                ),
                functions.write_logs(logs.log_group_arn),
                *functions.run_in_vpc(),
                functions.trace(),
                functions.send(room.failures.queue_arn),
            ],
        )
        largest = room.config.mlops.offline.largest_mb * MEGABYTE
        # The L2 would let Lambda pull from the repository on behalf of any account.
        function = lambda_.CfnFunction(
            self,
            "Function",
            description="Scores small files, hands large ones to Batch",
            package_type="Image",
            code=lambda_.CfnFunction.CodeProperty(image_uri=self._image),
            image_config=lambda_.CfnFunction.ImageConfigProperty(
                entry_point=["python3", "-m", "awslambdaric"],
                command=["mlops.steps.score.handler"],
            ),
            architectures=[room.config.functions.architecture],
            role=role.role.role_arn,
            memory_size=MEMORY_MB,
            timeout=SECONDS,
            reserved_concurrent_executions=CONCURRENCY,
            kms_key_arn=key.key_arn,
            environment=lambda_.CfnFunction.EnvironmentProperty(
                variables={
                    **self._settings,
                    "LARGEST_BYTES": str(largest),
                    "JOB_QUEUE": jobs.queue.attr_job_queue_arn,
                    "JOB_DEFINITION": jobs.definition.ref,
                }
            ),
            dead_letter_config=lambda_.CfnFunction.DeadLetterConfigProperty(
                target_arn=room.failures.queue_arn
            ),
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(
                log_group=logs.log_group_name, log_format="JSON"
            ),
            vpc_config=lambda_.CfnFunction.VpcConfigProperty(
                subnet_ids=list(room.subnets),
                security_group_ids=[room.network.application_sg.security_group_id],
            ),
        )
        function.node.add_dependency(role.policy)
        return function

    def _start(self, function: lambda_.CfnFunction) -> None:
        room = self._room
        rule = events.CfnRule(
            self,
            "Came",
            description="A file to be scored has come",
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [room.data.important.bucket_name]},
                    "object": {"key": [{"prefix": f"{SCORING}/in/"}]},
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Function",
                    arn=function.attr_arn,
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_retry_attempts=ATTEMPTS
                    ),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=room.failures.queue_arn
                    ),
                )
            ],
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.ref,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
