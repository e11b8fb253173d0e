"""The AWS account that the vendor's validators ask: answers from the request, nothing else.

A whole emulator takes four seconds for what is needed here (its EC2 alone loads for two), and it
knows no capacity reservation and no network interface of a file system. An operation that is not
answered here raises an error that the runner reports as "not judged": unknown is not good.
"""

from typing import Any

from botocore.exceptions import ClientError

Record = dict[str, Any]
VPC = "vpc-0a0a0a0a0a0a0a0a0"
ACCOUNT = "123456789012"
UNANSWERED = "NotAnsweredOffline"


def error(operation: str, code: str, message: str) -> ClientError:
    """Return an error as botocore would raise it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Pages(list[Record]):
    """Pages of one answer, in the two ways that callers go through them."""

    def result_key_iters(self) -> list[list[Any]]:
        """Return the one list that each page holds."""
        return [next(iter(page.values())) for page in self]


class Paginator:
    """Asks once: every answer here is one page."""

    def __init__(self, operation: Any) -> None:
        self._operation = operation

    def paginate(self, **arguments: Any) -> Pages:
        """Return the only page."""
        return Pages([self._operation(**arguments)])


class Client:
    """A service; operations that it does not know are refused when they are called."""

    def __init__(self, world: Record) -> None:
        self.world = world
        self.meta = self  # the vendor registers a logger with `client.meta.events`
        self.events = self

    def register(self, *_: Any) -> None:
        """Take a hook and never call it."""

    def get_paginator(self, operation: str) -> Paginator:
        """Return a paginator of an operation."""
        return Paginator(getattr(self, operation))

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: Any) -> None:
            raise error(operation, UNANSWERED, f"{operation} cannot be answered offline")

        refuse.__name__ = operation
        return refuse

    def known(self, kind: str, wanted: list[str], operation: str, code: str) -> list[Record]:
        """Return records by id; raise `code` for an id that the request did not name."""
        records: Record = self.world[kind]
        for each in wanted:
            if each not in records:
                raise error(operation, code, f"{each} does not exist")
        return [records[each] for each in wanted]


class Kms(Client):
    """Keys."""

    def describe_key(self, **given: str) -> Record:
        """Answer for every key: which keys there are is not known offline."""
        return {"KeyMetadata": {"KeyId": given["KeyId"], "KeyState": "Enabled"}}


class Iam(Client):
    """Policies and roles; those of other rooms do not exist yet when a template is made."""

    def get_policy(self, **given: str) -> Record:
        """Answer for every policy."""
        return {"Policy": {"Arn": given["PolicyArn"]}}

    def get_role(self, **given: str) -> Record:
        """Answer for every role."""
        return {"Role": {"RoleName": given["RoleName"]}}

    def get_instance_profile(self, **given: str) -> Record:
        """Answer for every profile."""
        return {"InstanceProfile": given | {"Roles": []}}


class Secrets(Client):
    """Secrets; values are never asked for."""

    def describe_secret(self, **given: str) -> Record:
        """Answer for every secret."""
        return {"ARN": given["SecretId"]}


class S3(Client):
    """Buckets of this account and Region."""

    def head_bucket(self, **_: str) -> Record:
        """Answer for every bucket."""
        return {"BucketRegion": self.world["region"]}

    def head_object(self, **_: str) -> Record:
        """Answer for every object."""
        return {"ContentLength": 1}

    def get_bucket_versioning(self, **_: str) -> Record:
        """Every bucket of ours is versioned."""
        return {"Status": "Enabled"}

    def get_bucket_location(self, **_: str) -> Record:
        """Every bucket of ours is in the cluster's Region."""
        return {"LocationConstraint": self.world["region"]}


class Sts(Client):
    """Who asks."""

    def get_caller_identity(self) -> Record:
        """Return the account of the placeholders."""
        return {"Account": ACCOUNT}


class Fsx(Client):
    """File systems of the room."""

    def describe_file_systems(self, **given: list[str]) -> Record:
        """Return Lustre file systems by id."""
        code = "FileSystemNotFound"
        return {
            "FileSystems": self.known(
                "lustre", given["FileSystemIds"], "describe_file_systems", code
            ),
        }


class Efs(Client):
    """Home directories of the room, with a mount target in every subnet."""

    def describe_file_systems(self, **given: str) -> Record:
        """Return one file system, of the standard class."""
        return {"FileSystems": [given]}

    def describe_mount_targets(self, **_: str) -> Record:
        """Return a mount target a subnet."""
        targets = [
            {"MountTargetId": f"fsmt-{subnet}", "SubnetId": subnet}
            for subnet in self.world["subnets"]
        ]
        return {"MountTargets": targets}

    def describe_mount_target_security_groups(self, **_: str) -> Record:
        """Return the data storage group."""
        return {"SecurityGroups": [self.world["storage_group"]]}
