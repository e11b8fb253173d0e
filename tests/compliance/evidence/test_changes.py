"""What changed: each kind of regression, and what is none."""

from pathlib import Path
from typing import Any

import pytest

from compliance.evidence.changes import Change, between, regressions
from tests.compliance.evidence import world

Rooms = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return world.data(world.write(tmp_path_factory.mktemp("base")))


def changed(base: dict[str, Any], folder: Path, rooms: Rooms, **given: Any) -> list[Change]:
    return between(base, world.data(world.write(folder, rooms, **given)))


def kinds(changes: list[Change]) -> set[tuple[str, str, str]]:
    return {(change.kind, change.what, change.id) for change in changes}


def unencrypted() -> Rooms:
    rooms = world.bodies()
    del rooms["Room"]["Queue"]["Properties"]["KmsMasterKeyId"]
    return rooms


def granting(*actions: str, **given: Any) -> Rooms:
    rooms = world.bodies()
    rooms["Room"]["Policy"]["Properties"]["PolicyDocument"] = world.policy(*actions, **given)
    return rooms


def test_the_same_again_is_no_change(base: dict[str, Any], tmp_path: Path) -> None:
    assert changed(base, tmp_path, world.bodies()) == []


def test_newly_failing(base: dict[str, Any], tmp_path: Path) -> None:
    found = changed(base, tmp_path, unencrypted())
    assert kinds(found) == {
        ("newly-failing", "rule", world.ENCRYPTION),
        ("newly-failing", "clause", "ACT-2026-1(a)"),
    }
    assert regressions(found) == found


def test_newly_waived(base: dict[str, Any], tmp_path: Path) -> None:
    waivers = {"iryo/Room/Queue": world.waiver()}
    found = changed(base, tmp_path, unencrypted(), waivers=waivers)
    assert kinds(found) == {
        ("newly-waived", "rule", world.ENCRYPTION),
        ("newly-waived", "clause", "ACT-2026-1(a)"),
    }
    assert regressions(found) == found


def test_a_mended_finding_is_no_regression(base: dict[str, Any], tmp_path: Path) -> None:
    worse = world.data(world.write(tmp_path, unencrypted()))
    found = between(worse, base)
    assert ("fixed", "rule", world.ENCRYPTION) in kinds(found)
    assert regressions(found) == []


def test_a_waiver_that_is_needed_no_more(base: dict[str, Any], tmp_path: Path) -> None:
    waivers = {"iryo/Room/Queue": world.waiver()}
    excused = world.data(world.write(tmp_path, unencrypted(), waivers=waivers))
    found = between(excused, base)
    assert ("waiver-ended", "rule", world.ENCRYPTION) in kinds(found)
    assert regressions(found) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"controls": world.CONTROLS[:1], "clauses": world.CLAUSES[::2]}, ("control", "rotation")),
        ({"clauses": world.CLAUSES[:2]}, ("clause", "ACT-2026-2①")),
        (
            {"controls": (world.without(world.CONTROLS[0], detect=()), world.CONTROLS[1])},
            ("control", "messages"),
        ),
        (
            {
                "clauses": (
                    world.clause("ACT-2026-1(a)", "Messages at rest", disposition="manual"),
                    *world.CLAUSES[1:],
                )
            },
            ("clause", "ACT-2026-1(a)"),
        ),
    ],
    ids=["control", "clause", "what detects", "only a duty now"],
)
def test_control_dropped(
    given: dict[str, Any], expected: tuple[str, str], base: dict[str, Any], tmp_path: Path
) -> None:
    found = changed(base, tmp_path, world.bodies(), **given)
    assert ("control-dropped", *expected) in kinds(found)
    assert {change.kind for change in found} == {"control-dropped"}


def test_a_rule_that_no_longer_looks(base: dict[str, Any]) -> None:
    now = {
        **base,
        "rows": [row for row in base["rows"] if base["rules"][row[0]][0] != world.ROTATION],
    }
    assert ("control-dropped", "rule", world.ROTATION) in kinds(between(base, now))


@pytest.mark.parametrize(
    "rooms",
    [
        granting("s3:GetObject", "s3:PutObject"),
        granting("s3:GetObject", resource="arn:aws:s3:::records-of-others/*"),
        granting("s3:Get*"),
    ],
    ids=["action", "resource", "wildcard"],
)
def test_iam_widened(rooms: Rooms, base: dict[str, Any], tmp_path: Path) -> None:
    found = changed(base, tmp_path, rooms)
    assert ("iam-widened", "grant", world.ROLE) in kinds(found)


def test_a_new_policy_on_an_old_role_widens_it(base: dict[str, Any], tmp_path: Path) -> None:
    rooms = world.bodies()
    rooms["Room"]["More"] = world.named(
        "IAM::Policy",
        PolicyName="more",
        PolicyDocument=world.policy("sqs:SendMessage", resource="arn:aws:sqs:::q"),
        Roles=[{"Ref": "Role"}],
    )
    [widened] = [one for one in changed(base, tmp_path, rooms) if one.kind == "iam-widened"]
    assert (widened.id, widened.after) == (world.ROLE, "sqs:SendMessage on arn:aws:sqs:::q")


def test_a_lost_condition_or_denial_widens(tmp_path: Path) -> None:
    rooms = world.bodies()
    document = rooms["Room"]["Policy"]["Properties"]["PolicyDocument"]
    document["Statement"][0]["Condition"] = {"Bool": {"aws:SecureTransport": "true"}}
    document["Statement"].append({"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"})
    before = world.data(world.write(tmp_path / "before", rooms))
    after = world.data(world.write(tmp_path / "after"))
    said = {change.after for change in between(before, after) if change.kind == "iam-widened"}
    assert said == {
        "s3:GetObject on arn:aws:s3:::records/*",
        "no longer denied: s3:DeleteObject on *",
    }


@pytest.mark.parametrize("action", ["s3:GetObjectTagging", "s3:GetObject"])
def test_narrowing_widens_nothing(action: str, tmp_path: Path) -> None:
    before = world.data(world.write(tmp_path / "before", granting("s3:GetObject*")))
    after = world.data(world.write(tmp_path / "after", granting(action)))
    assert not [one for one in between(before, after) if one.kind == "iam-widened"]


def test_a_new_role_widens_nobody(base: dict[str, Any], tmp_path: Path) -> None:
    rooms = world.bodies()
    rooms["Room"]["Newcomer"] = {
        **rooms["Room"]["Role"],
        "Properties": {
            **rooms["Room"]["Role"]["Properties"],
            "Policies": [{"PolicyName": "p", "PolicyDocument": world.policy("s3:PutObject")}],
        },
    }
    assert not [one for one in changed(base, tmp_path, rooms) if one.kind == "iam-widened"]
