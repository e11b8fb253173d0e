"""Two things about encryption that CloudFormation has no resource for.

`Custom::EbsEncryption` (KeyArn, OnDelete): new volumes of this account and Region are encrypted, by
default with the key. ParallelCluster has no setting for the key of root volumes. OnDelete `reset`
gives the default key back to AWS when ours goes; encryption stays on in any case.

`Custom::KeyGrants` (KeyArn, Roles): service-linked roles that exist, and may use the key. AWS makes
them at their first use, so a key policy cannot name them. Roles: list of `service` or
`service/suffix`.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from hpc.runtime.engine import Plan, Step, Wait, Work
from hpc.runtime.requests import Request

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

EBS, GRANTS = "Custom::EbsEncryption", "Custom::KeyGrants"
GRANT_NAME = "iryo-hpc"
OPERATIONS = (
    *("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("ReEncryptFrom", "ReEncryptTo", "DescribeKey", "CreateGrant"),
)
NAMES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "ec2fleet.amazonaws.com": "AWSServiceRoleForEC2Fleet",
    "pcs.amazonaws.com": "AWSServiceRoleForPCS",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "s3.data-source.lustre.fsx.amazonaws.com": "AWSServiceRoleForFSxS3Access",
}
"""By the service that a role is linked to."""
NOT_SEEN_YET = ("InvalidArnException", "NotFoundException", "MalformedPolicyDocument")
"""What KMS says of a role that IAM has not told it about."""


class LinkedRole(NamedTuple):
    """A service-linked role: whose, and which of several."""

    service: str
    suffix: str = ""

    @classmethod
    def of(cls, text: str) -> "LinkedRole":
        """Read `service` or `service/suffix`."""
        service, _, suffix = text.partition("/")
        return cls(service, suffix)

    @property
    def name(self) -> str:
        """The role's name, which AWS dictates."""
        return NAMES[self.service] + (f"_{self.suffix}" if self.suffix else "")


class Encryption:
    """Builds the plans of both resources."""

    def __init__(self, *, ec2: "EC2Client", kms: Any, iam: Any) -> None:
        self._ec2, self._kms, self._iam = ec2, kms, iam

    def plan(self, request: Request) -> Plan:
        """Return what to do for a request."""
        if request.resource == EBS:
            return Plan(steps=[self._forget_key] if request.deletes else [self._on, self._key])
        if request.deletes:
            return Plan(steps=[self._revoke])
        roles = [LinkedRole.of(text) for text in request.properties.get("Roles") or []]
        return Plan(steps=[self._grant(role) for role in roles])

    def _on(self, _: Work) -> None:
        if not self._ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]:
            self._ec2.enable_ebs_encryption_by_default()

    def _key(self, work: Work) -> None:
        wanted = work.request.properties["KeyArn"]
        if self._ec2.get_ebs_default_kms_key_id()["KmsKeyId"] != wanted:
            self._ec2.modify_ebs_default_kms_key_id(KmsKeyId=wanted)

    def _forget_key(self, work: Work) -> None:
        properties = work.request.properties
        ours = self._ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == properties.get("KeyArn")
        if ours and properties.get("OnDelete") == "reset":
            self._ec2.reset_ebs_default_kms_key_id()

    def _grant(self, role: LinkedRole) -> Step:
        def run(work: Work) -> Wait | None:
            arn = self._role(role)
            key = work.request.properties["KeyArn"]
            if any(grant["GranteePrincipal"] == arn for grant in self._grants(key)):
                return None
            try:
                self._kms.create_grant(
                    KeyId=key, GranteePrincipal=arn, Operations=list(OPERATIONS), Name=GRANT_NAME
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in NOT_SEEN_YET:
                    raise
                return Wait(5)
            return None

        return run

    def _role(self, role: LinkedRole) -> str:
        """Return the ARN of a service-linked role, making it at need."""
        try:
            return str(self._iam.get_role(RoleName=role.name)["Role"]["Arn"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise
        wanted: dict[str, Any] = {"AWSServiceName": role.service}
        if role.suffix:
            wanted["CustomSuffix"] = role.suffix
        return str(self._iam.create_service_linked_role(**wanted)["Role"]["Arn"])

    def _grants(self, key: str) -> list[Any]:
        found: list[Any] = []
        for page in self._kms.get_paginator("list_grants").paginate(KeyId=key):
            found += [grant for grant in page["Grants"] if grant.get("Name") == GRANT_NAME]
        return found

    def _revoke(self, work: Work) -> None:
        key = work.request.properties.get("KeyArn", "")
        roles = work.request.properties.get("Roles") or []
        names = tuple(f"/{LinkedRole.of(text).name}" for text in roles)
        for grant in self._grants(key):
            if grant["GranteePrincipal"].endswith(names):
                self._kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
