"""What a mutant is, and how one description of a break becomes mutants in every room."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compliance.engine import Engine
from compliance.kill.changes import Change
from compliance.kill.files import Files
from compliance.resources import Resource, Resources
from compliance.second.opinions import OPINIONS
from compliance.verdicts import Row, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to an assembly on disk, and the finding that must come of it.

    `apply` changes the parsed files of the assembly. The rule must find fault at the construct
    path; with `guard`, the second engine must find fault too. `about` is the rule of ours whose
    findings it is about (a waiver's), which is asked too. `engines` judge beside those of the gate.
    """

    name: str
    rule: str
    path: str
    apply: Callable[[Files], None]
    guard: bool = False
    about: str = ""
    verdict: Verdict = Verdict.FAIL
    engines: tuple[Engine, ...] = ()


@dataclass(frozen=True, slots=True)
class Via:
    """Where the change is made when it is not the judged resource that is changed.

    A resource of the type whose property `key` is, or lists, the judged one (its policy); without
    a key, the first of the type that `where` picks, in the same template if there is one.
    """

    type: str
    key: str = ""
    where: Callable[[Resource], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """How a rule of ours is broken on a resource of a type.

    With `via` another resource is changed than the one that is judged. `retype` gives the changed
    resource another type. `guard` is false where the second engine cannot see it. `silent` is true
    where the rule says nothing of the resource until it is changed: the change adds what the rule
    is about. `where` picks resources. `production` is true where the rule asks for more in
    production only.
    """

    rule: str
    name: str
    type: str
    change: Change
    via: Via | None = None
    retype: str = ""
    guard: bool = True
    silent: bool = False
    where: Callable[[Resource], bool] = lambda _: True
    verdict: Verdict = Verdict.FAIL
    production: bool = False


def placed(one: Break, resources: Resources, rows: Iterable[Row]) -> Iterator[Mutant]:
    """Yield a mutant for each room that has a resource which the rule finds in order."""
    said = {(row.template, row.logical_id): row.verdict for row in rows if row.rule == one.rule}
    wanted = None if one.silent else Verdict.PASS
    rooms: set[str] = set()
    for judged in resources.of_type(one.type):
        file = judged.template.file
        in_order = said.get((file, judged.logical_id)) is wanted
        if file in rooms or not in_order or not one.where(judged):
            continue
        if changed := _changed(one.via, judged, resources):
            rooms.add(file)
            yield _mutant(one, judged, changed)


def _changed(via: Via | None, judged: Resource, resources: Resources) -> Resource | None:
    if via is None:
        return judged
    if via.key:
        return next(iter(resources.referring(via.type, via.key, judged)), None)
    found = [one for one in resources.of_type(via.type) if via.where(one)]
    near = [one for one in found if one.template is judged.template]
    return next(iter(near or found), None)


def _mutant(one: Break, judged: Resource, changed: Resource) -> Mutant:
    file, logical_id = changed.template.file, changed.logical_id

    def apply(files: Files) -> None:
        body = files[file]["Resources"][logical_id]
        one.change(body.setdefault("Properties", {}))
        body["Type"] = one.retype or body["Type"]

    return Mutant(
        name=one.name,
        rule=one.rule,
        path=judged.path,
        apply=apply,
        guard=one.guard and _has_opinion(one.rule, judged.type),
        verdict=one.verdict,
    )


def _has_opinion(rule: str, type_: str) -> bool:
    return any(opinion.rule == rule and type_ in opinion.types for opinion in OPINIONS)
