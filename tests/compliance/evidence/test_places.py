"""Where a verdict falls: the line of Python, the line of the template, the properties looked at."""

from pathlib import Path

import pytest

from compliance.engine import Case
from compliance.evidence import grants, sources
from compliance.evidence.lines import Lines
from compliance.own import OwnRules
from compliance.reads import Reads
from compliance.resources import Resources
from compliance.templates import Assembly
from tests.compliance import platform
from tests.compliance.evidence import world

STACK = """
class RoomStack:
    def __init__(self):
        Failures(self, "Failures")
        for name in names:
            Thing(self, f"{name}")
"""
CONCERN = """
class Other:
    def make(self):
        Queue(self, "Queue")


class Failures:
    def make(self):
        sqs.Queue(
            self, "Queue"
        )
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    room = tmp_path / "infra" / "room"
    room.mkdir(parents=True)
    (room / "stack.py").write_text(STACK)
    (room / "failures.py").write_text(CONCERN)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("iryo/Room/Failures/Queue/Resource", "infra/room/failures.py:9"),
        ("iryo/Room/Failures/Resource", "infra/room/stack.py:4"),
        ("iryo/Room/MadeUp/Queue", "infra/room"),
        ("iryo/Elsewhere/Queue", "app.py"),
        ("iryo", "app.py"),
    ],
)
def test_the_line_that_makes_a_construct(path: str, expected: str, root: Path) -> None:
    assert sources.of(path, root) == expected


def test_a_real_construct_is_found() -> None:
    found = sources.of("iryo-dev/Ingestion/Failures/Queue/Resource")
    file, _, line = found.partition(":")
    assert file == "infra/ingestion/failures.py"
    assert "sqs.Queue(" in (sources.ROOT / file).read_text().splitlines()[int(line) - 1]


def test_the_line_of_a_resource_and_of_its_property(tmp_path: Path) -> None:
    folder = world.assembly(tmp_path, world.bodies())
    text = (folder / "Room.nested.template.json").read_text().splitlines()
    lines = Lines(folder)
    file = "Room.nested.template.json"
    assert text[lines.of(file, "Queue") - 1].strip() == '"Queue": {'
    assert text[lines.of(file, "Queue", "KmsMasterKeyId") - 1].strip().startswith('"KmsMasterKeyId')
    assert lines.of(file, "Queue", "not there") == lines.of(file, "Queue")
    assert lines.of(file, "Nothing") == 1


def looked_at(resources: Resources) -> dict[tuple[str, str], Reads]:
    case = Case(app=None, assembly=None, resources=resources, settings=world.SETTINGS)  # type: ignore[arg-type]
    return {(row.rule, row.path): row.looked for row in OwnRules().judge(case)}


def test_what_a_rule_looked_at(tmp_path: Path) -> None:
    resources = Resources.of(Assembly(world.assembly(tmp_path, world.bodies())))
    found = looked_at(resources)
    assert "KmsMasterKeyId" in found[world.ENCRYPTION, world.QUEUE].own
    assert "EnableKeyRotation" in found[world.ROTATION, world.KEY].own
    assert all(type(one.properties) is dict for one in resources.all)


def test_the_policy_that_proves_something_of_a_bucket() -> None:
    resources = platform.platform(
        Bucket=platform.named("S3::Bucket"),
        Policy=platform.named(
            "S3::BucketPolicy",
            Bucket=platform.ref("Bucket"),
            PolicyDocument=platform.deny_plain_text("s3:*"),
        ),
        Another=platform.named("S3::BucketPolicy", Bucket="other", PolicyDocument={}),
    )
    found = looked_at(resources)["IRYO-S3-TLS", "root/Bucket"]
    assert found.elsewhere == (("root/Policy", ("Bucket", "PolicyDocument")),)


def test_who_is_allowed_what() -> None:
    resources = platform.platform(
        Role=platform.named(
            "IAM::Role",
            AssumeRolePolicyDocument=platform.allow(
                Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"}
            ),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/X"],
            PermissionsBoundary="arn:b",
        ),
        Policy=platform.named(
            "IAM::Policy",
            Roles=[platform.ref("Role")],
            PolicyDocument=platform.allow(NotAction=["iam:*"], Resource=platform.arn("Function")),
        ),
        Function=platform.named("Lambda::Function"),
        Permission=platform.named(
            "Lambda::Permission",
            FunctionName=platform.arn("Function"),
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn="arn:rule",
        ),
    )
    held = grants.of(resources)
    assert held.keys() == {"root/Role", "root/Function"}
    said = {grant.actions: grant for grant in held["root/Role"]}
    assert said[("iam:*",)].excludes == ("Action",)
    assert said[("iam:*",)].resources == ("${root/Function.Arn}",)
    assert said[("sts:AssumeRole",)].principals == ("Service lambda.amazonaws.com",)
    assert said[("beyond boundary arn:b",)].effect == "Deny"
    assert ("managed policy arn:aws:iam::aws:policy/X",) in said
    assert held["root/Function"][0].condition == '{"SourceArn": "arn:rule"}'
    for grant in held["root/Role"]:
        assert grants.read(grant.to_json()) == grant
