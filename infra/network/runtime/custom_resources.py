"""What CloudFormation has no resource for: it asks this function during a deployment.

`Custom::ClosedDefaultGroup` removes every rule that a VPC's default security group is born with.
Property `GroupId`.

`Custom::PrefixLists` finds the ids of AWS-managed prefix lists, which differ from Region to
Region. Property `Names`, attribute names to list names; each becomes an attribute.
"""

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef

Event = dict[str, Any]


def handler(event: Event, context: Any) -> None:
    """Do what CloudFormation asks for and tell it what became of it, whatever happens."""
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    try:
        if event["RequestType"] != "Delete":
            answer |= TASKS[event["ResourceType"]](event["ResourceProperties"])
    except Exception as error:  # CloudFormation would wait for an hour
        answer |= {
            "Status": "FAILED",
            "Reason": f"{type(error).__name__}: {error} (log stream {context.log_stream_name})",
        }
    _send(event["ResponseURL"], answer)


def close_default_group(properties: Event) -> Event:
    """Revoke the rules of a new VPC's default group; a rule that is gone is as good as revoked."""
    group = properties["GroupId"]
    client = boto3.client("ec2")
    among_members: IpPermissionTypeDef = {
        "IpProtocol": "-1",
        "UserIdGroupPairs": [{"GroupId": group}],
    }
    to_anywhere: IpPermissionTypeDef = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    for revoke, rule in (
        (client.revoke_security_group_ingress, among_members),
        (client.revoke_security_group_egress, to_anywhere),
    ):
        try:
            revoke(GroupId=group, IpPermissions=[rule])
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidPermission.NotFound":
                raise
    return {"PhysicalResourceId": group}


def prefix_lists(properties: Event) -> Event:
    """Return the ids of the prefix lists as attributes. Raises LookupError on an unknown name."""
    names: dict[str, str] = properties["Names"]
    found = boto3.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": list(names.values())}]
    )["PrefixLists"]
    ids = {entry["PrefixListName"]: entry["PrefixListId"] for entry in found}
    missing = sorted(set(names.values()) - set(ids))
    if missing:
        raise LookupError(f"no AWS-managed prefix list named {', '.join(missing)}")
    return {
        "PhysicalResourceId": ",".join(sorted(ids.values())),
        "Data": {attribute: ids[name] for attribute, name in names.items()},
    }


TASKS = {
    "Custom::ClosedDefaultGroup": close_default_group,
    "Custom::PrefixLists": prefix_lists,
}


def _send(url: str, answer: Event) -> None:
    request = urllib.request.Request(  # noqa: S310 (CloudFormation's own address)
        url, data=json.dumps(answer).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass
