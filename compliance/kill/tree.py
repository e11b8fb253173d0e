"""How the rules of cdk-nag are broken: they read the construct tree, not the templates.

The properties of constructs are changed in the synthesised tree, the packs are asked, and the tree
is put right again. Mutants of one batch never touch the same resource.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.engine import Case
from compliance.kill.changes import MutantError
from compliance.packs import NagPacks
from compliance.resources import Resource
from compliance.verdicts import RED, Row, Verdict

if TYPE_CHECKING:
    from constructs import IConstruct


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeBreak:
    """How a rule of the packs is broken: values for attributes of a resource of a type.

    `via` names the type whose resource is changed instead of the judged one, in the same room.
    `where` picks resources.
    """

    rule: str
    type: str
    values: Mapping[str, Any]
    via: str = ""
    where: Callable[[Resource], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeMutant:
    """One change to a construct, and the rules of the packs that must find fault."""

    rules: tuple[str, ...]
    path: str
    changed: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        words = ", ".join(f"{attribute}: {value}" for attribute, value in self.values.items())
        return f"{self.changed} with {words}"


def placed(breaks: Iterable[TreeBreak], case: Case, rows: Iterable[Row]) -> Iterator[TreeMutant]:
    """Yield a mutant for each room that has a resource which the packs find in order."""
    passed: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        if row.verdict is Verdict.PASS:
            suffix = row.rule.removeprefix(f"{row.engine}-")
            passed.setdefault((suffix, row.template, row.path), []).append(row.rule)
    for one in breaks:
        rooms: set[str] = set()
        for resource in case.resources.of_type(one.type):
            file = resource.template.file
            rules = passed.get((one.rule, file, resource.path))
            others = case.resources.of_type(one.via) if one.via else [resource]
            changed = next((other for other in others if other.template.file == file), None)
            if file not in rooms and rules and changed and one.where(resource):
                rooms.add(file)
                yield TreeMutant(
                    rules=tuple(rules),
                    path=resource.path,
                    changed=changed.path,
                    values=one.values,
                )


def batches(mutants: Iterable[TreeMutant]) -> list[list[TreeMutant]]:
    """Return the mutants in groups whose members touch and judge different resources."""
    made: list[tuple[set[str], list[TreeMutant]]] = []
    for mutant in mutants:
        touched = {mutant.path, mutant.changed}
        for taken, batch in made:
            if not taken & touched:
                taken.update(touched)
                batch.append(mutant)
                break
        else:
            made.append((touched, [mutant]))
    return [batch for _, batch in made]


def killed(batch: Iterable[TreeMutant], case: Case) -> Iterator[tuple[TreeMutant, str, bool]]:
    """Yield each mutant with each rule that should notice, and whether it did.

    Raises MutantError when a mutant changes nothing or cannot be applied.
    """
    mutants = list(batch)
    before = [_set(mutant, case, mutant.values) for mutant in mutants]
    try:
        rows = list(NagPacks().judge(case))
    finally:
        for mutant, values in zip(mutants, before, strict=True):
            _set(mutant, case, values)
    red = {(row.rule, row.path) for row in rows if row.verdict in RED}
    for mutant in mutants:
        for rule in mutant.rules:
            yield mutant, rule, (rule, mutant.path) in red


def _set(mutant: TreeMutant, case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set attributes of a mutant's construct and return what they were."""
    construct = _at(mutant.changed, case)
    try:
        before = {attribute: getattr(construct, attribute) for attribute in values}
        for attribute, value in values.items():
            setattr(construct, attribute, value)
    except (AttributeError, TypeError, RuntimeError) as error:
        raise MutantError(f"mutant {mutant}: cannot be applied ({error})") from error
    if before == values:
        raise MutantError(f"mutant {mutant}: changes nothing")
    return before


def _at(path: str, case: Case) -> "IConstruct":
    construct: IConstruct = case.app
    for step in path.split("/"):
        construct = construct.node.find_child(step)
    return construct
