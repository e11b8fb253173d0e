"""Service-linked roles as AWS names them, and the conditions under which they are made and used.

ministack makes them under names of its own, and its evaluator knows neither the service that a role
is asked for nor who a grant on a key is for.
"""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services import iam

NAMES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "ec2fleet.amazonaws.com": "AWSServiceRoleForEC2Fleet",
    "pcs.amazonaws.com": "AWSServiceRoleForPCS",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "s3.data-source.lustre.fsx.amazonaws.com": "AWSServiceRoleForFSxS3Access",
}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""


def install() -> None:
    """Name the roles, and tell the evaluator what their policies ask about."""
    _name()
    place, context = iam_actions.extract_resource_arn, iam_actions.request_tag_context

    def placed(service: str, *request: Any, **more: Any) -> Any:
        asked = _service_asked(service, (*request, *more.values()))
        if asked is None:
            return place(service, *request, **more)
        return f"arn:aws:iam::{get_account_id()}:role{_path(asked)}{NAMES.get(asked, 'role')}"

    def told(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = dict(context(service, action, body, parameters))
        if asked := _service_asked(service, (parameters,)):
            known["iam:awsservicename"] = asked
        if action == "kms:CreateGrant":
            known["kms:calleraccount"] = get_account_id()
            known["kms:granteeprincipal"] = json.loads(body)["GranteePrincipal"]
        return known

    iam_actions.extract_resource_arn = placed
    iam_actions.request_tag_context = told


def _service_asked(service: str, request: tuple[Any, ...]) -> str | None:
    if service != "iam":
        return None
    for part in request:
        if isinstance(part, dict) and "AWSServiceName" in part:
            value = part["AWSServiceName"]
            return str(value[0] if isinstance(value, list) else value)
    return None


def _path(service: str) -> str:
    return f"/aws-service-role/{service}/"


def _answer(name: str) -> Any:
    tag = "CreateServiceLinkedRole"
    role = f"<{tag}Result><Role>{iam._role_xml(name)}</Role></{tag}Result>"
    return iam._xml(200, f"{tag}Response", role, ns="iam")


def _name() -> None:
    make = iam._create_service_linked_role

    def named(given: dict[str, Any]) -> Any:
        service, suffix = iam._p(given, "AWSServiceName"), iam._p(given, "CustomSuffix")
        if service not in NAMES:
            return make(given)
        before = set(iam._roles)
        answer = make(given)
        for made in set(iam._roles) - before:
            name = NAMES[service] + (f"_{suffix}" if suffix else "")
            role = iam._roles.pop(made)
            arn = f"arn:aws:iam::{get_account_id()}:role{_path(service)}{name}"
            iam._roles[name] = {**role, "RoleName": name, "Arn": arn}
            answer = _answer(name)
        return answer

    iam._create_service_linked_role = named
    for table in (value for value in vars(iam).values() if isinstance(value, dict)):
        if table.get("CreateServiceLinkedRole") is make:
            table["CreateServiceLinkedRole"] = named
