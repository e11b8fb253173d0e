"""What the gate itself must notice: limits, circles, left-over files, engines that stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from compliance import cycles, judging, quotas
from compliance.engine import CRASHED, Case
from compliance.kill.files import Files
from compliance.kill.mutant import Mutant
from compliance.templates import SUFFIX, Assembly, Template
from compliance.verdicts import Row

STRAY = f"left-over{SUFFIX}"
SECTIONS = {"resources": ("Resources", 501), "parameters": ("Parameters", 201)}
WAIT = "AWS::CloudFormation::WaitConditionHandle"


class Crashing:
    """An engine that stops."""

    name = "Crashing"

    def judge(self, _: Case) -> list[Row]:
        """Stop."""
        raise LookupError("on purpose")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Something that writes a template after it was read."""

    file: str
    name: str = "Rewriting"

    def judge(self, case: Case) -> list[Row]:
        """Add a byte to it."""
        path = case.assembly.folder / self.file
        path.write_bytes(path.read_bytes() + b"\n")
        return []


def mutants(assembly: Assembly) -> Iterator[Mutant]:
    """Yield the mutants of an assembly's templates and files."""
    nested = [template for template in assembly.templates if template.parent]
    for template in nested:
        yield from _of_template(template, assembly)
    for template in nested[:1]:
        yield from _of_files(template)


def _of_template(template: Template, assembly: Assembly) -> Iterator[Mutant]:
    for what, (section, number) in SECTIONS.items():
        yield Mutant(
            name=f"too many {what}",
            rule=quotas.RULE,
            path=template.path,
            apply=partial(_fill, file=template.file, section=section, number=number),
        )
    yield Mutant(
        name="two resources that need each other",
        rule=cycles.RULE,
        path=template.path,
        apply=partial(_fasten, file=template.file),
    )
    if template.parent:
        yield Mutant(
            name="a room that needs itself",
            rule=cycles.RULE,
            path=template.parent.path,
            apply=partial(_need_itself, file=template.parent.file, holder=template.holder),
        )
    logical_id = next(iter(template.section("Resources")))
    yield Mutant(
        name="a property that the type has not",
        rule="CFN-F3002",
        path=assembly.paths[template.file, logical_id],
        apply=partial(_add_nonsense, file=template.file, logical_id=logical_id),
    )


def _fill(files: Files, *, file: str, section: str, number: int) -> None:
    files[file].setdefault(section, {}).update(_many(section, number))


def _fasten(files: Files, *, file: str) -> None:
    files[file]["Resources"] |= {
        "Here": {"Type": WAIT, "DependsOn": "There"},
        "There": {"Type": WAIT, "DependsOn": "Here"},
    }


def _need_itself(files: Files, *, file: str, holder: str) -> None:
    properties = files[file]["Resources"][holder]["Properties"]
    properties.setdefault("Parameters", {})["Own"] = {"Fn::GetAtt": [holder, "Outputs.Own"]}


def _add_nonsense(files: Files, *, file: str, logical_id: str) -> None:
    files[file]["Resources"][logical_id].setdefault("Properties", {})["Nonsense"] = 1


def _many(section: str, number: int) -> dict[str, Any]:
    one = {"Type": WAIT} if section == "Resources" else {"Type": "String", "Default": ""}
    return {f"Many{index}": one for index in range(number)}


def _of_files(template: Template) -> Iterator[Mutant]:
    yield Mutant(
        name="a template that belongs to no stack",
        rule=judging.UNJUDGED,
        path=STRAY,
        apply=_leave_over,
    )
    yield Mutant(
        name="a template changed after it was read",
        rule=judging.UNJUDGED,
        path=template.file,
        apply=_leave_as_it_is,
        engines=(Rewriting(template.file),),
    )
    yield Mutant(
        name="an engine that stops",
        rule=CRASHED,
        path=Crashing.name,
        apply=_leave_as_it_is,
        engines=(Crashing(),),
    )


def _leave_over(files: Files) -> None:
    files[STRAY] = {"Resources": {}}


def _leave_as_it_is(_: Files) -> None:
    """Change nothing: what judges beside the gate is the mutant."""
