"""A small evaluator of resource policies: what would AWS answer?

It knows the elements and operators that our policies use and fails on any other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

ACCOUNT, OTHER_ACCOUNT, REGION = "111122223333", "444455556666", "ap-northeast-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
OTHER_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """`principal`: an ARN, a service's name or "" for an anonymous request."""

    principal: str
    action: str
    resource: str = "*"
    context: dict[str, str] = field(default_factory=dict)


def plain(value: Any) -> Any:
    """Resolve intrinsic functions; a reference to a resource becomes `{LogicalId}`."""
    match value:
        case {"Ref": name}:
            return PSEUDO.get(name, f"{{{name}}}")
        case {"Fn::GetAtt": [name, _]}:
            return f"{{{name}}}"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(plain(part) for part in parts)
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return value


def decide(document: Any, request: Request) -> str:
    """Return "deny", "allow" or "silent" (then identity policies alone decide)."""
    effects = {
        statement["Effect"]
        for statement in plain(document)["Statement"]
        if _concerns(statement, request)
    }
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "silent"


def _concerns(statement: dict[str, Any], request: Request) -> bool:
    return (
        _is_principal(statement["Principal"], request.principal)
        and any(fnmatchcase(request.action, action) for action in _many(statement["Action"]))
        and any(fnmatchcase(request.resource, item) for item in _many(statement["Resource"]))
        and all(
            _holds(operator, request.context.get(key), [str(item) for item in _many(wanted)])
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _is_principal(principals: Any, principal: str) -> bool:
    if principals in ("*", {"AWS": "*"}):
        return True
    (kind,) = principals
    if kind == "Service":
        return principal in _many(principals["Service"])
    account = principal.split(":")[4] if principal.startswith("arn:") else None
    return f"arn:aws:iam::{account}:root" in _many(principals["AWS"])


def _holds(operator: str, given: str | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return wanted == [str(given is None).lower()]
    if given is None:
        return operator.endswith("IfExists") or "Not" in operator
    tests: dict[str, Callable[[str], bool]] = {
        "StringEquals": lambda item: item == given,
        "StringNotEquals": lambda item: item == given,
        "ArnEquals": lambda item: fnmatchcase(given, item),
        "ArnLike": lambda item: fnmatchcase(given, item),
        "Bool": lambda item: item == given,
        "NumericLessThan": lambda item: float(given) < float(item),
    }
    found = any(tests[operator.removesuffix("IfExists")](item) for item in wanted)
    return not found if "Not" in operator else found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
