"""A running cluster from outside: its compute fleet and its queues."""

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client

SCRIPTS = Path(__file__).parent / "scripts"
FLEET = {"Id": {"S": "COMPUTE_FLEET"}}
STOPPING = ("STOP_REQUESTED", "STOPPING")
STARTING = ("START_REQUESTED", "STARTING")
FINISHED = ("Success", "Failed", "Cancelled", "TimedOut", "Undeliverable", "Terminated")


class NotRunError(RuntimeError):
    """The head node could not run a script, or it said no."""


class Command(NamedTuple):
    """A script on the head node: how to ask about it."""

    id: str
    instance: str


class ClusterControl:
    """Talks to the table and the head node that ParallelCluster made for a cluster."""

    def __init__(
        self,
        name: str,
        *,
        dynamodb: "DynamoDBClient",
        ec2: "EC2Client",
        ssm: Any,
    ) -> None:
        self._name = name
        self._table = f"parallelcluster-{name}"
        self._dynamodb = dynamodb
        self._ec2 = ec2
        self._ssm = ssm

    def fleet(self) -> str | None:
        """Return the compute fleet's status; None when there is no such cluster."""
        try:
            answer = self._dynamodb.get_item(TableName=self._table, Key=FLEET, ConsistentRead=True)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        item = answer.get("Item")
        return item["Data"]["M"]["status"]["S"] if item else None

    def request_fleet(self, status: str, *, instead_of: str) -> None:
        """Ask ParallelCluster's daemon for a status, unless it has changed meanwhile."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=FLEET,
                UpdateExpression="SET #data.#status = :new, #data.#time = :time",
                ConditionExpression="#data.#status = :old",
                ExpressionAttributeNames={
                    "#data": "Data",
                    "#status": "status",
                    "#time": "lastStatusUpdatedTime",
                },
                ExpressionAttributeValues={
                    ":new": {"S": status},
                    ":old": {"S": instead_of},
                    ":time": {"S": str(datetime.now(UTC))},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def head_node(self) -> str | None:
        """Return the running head node's instance id; None when there is none."""
        answer = self._ec2.describe_instances(
            Filters=[
                {"Name": "tag:parallelcluster:cluster-name", "Values": [self._name]},
                {"Name": "tag:parallelcluster:node-type", "Values": ["HeadNode"]},
                {"Name": "instance-state-name", "Values": ["running"]},
            ]
        )
        for reservation in answer["Reservations"]:
            for instance in reservation["Instances"]:
                return instance["InstanceId"]
        return None

    def start(self, script: str, **variables: str) -> Command | None:
        """Start one of our scripts on the head node; None when there is no head node.

        `variables` are those of the script's environment.
        """
        instance = self.head_node()
        if instance is None:
            return None
        answer = self._ssm.send_command(
            InstanceIds=[instance],
            DocumentName="AWS-RunShellScript",
            Comment=f"iryo {script}",
            TimeoutSeconds=60,
            Parameters={"commands": [_commands(script, variables)]},
        )
        return Command(answer["Command"]["CommandId"], instance)

    def output(self, command: Command) -> str | None:
        """Return what a script printed; None while it runs. Raises NotRunError when it failed."""
        try:
            answer = self._ssm.get_command_invocation(
                CommandId=command.id, InstanceId=command.instance
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvocationDoesNotExist":
                return None
            raise
        if answer["Status"] not in FINISHED:
            return None
        if answer["Status"] != "Success":
            raise NotRunError(f"the head node's script ended as {answer['Status']}")
        return str(answer["StandardOutputContent"]).strip()


def _commands(script: str, variables: Mapping[str, str]) -> str:
    """Return a script that has variables; the first line must stay that of its shell."""
    shell, _, rest = (SCRIPTS / script).read_text(encoding="utf-8").partition("\n")
    set_before = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([shell, *set_before, rest])
