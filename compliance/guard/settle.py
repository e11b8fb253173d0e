"""Findings against declarations: what is allowed, and which declaration is none."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from compliance.guard.changes import Finding
from compliance.guard.replacement import GONE, METADATA, Replacement, What, read
from compliance.guard.tree import Side, shortened


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of the new side: `at` is where it stands; `spent` that the base has it too."""

    root: str
    at: str
    replacement: Replacement
    spent: bool

    @property
    def place(self) -> tuple[str, Replacement]:
        """The declaration, whichever environment it is in."""
        return self.at.partition("/")[2], self.replacement

    def covers(self, finding: Finding) -> bool:
        """Say whether this is the declaration of what was found."""
        one = self.replacement
        if (one.what, self.root) != (finding.what, finding.root):
            return False
        if one.what in GONE and one.of != finding.of:
            return False
        return one.what is What.REMOVED or self.at == finding.at


def declarations(base: Side, new: Side, roots: list[str]) -> list[Declared]:
    """Return what the new side declares. Raises ReplacementError on what is no declaration."""
    before = [(at, data) for root, at, data in _recorded(base, roots)]
    return [
        Declared(root, at, read(data, shortened(at)), (at, data) in before)
        for root, at, data in _recorded(new, roots)
    ]


def renames(declared: list[Declared]) -> dict[tuple[str, str], str]:
    """Return the declared renames: root stack and old address to the new address in full."""
    return {
        (one.root, one.replacement.of): one.at
        for one in declared
        if one.replacement.what is What.RENAMED
    }


def settled(findings: list[Finding], declared: list[Declared], *, today: date) -> list[Finding]:
    """Return the findings with those declared that a fresh, unexpired declaration covers.

    A declaration that the base has already was for an earlier change: it allows nothing more.
    """
    return [_settled(one, [it for it in declared if it.covers(one)], today) for one in findings]


def _settled(finding: Finding, covering: list[Declared], today: date) -> Finding:
    for one in covering:
        if not one.spent and one.replacement.expires >= today:
            return replace(finding, declaration=one.replacement)
    for one in covering:
        ticket, expires = one.replacement.ticket, one.replacement.expires
        said = f"expired on {expires}" if expires < today else "was for an earlier change"
        return replace(finding, spent=f"its declaration {ticket} {said}")
    return finding


def complaints(findings: list[Finding], declared: list[Declared], *, today: date) -> Iterator[str]:
    """Yield a sentence for each declaration that has expired or allows nothing.

    Code that serves several environments declares in each: one that is used in any is used.
    """
    used = {one.place for one in declared for found in findings if one.covers(found)}
    for one in declared:
        it = one.replacement
        where = f"{shortened(one.at)}: the declaration {it.ticket} ({it.what}, {it.owner})"
        if it.expires < today:
            yield f"{where} expired on {it.expires}; remove it, or let its owner renew it"
        elif not one.spent and one.place not in used:
            yield (
                f"{where} allows nothing that changes here; remove it, or declare it where the "
                "change is"
            )


def _recorded(side: Side, roots: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield the root, place and content of each declaration of a side."""
    for template in side.templates.values():
        root = template.file.partition("/")[0]
        if root in roots:
            for data in _listed(template.body):
                yield root, template.file, data
    for one in side.resources.values():
        if one.root in roots:
            for data in _listed(one.body):
                yield one.root, one.address, data


def _listed(holder: dict[str, Any]) -> list[Any]:
    metadata = holder.get("Metadata")
    found = metadata.get(METADATA, []) if isinstance(metadata, dict) else []
    return found if isinstance(found, list) else [found]
