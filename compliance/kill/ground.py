"""Where mutants are tried: the engines of the gate over a copy of the platform's assembly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance import second
from compliance.cycles import Cycles
from compliance.engine import Case, Engine
from compliance.judging import judge
from compliance.kill.changes import MutantError
from compliance.kill.files import Copy
from compliance.kill.mutant import Mutant
from compliance.own import NAME, STOPPED, OwnRules, verdicts
from compliance.packs import NagPacks
from compliance.quotas import Quotas
from compliance.resources import Resources
from compliance.rule import Context, Rule
from compliance.settings import Settings
from compliance.templates import Assembly
from compliance.validator import CloudFormationValidate
from compliance.verdicts import RED, Judgement, Row, Second, Verdict

if TYPE_CHECKING:
    from aws_cdk import App

LIMITS: tuple[Engine, ...] = (Quotas(), Cycles())
VALIDATOR = "CFN-"


@dataclass(frozen=True, slots=True)
class Remembered:
    """cdk-nag's verdicts: it judges the tree, which a mutant on disk does not change."""

    rows: tuple[Row, ...]
    name: str = "cdk-nag, of the unchanged tree"

    def judge(self, _: Case) -> tuple[Row, ...]:
        """Return them."""
        return self.rows


@dataclass(frozen=True, slots=True)
class OneRule:
    """A rule of ours by itself, without the record of what it looked at.

    The record costs more than the rule: every property of every resource is resolved for it.
    """

    rule: Rule
    name: str = NAME

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield its verdict on each resource of its types."""
        context = Context(resources=case.resources, settings=case.settings)
        for resource in case.resources.of_type(*self.rule.types):
            yield from verdicts(self.rule, resource, context)


class Ground:
    """The platform as it should be, and the means to judge it changed.

    The whole gate is asked once, before anything is broken. Of a mutant only the engine is asked
    that must notice it, over the whole assembly. `nag` is what cdk-nag said of the tree, where
    somebody has asked it already; the tree itself is then not needed for mutants on disk.
    """

    def __init__(
        self,
        app: "App",
        settings: Settings,
        folder: Path,
        copy: Copy,
        rules: Sequence[Rule],
        *,
        nag: Sequence[Row] = (),
    ) -> None:
        self._app = app
        self._settings = settings
        self._copy = copy
        self._rules = {rule.id: rule for rule in rules}
        self.assembly = Assembly(folder)
        self.resources = Resources.of(self.assembly)
        self.case = Case(
            app=app, assembly=self.assembly, resources=self.resources, settings=settings
        )
        self.nag = tuple(nag) or tuple(NagPacks().judge(self.case))
        self._builtin = CloudFormationValidate()
        self._guards: dict[tuple[str, ...], Engine] = {}
        self.before = self._judge(
            OwnRules(tuple(rules)), *LIMITS, Remembered(self.nag), self._builtin
        )
        if self.before.red:
            first = self.before.red[0]
            raise MutantError(
                f"{first.path}: {first.id} is found before anything is broken; mend that first"
            )

    def _judge(self, *chosen: Engine) -> Judgement:
        """Judge the copy as it is on disk now."""
        return judge(self._app, self._settings, self._copy.folder, chosen)

    def _asked(self, mutant: Mutant) -> Iterator[Engine]:
        """Yield the engines that must notice a mutant."""
        if rule := self._rules.get(mutant.rule):
            yield OneRule(rule)
        elif mutant.rule.startswith(VALIDATOR):
            yield self._builtin
        else:
            yield from (*LIMITS, Remembered(self.nag))
        if about := self._rules.get(mutant.about):
            yield OneRule(about)
        if mutant.guard:
            yield self._guard(mutant.rule)
        yield from mutant.engines

    def _guard(self, rule: str) -> Engine:
        """Return the second engine with the rules that stand in one file with a rule."""
        sources = second.sources(rule)
        names = tuple(source.name for source in sources)
        if names not in self._guards:
            self._guards[names] = CloudFormationValidate(builtin=False, sources=sources)
        return self._guards[names]

    def killed(self, mutant: Mutant) -> Iterator[tuple[str, bool]]:
        """Yield the rule that should notice, and whether it did; then the same of Guard.

        Raises MutantError when the mutant changes nothing, or cannot be applied.
        """
        files = self._copy.files()
        try:
            mutant.apply(files)
        except MutantError as error:
            raise MutantError(f"{_named(mutant)}: {error}") from None
        except (KeyError, IndexError, TypeError) as error:
            raise MutantError(
                f"{_named(mutant)}: cannot be applied ({type(error).__name__}: {error})"
            ) from error
        if not files.changed and not mutant.engines:
            raise MutantError(f"{_named(mutant)}: changes nothing")
        with self._copy.holding(files):
            after = self._judge(*self._asked(mutant))
        found = [row for row in after.rows if (row.rule, row.path) == (mutant.rule, mutant.path)]
        yield mutant.rule, any(_own_found(row, mutant.verdict) for row in found)
        if mutant.guard:
            yield f"{mutant.rule} (Guard)", any(_guard_found(row) for row in found)


def _own_found(row: Row, wanted: Verdict) -> bool:
    """Say whether it was our rule that found fault, and not that it stopped at what it met."""
    stopped = row.message.startswith(STOPPED)
    return row.verdict is wanted and not stopped and not _second_only(row)


def _second_only(row: Row) -> bool:
    """Say whether only the second engine finds fault: our own rule was blind."""
    return row.verdict is Verdict.INDETERMINATE and row.second is Second.DISAGREES


def _guard_found(row: Row) -> bool:
    if row.verdict not in RED:
        return False
    return row.second is Second.AGREES or _second_only(row)


def _named(mutant: Mutant) -> str:
    return f"mutant {mutant.name!r} of {mutant.rule} on {mutant.path}"
