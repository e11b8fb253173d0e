"""The names of properties that rules read and cases write are those of the official schemas."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from compliance.own import verdicts
from compliance.rule import Context, Rule
from compliance.rules import RULES
from compliance.tagging import TAGGABLE
from tests.compliance.cases import CASES, Given
from tests.compliance.platform import TestSettings, platform
from tests.compliance.test_rules import OTHERS

REGIONS = ("ap-northeast-1", "us-east-1")
"""The second for what Tokyo does not have."""
SHARED = {
    "FirelensConfiguration": "containers of jobs are read like those of tasks",
    "InstanceGroups": "requests of pipelines are read like definitions of CloudFormation",
    "Policies": "identities and policies are read alike",
    "PolicyDocument": "identities and policies are read alike",
    "Roles": "identities and policies are read alike",
}
"""Names that a helper asks of several shapes, of which not every one has them."""
Path = tuple[str, ...]


class Watched(dict[str, Any]):
    """An object that writes down the names it is asked for."""

    def __init__(self, given: dict[str, Any], path: Path, asked: set[Path]) -> None:
        super().__init__({key: watched(value, (*path, key), asked) for key, value in given.items()})
        self._path, self._asked = path, asked

    def __contains__(self, key: object) -> bool:
        self._asked.add((*self._path, str(key)))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self._asked.add((*self._path, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add((*self._path, key))
        return super().get(key, default)


def watched(value: Any, path: Path, asked: set[Path]) -> Any:
    if isinstance(value, dict):
        return Watched(value, path, asked)
    if isinstance(value, list):
        return [watched(member, path, asked) for member in value]
    return value


@cache
def schema(kind: str) -> dict[str, Any]:
    for region in REGIONS:
        try:
            found = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
        except ResourceNotFoundError:
            continue
        return dict(found.schema)
    raise AssertionError(f"{kind} is no type")


def shapes(node: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a node of a schema may be: itself, what it refers to, its alternatives."""
    if reference := node.get("$ref"):
        at: Any = root
        for key in reference.removeprefix("#/").split("/"):
            at = at[key]
        yield from shapes(at, root)
        return
    if "items" in node:
        yield from shapes(node["items"], root)
    yield node
    for key in ("oneOf", "anyOf", "allOf"):
        for one in node.get(key, ()):
            yield from shapes(one, root)


def knows(kind: str, path: Path) -> bool:
    """Say whether a type has a property; inside a free object every name is one."""
    root = schema(kind)
    nodes = [root]
    for key in path:
        inside: list[dict[str, Any]] = []
        for node in nodes:
            inside += [
                each["properties"][key] for each in (node,) if key in node.get("properties", {})
            ]
            inside += [
                value
                for pattern, value in node.get("patternProperties", {}).items()
                if _fits(pattern, key)
            ]
            # An object without names is free; a document may stand as text.
            kinds = {"object", "string"} & set(_many(node.get("type", "object")))
            if kinds and not any(word in node for word in NAMING):
                return True
        nodes = [shape for one in inside for shape in shapes(one, root)]
        if not nodes:
            return False
    return True


NAMING = ("properties", "patternProperties", "items", "oneOf", "anyOf", "allOf")


def _fits(pattern: str, key: str) -> bool:
    try:
        return bool(re.search(pattern, key))
    except re.error:  # a class of characters that Python does not have
        return True


def _many(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def named_by(rule: Rule) -> dict[str, set[Path]]:
    """What a rule asks resources of each type for, over all its cases."""
    found: dict[str, set[Path]] = {}
    cases = CASES[rule.id]
    for given in (*cases.good, *(case for case, _ in cases.bad), *cases.other):
        resources = platform(**{**OTHERS, **given})
        for one in resources.all:
            asked = found.setdefault(one.type, set())
            one.__dict__["properties"] = watched(one.properties, (), asked)
        [tested] = [one for one in resources.all if one.logical_id == "Tested"]
        settings = TestSettings(permissions_boundary="iryo-boundary")
        list(verdicts(rule, tested, Context(resources, settings)))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_a_rule_reads_is_a_property(rule: Rule) -> None:
    wrong = []
    for kind, paths in named_by(rule).items():
        if not kind.startswith("AWS::"):
            continue
        # A rule on several types may ask each for what one of them has.
        kinds = rule.types if kind in rule.types else (kind,)
        kinds = tuple(one for one in kinds if one.startswith("AWS::"))
        wrong += [
            f"{kind}: {'.'.join(path)}"
            for path in paths
            if path[-1] not in SHARED
            and not knows(kind, path)
            and not any(knows(one, path) for one in kinds[:20])
        ]
    assert wrong == []


def written(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, list):
        for member in value:
            yield from written(member, path)
    elif isinstance(value, dict) and not any(key in value for key in ("Ref", "Fn::GetAtt")):
        for key, member in value.items():
            if key.startswith("Fn::"):
                return
            yield (*path, key)
            yield from written(member, (*path, key))


def all_given(rule: str) -> Iterator[Given]:
    cases = CASES[rule]
    yield from (*cases.good, *(case for case, _ in cases.bad), *cases.other, *cases.unknown)


@pytest.mark.parametrize("rule", CASES)
def test_what_a_case_writes_is_a_property(rule: str) -> None:
    wrong = {
        f"{resource['Type']}: {'.'.join(path)}"
        for given in all_given(rule)
        for resource in given.values()
        if resource["Type"].startswith("AWS::")
        for path in written(resource.get("Properties", {}))
        if not knows(resource["Type"], path)
    }
    assert wrong == set()


def test_every_type_of_a_rule_exists() -> None:
    for rule in RULES:
        for kind in rule.types:
            assert kind.startswith("Custom::") or kind in TAGGABLE or schema(kind)


def test_a_name_that_is_none_is_told() -> None:
    assert knows("AWS::S3::Bucket", ("BucketEncryption", "ServerSideEncryptionConfiguration"))
    assert not knows("AWS::S3::Bucket", ("Encryption",))
    assert not knows("AWS::ECS::TaskDefinition", ("ContainerDefinitions", "Priviledged"))
    assert knows("AWS::IAM::Role", ("AssumeRolePolicyDocument", "Statement", "Effect"))
