"""Kill tests: a rule that sees is told from one that is blind, and nothing is a kill by chance."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from typer import Typer
from typer.testing import CliRunner

from compliance import kill_commands, second
from compliance.kill import ground as grounds
from compliance.kill import mutant, run, tree
from compliance.kill.changes import MutantError, granting, having, without
from compliance.kill.files import Copy, Files
from compliance.kill.mutants import BREAKS, gate, nag
from compliance.kill.score import Score
from compliance.rules import RULES, messaging_encryption
from compliance.verdicts import Verdict
from tests.compliance.small_app import SETTINGS, build, excuse

QUEUE = "small/Room/Inner/Queue/Resource"
ENCRYPTION = "IRYO-MESSAGING-ENCRYPTION"
BREAK = mutant.Break(
    rule=ENCRYPTION, name="no key", type="AWS::SQS::Queue", change=without("KmsMasterKeyId")
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[cdk.App, Path]:
    folder = tmp_path_factory.mktemp("small")
    app = build(folder)
    app.synth()
    return app, folder


@pytest.fixture
def tried(small: tuple[cdk.App, Path]) -> Callable[..., Score]:
    """Only the given mutants, without those of the gate and of cdk-nag."""

    def score(*breaks: mutant.Break, **given: Any) -> Score:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate, "mutants", lambda _: iter(()))
            patch.setattr(nag, "BREAKS", ())
            return run.run(small[0], SETTINGS, small[1], breaks=breaks, **given)

    return score


def test_a_rule_that_sees_kills(tried: Callable[..., Score]) -> None:
    score = tried(BREAK)
    assert score.to_json()["by_rule"] == {
        ENCRYPTION: {"total": 1, "killed": 1},
        f"{ENCRYPTION} (Guard)": {"total": 1, "killed": 1},
    }
    assert score.survivors == []


def test_a_blind_rule_lets_its_mutant_live(tried: Callable[..., Score]) -> None:
    blind = replace(messaging_encryption.RULE, check=lambda *_: [])
    rules = tuple(blind if rule.id == blind.id else rule for rule in RULES)
    score = tried(BREAK, rules=rules)
    assert score.survivors == [f"{ENCRYPTION}: no key, {QUEUE}"]
    assert (score.total, score.killed, score.perfect) == (2, 1, False)


def test_a_blind_guard_rule_lets_its_mutant_live(
    tried: Callable[..., Score], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "sources", lambda *_: [])
    assert tried(BREAK).survivors == [f"{ENCRYPTION} (Guard): no key, {QUEUE}"]


def test_another_red_is_no_kill(tried: Callable[..., Score]) -> None:
    """The queue loses its tags, not its key: another rule is red, at the same resource."""
    score = tried(replace(BREAK, change=having([], "Tags")))
    assert score.killed == 0


def test_another_finding_than_the_one_expected_is_no_kill(tried: Callable[..., Score]) -> None:
    assert tried(replace(BREAK, verdict=Verdict.INDETERMINATE, guard=False)).killed == 0


def test_a_mutant_that_changes_nothing_is_an_error(tried: Callable[..., Score]) -> None:
    with pytest.raises(MutantError, match=r"'no key' of IRYO-MESSAGING.*: changes nothing"):
        tried(replace(BREAK, change=lambda _: None))


def test_a_mutant_that_cannot_be_applied_is_an_error(tried: Callable[..., Score]) -> None:
    with pytest.raises(MutantError, match=r"cannot be applied \(KeyError: 'Nothing'\)"):
        tried(replace(BREAK, change=without("Nothing")))


def test_a_rule_that_was_never_broken_is_told(tried: Callable[..., Score]) -> None:
    score = tried(BREAK)
    assert {"IRYO-KMS-ROTATION", "NIST.800.53.R5-KMSBackingKeyRotationEnabled"} <= set(
        score.unbroken
    )
    assert ENCRYPTION not in score.unbroken
    assert not score.perfect
    assert "IRYO-CLOUDTRAIL-TRAIL" in score.absent


def test_a_rule_for_production_is_not_broken_elsewhere(
    tried: Callable[..., Score], monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = [one for one in BREAKS if one.rule == "IRYO-KMS-DELETION"]
    assert "IRYO-KMS-DELETION" in tried(*deletion).by_rule
    monkeypatch.setattr(run, "PRODUCTION", "another stage")
    score = tried(*deletion)
    assert score.total == 0 and "IRYO-KMS-DELETION" not in score.unbroken


def test_a_platform_that_is_red_cannot_be_tried(tmp_path: Path) -> None:
    app = build(tmp_path, encrypted=False)
    with pytest.raises(RuntimeError):
        app.synth()
    with pytest.raises(MutantError, match=r"Queue/Resource: IRYO-MESSAGING-ENCRYPTION is found"):
        run.run(app, SETTINGS, tmp_path)


def test_limits_circles_files_and_waivers(tmp_path: Path) -> None:
    app = build(tmp_path, encrypted=False, waivers=(excuse(),))
    app.synth()
    told: list[tuple[int, int]] = []
    score = run.run(app, SETTINGS, tmp_path, breaks=(), tell=lambda *done: told.append(done))
    assert score.survivors == []
    assert {
        *("IRYO-TEMPLATE-QUOTAS", "IRYO-TEMPLATE-CYCLES", "CFN-F3002"),
        *("IRYO-GATE-UNJUDGED", "IRYO-GATE-ENGINE", ENCRYPTION),
        *("IRYO-WAIVER-EXPIRED", "IRYO-WAIVER-UNUSED", "IRYO-WAIVER-UNTYPED"),
        "NIST.800.53.R5-KMSBackingKeyRotationEnabled",
    } <= set(score.by_rule)
    assert told == sorted(told) and told[-1][0] == told[-1][1] > len(told) / 2


def test_the_tree_is_put_right_again(small: tuple[cdk.App, Path], tmp_path: Path) -> None:
    ground = grounds.Ground(*_of(small), Copy(small[1], tmp_path), RULES)
    mutants = list(tree.placed(nag.BREAKS, ground.case, ground.nag))
    assert mutants
    for batch in tree.batches(mutants):
        assert all(killed for _, _, killed in tree.killed(batch, ground.case))
    assert tuple(grounds.NagPacks().judge(ground.case)) == ground.nag


def test_a_change_of_the_tree_that_changes_nothing_is_an_error(
    small: tuple[cdk.App, Path], tmp_path: Path
) -> None:
    ground = grounds.Ground(*_of(small), Copy(small[1], tmp_path), RULES)
    same = {"enable_key_rotation": True}
    rotation = next(one for one in nag.BREAKS if one.rule == "KMSBackingKeyRotationEnabled")
    mutants = list(tree.placed([replace(rotation, values=same)], ground.case, ground.nag))
    assert [one.path for one in mutants] == ["small/Room/Key/Resource"]
    with pytest.raises(MutantError, match=r"small/Room/Key/Resource with .*: changes nothing"):
        list(tree.killed(mutants, ground.case))


def test_mutants_of_a_batch_touch_different_resources() -> None:
    one, two = (
        tree.TreeMutant(rules=("R",), path=path, changed=changed, values={})
        for path, changed in (("A", "B"), ("B", "B"))
    )
    other = replace(one, path="C", changed="C")
    assert tree.batches([one, two, other]) == [[one, other], [two]]


def test_the_copy_is_put_right_again(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir(), here.mkdir()
    (there / "a.json").write_text('{"a": 1}')
    (there / "asset.zip").write_text("")
    copy = Copy(there, here)
    files = copy.files()
    files["a.json"]["a"] = 2
    files["b.json"] = {}
    with copy.holding(files):
        assert json.loads((here / "a.json").read_text()) == {"a": 2}
        assert (here / "b.json").exists()
    assert [file.name for file in here.iterdir()] == ["a.json"]
    assert (here / "a.json").read_bytes() == (there / "a.json").read_bytes()


def test_files_that_were_only_read_are_not_changed() -> None:
    files = Files({"a.json": b'{"a": 1}'})
    assert files["a.json"] == {"a": 1}
    assert files.changed == {}


def test_changes() -> None:
    properties: dict[str, Any] = {"A": {"B": 1}, "L": [{"C": 2}], "P": {"Statement": []}}
    without("A", "B")(properties)
    having(3, "L", 0, "D")(properties)
    having(4, "New", "E")(properties)
    granting("P", Action="*")(properties)
    assert properties == {
        "A": {},
        "L": [{"C": 2, "D": 3}],
        "New": {"E": 4},
        "P": {"Statement": [{"Effect": "Allow", "Action": "*"}]},
    }


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> grounds.Ground:
    from app import build_app
    from infra.config import load, path_of

    folder, copy = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("copy")
    config = load(path_of("production"))
    app = build_app(config, folder, validate=False)
    app.synth()
    return grounds.Ground(app, config, folder, Copy(folder, copy), RULES)


@pytest.fixture(scope="module")
def mutants(platform: grounds.Ground) -> list[mutant.Mutant]:
    return list(run.on_disk(platform, BREAKS))


def test_every_rule_that_meets_the_platform_is_broken(
    platform: grounds.Ground, mutants: list[mutant.Mutant]
) -> None:
    broken = {one.rule for one in mutants}
    in_tree = tree.placed(nag.BREAKS, platform.case, platform.nag)
    broken |= {rule for one in in_tree for rule in one.rules}
    assert run.in_order(platform) - broken == set()
    assert len(mutants) >= 80


def test_every_room_of_the_platform_is_broken(
    platform: grounds.Ground, mutants: list[mutant.Mutant]
) -> None:
    rooms = {one.path for one in platform.assembly.templates if one.parent}
    assert len(rooms) >= 4
    ours = [one for one in mutants if one.rule.startswith("IRYO-")]
    assert all(any(one.path.startswith(f"{room}/") for one in ours) for room in rooms)


def test_a_sample_of_what_make_kill_tries(
    platform: grounds.Ground, mutants: list[mutant.Mutant]
) -> None:
    for one in mutants[::15]:
        assert all(killed for _, killed in platform.killed(one)), one


def test_the_command_tells_and_exits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(score: Score) -> tuple[int, list[str]]:
        monkeypatch.setattr(run, "run", lambda *_, **__: score)
        app = Typer()
        app.command()(kill_commands.kill)
        file = tmp_path / "build" / "score.json"
        result = CliRunner().invoke(app, ["--score", str(file), "-e", "dev"])
        assert json.loads(file.read_text()) == score.to_json()
        return result.exit_code, result.output.splitlines()

    class Module:
        """An app that is quick to make."""

        path_of = staticmethod(str)
        load = staticmethod(lambda _: SETTINGS)
        build_app = staticmethod(lambda _, folder, **__: cdk.App(outdir=str(folder)))

    monkeypatch.setattr(kill_commands, "import_module", lambda _: Module)
    score = Score(environment="dev")
    score.count("IRYO-A", "broken, here", killed=True)
    code, said = given(score)
    assert code == 0
    assert said[0].startswith("kill: 1 of 1 mutants killed, 1 rules, dev, ")
    score.count("IRYO-A", "broken, there", killed=False)
    score.unbroken = ["IRYO-B"]
    code, said = given(score)
    assert code == 1
    assert said[:2] == ["survived: IRYO-A: broken, there", "never broken: IRYO-B"]
    assert given(Score(environment="dev"))[0] == 1, "nothing tried is nothing proven"


def _of(small: tuple[cdk.App, Path]) -> Iterator[Any]:
    app, folder = small
    return iter((app, SETTINGS, folder))
