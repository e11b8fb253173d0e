"""The guard's answer: what is refused, what is declared, what nobody can know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.guard.changes import Finding
from compliance.guard.compare import Comparison
from compliance.guard.errors import GuardError
from compliance.guard.kinds import Kinds, kinds
from compliance.guard.lost import renamed_stacks
from compliance.guard.settle import complaints, declarations, renames, settled
from compliance.guard.tree import Side


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a comparison came to; `complaints` are about declarations, `notes` harm nobody."""

    base: str
    new: str
    stacks: int
    resources: int
    stateful: int
    findings: tuple[Finding, ...] = ()
    complaints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def refused(self) -> list[Finding]:
        """What nobody declared."""
        return [one for one in self.findings if one.sure and not one.declaration]

    @property
    def declared(self) -> list[Finding]:
        """What somebody declared."""
        return [one for one in self.findings if one.declaration]

    @property
    def unsure(self) -> list[Finding]:
        """What only AWS knows, and nobody declared."""
        return [one for one in self.findings if not one.sure and not one.declaration]

    @property
    def passes(self) -> bool:
        """Whether the change may go on."""
        return not self.refused and not self.complaints

    @property
    def summary(self) -> str:
        """The counts in one line."""
        return (
            f"guard: {self.stacks} stacks, {self.stateful} stateful of {self.resources} resources "
            f"of {self.new} compared with {self.base}: {len(self.refused)} refused, "
            f"{len(self.declared)} declared, {len(self.unsure)} unsure, "
            f"{len(self.complaints)} wrong declarations"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer for machines."""
        return {
            "base": self.base,
            "new": self.new,
            "passes": self.passes,
            "compared": {
                "stacks": self.stacks,
                "resources": self.resources,
                "stateful": self.stateful,
            },
            "refused": [one.to_json() for one in self.refused],
            "declared": [one.to_json() for one in self.declared],
            "unsure": [one.to_json() for one in self.unsure],
            "wrong_declarations": list(self.complaints),
            "notes": list(self.notes),
        }


def judge(base: Side, new: Side, *, today: date, table: Kinds | None = None) -> Answer:
    """Compare two sides.

    Raises GuardError when they have no root stack in common, ReplacementError on a declaration
    that is none.
    """
    table = table or kinds()
    comparison = Comparison(base, new, table)
    roots = comparison.roots
    renamed = [one.root for one in renamed_stacks(base, new, table)]
    if base.roots and not roots and not renamed:
        raise GuardError(
            f"{base.name} and {new.name} have no stack in common: {', '.join(sorted(base.roots))} "
            f"and {', '.join(sorted(new.roots))}"
        )
    declared = declarations(base, new, [*roots, *renamed])
    findings = list(comparison.findings(renames(declared)))
    wrong = complaints(findings, declared, today=today)
    return Answer(
        base=base.name,
        new=new.name,
        stacks=sum(address.partition("/")[0] in roots for address in new.templates),
        resources=sum(one.root in roots for one in base.resources.values()),
        stateful=len(comparison.stateful()),
        findings=tuple(settled(findings, declared, today=today)),
        complaints=tuple(wrong),
        notes=tuple(_notes(base, new, table)),
    )


def _notes(base: Side, new: Side, table: Kinds) -> Iterator[str]:
    if not new.partial:
        for name in sorted(base.roots.keys() - new.roots.keys()):
            yield f"{name} is in {base.name} only: deploying leaves that stack as it is"
    for name in sorted(new.roots.keys() - base.roots.keys()):
        yield f"{name} is in {new.name} only: {base.name} has nothing to lose of it"
    for name in table.unknown({one.type for one in new.resources.values()}):
        yield f"{name}: whether it holds data is not in stateful.toml, so nobody guards it"
