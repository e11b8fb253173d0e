"""Where sides come from: snapshots, cdk.out folders, git, and what AWS has."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.guard import GuardError
from compliance.guard.assemblies import Target, from_assembly, targets
from compliance.guard.history import usual_base
from compliance.guard.snapshots import FOLDER, from_files
from compliance.guard.sources import side, sides
from tests.compliance.guard_sides import Body, answer, files, holder, resource

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
HASH = "ab" * 32
STORE = {"Resources": {"Store": resource("S3::Bucket")}}
EMPTY: Body = {"Resources": {}}


def nesting(*rooms: str, digest: str = HASH) -> Body:
    properties = {"TemplateURL": f"https://assets/{digest}.json"}
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": properties}
    return {"Resources": {holder(room): stack for room in rooms}}


def snapshots(folder: Path, room: Body = STORE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test_template[dev-Root].json").write_text(json.dumps(nesting("Data")))
    (folder / "test_template[dev-Data].json").write_text(json.dumps(room))
    return folder


def cdk_out(folder: Path, *, account: str = ACCOUNT, room: Body = STORE) -> Path:
    folder.mkdir(parents=True)
    artifacts = {
        "iryo-dev": {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/{REGION}",
            "properties": {"templateFile": "iryo-dev.template.json"},
            "metadata": {},
        },
        "iryo-dev.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.json"}},
    }
    asset = {HASH: {"source": {"path": "Data.nested.template.json"}}}
    contents = {
        "manifest.json": {"artifacts": artifacts},
        "a.json": {"files": asset},
        "iryo-dev.template.json": nesting("Data"),
        "Data.nested.template.json": room,
    }
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content))
    return folder


# --- snapshots and cdk.out


def test_a_cdk_out_and_its_snapshots_are_the_same(tmp_path: Path) -> None:
    base, new = side(str(snapshots(tmp_path / "s"))), side(str(cdk_out(tmp_path / "o")))
    assert base.resources.keys() == new.resources.keys()
    found = answer(base, new)
    assert (found.passes, found.stacks, found.stateful, found.findings) == (True, 2, 1, ())
    weaker = resource("S3::Bucket", "Delete")
    out = cdk_out(tmp_path / "w", room={"Resources": {"Store": weaker}})
    told = [{"type": "aws:cdk:logicalId", "data": "Store"}]
    stack = [{"type": "aws:cdk:templateFile", "data": "Data.nested.template.json"}]
    metadata = {"/iryo-dev/Data/Store/Resource": told, "/iryo-dev/Data": stack}
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["artifacts"]["iryo-dev"]["metadata"] = metadata
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert [one.path for one in answer(base, side(str(out))).refused] == [
        "iryo-dev/Data/Store/Resource"
    ]
    changed = side(str(cdk_out(tmp_path / "p", room=EMPTY)))
    assert [one.of for one in answer(base, changed).refused] == ["Data/Store"]


def test_a_cdk_out_of_one_environment_against_the_snapshots_of_all(tmp_path: Path) -> None:
    more = snapshots(tmp_path / "s")
    (more / "test_template[production-Root].json").write_text(json.dumps(EMPTY))
    found = answer(side(str(more)), side(str(cdk_out(tmp_path / "o"))))
    assert (found.passes, found.notes) == (True, ())
    both = snapshots(tmp_path / "t")
    assert answer(side(str(more)), side(str(both))).notes == (
        f"iryo-production is in {more} only: deploying leaves that stack as it is",
    )


def test_stacks_that_have_nothing_in_common_are_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "test_template[other-Root].json").write_text(json.dumps(EMPTY))
    with pytest.raises(GuardError, match="no stack in common: iryo-other and iryo-dev"):
        answer(side(str(folder)), side(str(cdk_out(tmp_path / "o"))))


def test_nested_stacks_in_nested_stacks_are_found() -> None:
    held = {
        "test_template[a-b-Root].json": nesting("Hpc"),
        "test_template[a-b-Hpc].json": nesting("Cluster"),
        "test_template[a-b-HpcCluster].json": STORE,
        "test_template[a-b-Baseline].json": STORE,
        "other.json": {},
    }
    found = from_files("all", {name: json.dumps(body).encode() for name, body in held.items()})
    assert sorted(one.short for one in found.resources.values() if one.logical_id == "Store") == [
        "Hpc/Cluster/Store",
        "Store",
    ]
    assert sorted(found.roots) == ["iryo-a-b", "iryo-a-b-Baseline"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda held: held.clear(), "there is no template snapshot"),
        (lambda held: held.pop("test_template[dev-Root].json"), "root stack of dev is missing"),
        (
            lambda held: held.pop("test_template[dev-Data].json"),
            "the snapshot of iryo-dev/Data is missing; make snapshots writes it",
        ),
        (
            lambda held: held.update({"test_template[dev-Data].json": b"{"}),
            r"test_template\[dev-Data\].json: is not JSON",
        ),
        (
            lambda held: held.update({"test_template[dev-Data].json": b"[]"}),
            "iryo-dev/Data: this is no template",
        ),
        (
            lambda held: held.update({"test_template[dev-Data].json": b'{"Resources": {"A": 1}}'}),
            "iryo-dev/Data: this is no template",
        ),
    ],
)
def test_broken_snapshots_are_wrong(edit: Callable[[dict[str, bytes]], Any], said: str) -> None:
    held = files()
    edit(held)
    with pytest.raises(GuardError, match=said):
        from_files("here", held)


def test_broken_folders_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(GuardError, match="there is no such folder"):
        side(str(tmp_path / "nowhere"))
    with pytest.raises(GuardError, match="there is no template snapshot"):
        side(str(tmp_path))
    out = cdk_out(tmp_path / "o")
    (out / "Data.nested.template.json").unlink()
    with pytest.raises(GuardError, match=r"Data\.nested\.template\.json: cannot be read"):
        side(str(out))
    for content, said in (("{", "is not JSON"), ('{"artifacts": {"a": {}}}', "is no cloud assem")):
        (out / "manifest.json").write_text(content)
        with pytest.raises(GuardError, match=said):
            side(str(out))
    (out / "manifest.json").write_text('{"artifacts": {}}')
    with pytest.raises(GuardError, match="has no stack"):
        from_assembly(out)


# --- git


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "README").write_text("x")
    commit(tmp_path, "first")
    snapshots(tmp_path / FOLDER)
    commit(tmp_path, "snapshots")
    return tmp_path


def git(checkout: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(checkout), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(checkout: Path, message: str) -> str:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(checkout, "rev-parse", "HEAD")[:12]


def test_a_revision_is_a_base(checkout: Path) -> None:
    snapshots(checkout / FOLDER, EMPTY)
    base, new = sides("git:HEAD", None, checkout)
    assert base is not None
    assert [one.of for one in answer(base, new).refused] == ["Data/Store"]
    assert side("git:HEAD", checkout).resources.keys() == base.resources.keys()


def test_without_a_base_uncommitted_snapshots_meet_the_last_commit(checkout: Path) -> None:
    snapshots(checkout / FOLDER, EMPTY)
    assert usual_base(checkout) == git(checkout, "rev-parse", "HEAD")[:12]
    base, new = sides(None, None, checkout)
    assert base is not None
    assert not answer(base, new).passes


def test_without_a_base_committed_snapshots_meet_the_commit_before(checkout: Path) -> None:
    before = git(checkout, "rev-parse", "HEAD")[:12]
    snapshots(checkout / FOLDER, EMPTY)
    commit(checkout, "drop")
    assert usual_base(checkout) == before


def test_without_a_base_a_branch_meets_where_it_left_the_trunk(checkout: Path) -> None:
    left = git(checkout, "rev-parse", "HEAD")[:12]
    git(checkout, "switch", "--quiet", "--create", "work")
    for room in (EMPTY, {**EMPTY, "Description": "more"}):
        snapshots(checkout / FOLDER, room)
        commit(checkout, "drop")
    assert usual_base(checkout) == left


def test_without_earlier_snapshots_there_is_no_base(checkout: Path, tmp_path: Path) -> None:
    assert usual_base(checkout) is None  # HEAD~1 has none
    assert usual_base(tmp_path / "elsewhere") is None
    assert sides(None, None, checkout)[0] is None


def test_a_shallow_clone_cannot_tell(checkout: Path, tmp_path: Path) -> None:
    commit(checkout, "more")
    deep, shallow = tmp_path / "deep", tmp_path / "shallow"
    for clone, depth in ((deep, []), (shallow, ["--depth", "1"])):
        git(checkout, "clone", "--quiet", *depth, checkout.as_uri(), str(clone))
    assert usual_base(deep) == git(checkout, "rev-parse", "HEAD~1")[:12]
    with pytest.raises(GuardError, match="this clone is shallow; fetch its history"):
        usual_base(shallow)


def test_a_broken_repository_cannot_tell(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(GuardError, match="git does not answer here; name a BASE"):
        usual_base(tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("git:no-such", "git:no-such: there is no such revision"),
        ("git:--help", "git:--help: there is no such revision"),
        ("git:HEAD~1", "git:HEAD~1: has no snapshots in tests/templates/__snapshots__"),
    ],
)
def test_a_revision_without_snapshots_is_wrong(checkout: Path, source: str, said: str) -> None:
    with pytest.raises(GuardError, match=said):
        side(source, checkout)


def test_a_checkout_without_snapshots_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(GuardError, match="there are no snapshots; make snapshots writes them"):
        sides(None, None, tmp_path)


# --- what AWS has


class Aws:
    """A session whose clients answer as AWS does; botocore checks questions and answers."""

    def __init__(self, *, account: str = ACCOUNT, status: str = "CREATE_COMPLETE") -> None:
        self.account = account
        self.status = status
        self.stacks: dict[str, Any] = {"iryo-dev": nesting("Data", digest="cd" * 32)}
        self.inner: Any = STORE
        self.refused = ""

    def __call__(self, region_name: str | None = None) -> "Aws":
        assert region_name == REGION
        return self

    def client(self, service: str) -> Any:
        import boto3
        from botocore.stub import Stubber

        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = boto3.session.Session(region_name=REGION, **keys).client(service)
        stub = Stubber(client)
        if service == "sts":
            stub.add_response("get_caller_identity", {"Account": self.account})
        else:
            self._stacks(stub)
        stub.activate()
        return client

    def _stacks(self, stub: Any) -> None:
        if self.refused:
            message = self.refused
            stub.add_client_error("describe_stacks", "ValidationError", message)
            return
        told = {"StackName": "iryo-dev", "StackStatus": self.status, "CreationTime": "2026-01-01"}
        stub.add_response("describe_stacks", {"Stacks": [told]}, {"StackName": "iryo-dev"})
        inner = {
            "LogicalResourceId": holder("Data"),
            "PhysicalResourceId": "arn:inner",
            "ResourceType": "AWS::CloudFormation::Stack",
            "LastUpdatedTimestamp": "2026-01-01",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        bodies = [("iryo-dev", self.stacks["iryo-dev"], [inner]), ("arn:inner", self.inner, [])]
        for stack, body, held in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            asked = {"StackName": stack, "TemplateStage": "Original"}
            stub.add_response("get_template", {"TemplateBody": text}, asked)
            summaries = {"StackResourceSummaries": held}
            stub.add_response("list_stack_resources", summaries, {"StackName": stack})


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    monkeypatch.setattr("boto3.Session", made)
    return made


def test_what_is_deployed_is_a_base_nested_stacks_included(aws: Aws, tmp_path: Path) -> None:
    base, new = sides("deployed", str(cdk_out(tmp_path / "o", room=EMPTY)))
    assert base is not None
    assert [one.of for one in answer(base, new).refused] == ["Data/Store"]
    base, new = sides("deployed", str(cdk_out(tmp_path / "p")))
    assert base is not None
    assert answer(base, new).passes


@pytest.mark.parametrize(
    "change",
    [{"refused": "Stack with id iryo-dev does not exist"}, {"status": "REVIEW_IN_PROGRESS"}],
)
def test_what_is_not_deployed_yet_has_nothing_to_lose(
    aws: Aws, tmp_path: Path, change: dict[str, str]
) -> None:
    vars(aws).update(change)
    base, new = sides("deployed", str(cdk_out(tmp_path / "o")))
    assert base is not None
    found = answer(base, new)
    assert (found.passes, found.stateful) == (True, 0)
    assert "deployed has nothing to lose of it" in found.notes[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"refused": "not authorized"}, "AWS cannot be asked .*not authorized"),
        (
            {"account": "999988887777"},
            "those of account 999988887777, and iryo-dev belongs to 1111",
        ),
        ({"status": "UPDATE_IN_PROGRESS"}, "iryo-dev is changing .*try again"),
        ({"inner": "Resources: {}"}, "the template of iryo-dev/Data is not JSON"),
    ],
)
def test_what_aws_does_not_tell_is_wrong(
    aws: Aws, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    vars(aws).update(change)
    with pytest.raises(GuardError, match=f"deployed: .*{said}"):
        sides("deployed", str(cdk_out(tmp_path / "o")))


def test_deployed_needs_a_cdk_out(tmp_path: Path) -> None:
    with pytest.raises(GuardError, match=r"NEW must be a cdk\.out folder"):
        sides("deployed", None, tmp_path)


def test_an_environment_without_an_account_is_not_checked_for_one(tmp_path: Path) -> None:
    folder = cdk_out(tmp_path / "o", account="unknown-account")
    assert targets(folder) == [Target("iryo-dev", "", REGION)]
