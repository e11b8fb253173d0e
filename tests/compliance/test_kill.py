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

from compliance import kill_commands, register, second
from compliance.kill import ground as grounds
from compliance.kill import mutant, run, tree
from compliance.kill.changes import MutantError, having, rewriting, without
from compliance.kill.files import Copy
from compliance.kill.mutants import BREAKS, gate, nag
from compliance.kill.score import Score
from compliance.rules import RULES, messaging_encryption
from compliance.verdicts import Verdict
from tests.compliance.small_app import SETTINGS, build, excuse
from tests.conftest import Synthesis

PACKS = ("HIPAA.Security", "NIST.800.53.R5")
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


def test_a_rule_that_stops_is_no_kill(tried: Callable[..., Score]) -> None:
    """The queue is red, for its rule cannot read what it met."""

    def stop(*_: Any) -> list[Any]:
        raise TypeError("on purpose")

    key = messaging_encryption.RULE
    stopping = replace(key, check=lambda one, _: [] if one.get("KmsMasterKeyId") else stop())
    rules = tuple(stopping if rule.id == key.id else rule for rule in RULES)
    assert tried(replace(BREAK, guard=False), rules=rules).killed == 0


def test_a_rule_may_say_nothing_until_a_mutant_adds_what_it_is_about(
    tried: Callable[..., Score],
) -> None:
    another = replace(BREAK, type="AWS::KMS::Key", change=lambda _: None, retype="AWS::SQS::Queue")
    assert tried(another).total == 0
    assert tried(replace(another, silent=True, guard=False)).to_json()["by_rule"] == {
        ENCRYPTION: {"total": 1, "killed": 1}
    }
    assert tried(replace(BREAK, silent=True)).total == 0


def test_another_finding_than_the_one_expected_is_no_kill(tried: Callable[..., Score]) -> None:
    assert tried(replace(BREAK, verdict=Verdict.INDETERMINATE, guard=False)).killed == 0


def test_a_mutant_that_changes_nothing_is_an_error(tried: Callable[..., Score]) -> None:
    with pytest.raises(MutantError, match=r"'no key' of IRYO-MESSAGING.*: changes nothing"):
        tried(replace(BREAK, change=lambda _: None))


def test_a_mutant_that_cannot_be_applied_is_an_error(tried: Callable[..., Score]) -> None:
    with pytest.raises(MutantError, match=r"cannot be applied \(KeyError: 'Nothing'\)"):
        tried(replace(BREAK, change=without("Nothing")))
    with pytest.raises(
        MutantError, match=r"'no key' of IRYO-MESSAGING.*: KmsMasterKeyId has no x="
    ):
        tried(replace(BREAK, change=rewriting("x=", "y=", "KmsMasterKeyId")))


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


def test_a_rule_that_only_a_mutant_calls_is_not_absent(tried: Callable[..., Score]) -> None:
    role = replace(
        BREAK,
        rule="IRYO-IAM-USERS",
        type="AWS::KMS::Key",
        change=lambda _: None,
        retype="AWS::IAM::User",
        silent=True,
    )
    assert "IRYO-IAM-USERS" in tried(BREAK).absent
    score = tried(role)
    assert "IRYO-IAM-USERS" not in score.absent
    assert score.killed == 1


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


@pytest.fixture(scope="module")
def platform(
    synthesis: Callable[[str], Synthesis], tmp_path_factory: pytest.TempPathFactory
) -> grounds.Ground:
    """Production without its tree: what is broken here is on disk."""
    from infra.config import load, path_of

    made = synthesis("production")
    copy = Copy(made.outdir, tmp_path_factory.mktemp("copy"))
    # The ground excuses anew what was excused.
    nag = [
        replace(row, verdict=Verdict.FAIL, waiver=None) if row.waiver else row
        for row in made.judgement.rows
        if row.engine in PACKS
    ]
    no_tree: Any = None
    return grounds.Ground(no_tree, load(path_of("production")), made.outdir, copy, RULES, nag=nag)


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
    for one in mutants[::25]:
        assert all(killed for _, killed in platform.killed(one)), one


def test_a_waiver_that_is_no_excuse_is_told_of_the_platform(
    platform: grounds.Ground, mutants: list[mutant.Mutant]
) -> None:
    """In every stack that has its own metadata, and of findings of ours as of cdk-nag's."""
    of_waivers = [one for one in mutants if one.rule.startswith("IRYO-WAIVER")]
    about = [one.about for one in of_waivers if one.rule == register.BROAD]
    assert any(rule.startswith("IRYO-") for rule in about)
    assert any(not rule.startswith("IRYO-") for rule in about)
    for one in of_waivers:
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
