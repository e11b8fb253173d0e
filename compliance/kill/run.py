"""Breaking every rule on the platform, one mutant after the other."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from compliance.kill import mutant, tree
from compliance.kill.files import Copy
from compliance.kill.ground import Ground
from compliance.kill.mutants import BREAKS, gate, nag, waivers
from compliance.kill.score import Score
from compliance.own import NAME
from compliance.rule import Rule
from compliance.rules import RULES
from compliance.settings import Settings
from compliance.verdicts import Verdict

if TYPE_CHECKING:
    from aws_cdk import App

PRODUCTION = "production"
Tell = Callable[[int, int], None]
"""Told how many mutants are done, and of how many."""


def run(
    app: "App",
    settings: Settings,
    folder: Path,
    *,
    tell: Tell = lambda *_: None,
    rules: Sequence[Rule] = RULES,
    breaks: Iterable[mutant.Break] = BREAKS,
) -> Score:
    """Break a synthesised app on purpose and return the score.

    `folder` is its assembly, which stays as it is.

    Raises MutantError when a mutant changes nothing or cannot be applied, or when the platform is
    red before anything is broken.
    """
    with TemporaryDirectory() as place:
        ground = Ground(app, settings, folder, Copy(folder, Path(place)), rules)
        in_production = settings.stage == PRODUCTION
        wanted = [one for one in breaks if in_production or not one.production]
        with _out_of_the_collectors_way():
            score = _tried(ground, wanted, Score(environment=settings.name), tell)
    met = {row.rule for row in ground.before.rows}
    score.absent = [rule.id for rule in rules if rule.id not in {*met, *score.by_rule}]
    unwanted = {one.rule for one in breaks} - {one.rule for one in wanted}
    score.unbroken = [rule for rule in in_order(ground) - unwanted if rule not in score.by_rule]
    return score


@contextmanager
def _out_of_the_collectors_way() -> Iterator[None]:
    """Keep what is there out of garbage collection, which took a fifth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _tried(ground: Ground, breaks: Iterable[mutant.Break], score: Score, tell: Tell) -> Score:
    of_files = list(on_disk(ground, breaks))
    in_tree = list(tree.placed(nag.BREAKS, ground.case, ground.nag))
    total = len(of_files) + len(in_tree)
    for done, one in enumerate(of_files, start=1):
        for rule, killed in ground.killed(one):
            score.count(rule, f"{one.name}, {one.path}", killed=killed)
        tell(done, total)
    done = len(of_files)
    for batch in tree.batches(in_tree):
        for changed, rule, killed in tree.killed(batch, ground.case):
            score.count(rule, str(changed), killed=killed)
        done += len(batch)
        tell(done, total)
    return score


def on_disk(ground: Ground, breaks: Iterable[mutant.Break]) -> Iterator[mutant.Mutant]:
    """Yield the mutants of the templates and of the files beside them."""
    rows = ground.before.rows
    of_rules = (mutant.placed(one, ground.resources, rows) for one in breaks)
    return chain(*of_rules, gate.mutants(ground.assembly), waivers.mutants(ground.assembly, rows))


def in_order(ground: Ground) -> set[str]:
    """Return the rules that find something of the platform in order: each must be broken."""
    engines = {NAME, *(row.engine for row in ground.nag)}
    return {
        row.rule
        for row in ground.before.rows
        if row.verdict is Verdict.PASS and row.engine in engines
    }
