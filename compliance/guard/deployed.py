"""The templates of what is deployed, nested stacks included, as a side of a comparison."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from compliance.guard.assemblies import Target
from compliance.guard.errors import GuardError
from compliance.guard.tree import Side, grown, holders, shortened
from compliance.templates import STACK_TYPE, Template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

NAME = "deployed"
_ABSENT = ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")


def from_deployed(targets: list[Target]) -> Side:
    """Read the stacks of the targets from AWS; one that is not deployed yet is left out.

    Raises GuardError when AWS cannot be asked, is another account, or is changing a stack.
    """
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 (0.3 s; other bases need no AWS)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        roots = {one.stack: tree for one in targets if (tree := _tree(one))}
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise GuardError(f"{NAME}: AWS cannot be asked ({error})") from None
    return Side(NAME, roots, partial=True)


def _tree(target: Target) -> Template | None:
    import boto3  # noqa: PLC0415

    session = boto3.Session(region_name=target.region or None)
    if target.account:
        account = session.client("sts").get_caller_identity()["Account"]
        if account != target.account:
            raise GuardError(
                f"{NAME}: the credentials are those of account {account}, and {target.stack} "
                f"belongs to {target.account}"
            )
    client = session.client("cloudformation")
    if not _is_there(client, target.stack):
        return None
    root = grown(_body(client, target.stack, target.stack), target.stack)
    _nest(client, target.stack, root)
    return root


def _is_there(client: "CloudFormationClient", stack: str) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    if status in _ABSENT:
        return False
    if status.endswith("_IN_PROGRESS"):
        raise GuardError(f"{NAME}: {stack} is changing ({status}); try again when it is done")
    return True


def _nest(client: "CloudFormationClient", stack: str, parent: Template) -> None:
    inner = dict(_nested(client, stack))
    for holder in holders(parent):
        # A nested stack that its template names but AWS does not have holds nothing to lose.
        if physical := inner.get(holder):
            address = f"{parent.file}/{holder}"
            child = grown(_body(client, physical, address), address, parent, holder)
            _nest(client, physical, child)


def _nested(client: "CloudFormationClient", stack: str) -> Iterator[tuple[str, str]]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for one in page["StackResourceSummaries"]:
            if one["ResourceType"] == STACK_TYPE and one.get("PhysicalResourceId"):
                yield one["LogicalResourceId"], one["PhysicalResourceId"]


def _body(client: "CloudFormationClient", stack: str, address: str) -> dict[str, Any]:
    body: Any = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    if not isinstance(body, dict):
        raise GuardError(f"{NAME}: the template of {shortened(address)} is not JSON")
    return body
