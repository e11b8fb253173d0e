"""Templates made of plain dictionaries, for tests of rules without a CDK app."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from compliance.intrinsics import Resolver
from compliance.resources import Resource, Resources
from compliance.templates import STACK_TYPE, Template

TAGS = {"project": "iryo", "environment": "test", "cost-center": "platform", "owner": "team"}


@dataclass(frozen=True)
class TestTags:
    __test__ = False
    project: str = "iryo"
    cost_center: str = "platform"
    owner: str = "team"


@dataclass(frozen=True)
class TestSettings:
    __test__ = False
    name: str = "test"
    stage: str = "production"
    tags: TestTags = field(default_factory=TestTags)
    permissions_boundary: str | None = None


def template(
    body: dict[str, Any],
    *,
    file: str = "root.template.json",
    parent: Template | None = None,
    holder: str = "",
    path: str = "root",
) -> Template:
    content = json.dumps(body).encode()
    made = Template(
        file=file,
        path=path,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        body=body,
        parent=parent,
        holder=holder,
    )
    if parent:
        parent.children[holder] = made
    return made


def resources(*templates: Template) -> Resources:
    resolver = Resolver(list(templates))
    return Resources(
        Resource(template=one, logical_id=name, path=f"{one.path}/{name}", resolver=resolver)
        for one in templates
        for name in one.section("Resources")
    )


def platform(**given: dict[str, Any]) -> Resources:
    """Resources of one template, by logical id."""
    return resources(template({"Resources": given}))


def nested(parent: dict[str, Any], children: dict[str, dict[str, Any]]) -> list[Template]:
    """A root template, whose nested stacks are named as their templates, and those."""
    root = template(parent)
    made = [root]
    for name, body in children.items():
        assert parent["Resources"][name]["Type"] == STACK_TYPE
        made.append(
            template(
                body,
                file=f"{name}.nested.template.json",
                parent=root,
                holder=name,
                path=f"root/{name}",
            )
        )
    return made


def named(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def allow(**members: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", **members}]}


def deny_plain_text(action: str, **members: Any) -> dict[str, Any]:
    """Return the policy that denies an action without TLS; a member that is None is left out."""
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **members,
    }
    return {"Statement": {key: value for key, value in statement.items() if value is not None}}


def deny_less(action: str) -> list[dict[str, Any]]:
    """Return policies that deny plain text, but not everything, or not to everyone."""
    plain, here = {"aws:SecureTransport": "false"}, {"aws:SourceVpc": "vpc-1"}
    somebody = {"AWS": "arn:aws:iam::111122223333:root"}
    return [
        deny_plain_text(f"{action.partition(':')[0]}:GetSomething"),
        deny_plain_text(action, Condition={"Bool": plain, "StringEquals": here}),
        deny_plain_text(action, Condition={"Bool": {"aws:SecureTransport": "true"}}),
        deny_plain_text(action, Principal=somebody),
        deny_plain_text(action, Principal=None, NotPrincipal=somebody),
        deny_plain_text(action, Action=None, NotAction=action),
        deny_plain_text(action, Resource=None, NotResource="*"),
    ]


KEY = named("KMS::Key", EnableKeyRotation=True, KeyPolicy={"Statement": []})
ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
