"""Whether a holder may do more than before."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from compliance.evidence.grants import Grant


class _Atom(NamedTuple):
    """One action on one resource by one principal."""

    action: str
    resource: str
    principal: str
    excludes: tuple[str, ...]
    condition: str

    def __str__(self) -> str:
        by = f" by {self.principal}" if self.principal else ""
        under = f" if {self.condition}" if self.condition else ""
        but = f" ({', '.join(self.excludes)}: all but these)" if self.excludes else ""
        return f"{self.action} on {self.resource}{by}{under}{but}"

    def covers(self, other: "_Atom") -> bool:
        """Say whether whatever the other is about, this is about too."""
        if self.excludes or other.excludes:
            return self == other
        return (
            self.condition in ("", other.condition)
            and _covers(self.action.lower(), other.action.lower())
            and _covers(self.resource, other.resource)
            and (self.principal == other.principal or self.principal in ("*", "AWS *"))
        )


def added(before: Iterable[Grant], after: Iterable[Grant]) -> Iterator[str]:
    """Yield a line for each thing that is allowed now and was not, or no longer denied."""
    was, now = list(before), list(after)
    for effect, old, new, sign in (
        ("Allow", was, now, ""),
        ("Deny", now, was, "no longer denied: "),
    ):
        known = [atom for grant in old if grant.effect == effect for atom in _atoms(grant)]
        exact = set(known)
        asked = {atom for grant in new if grant.effect == effect for atom in _atoms(grant)}
        for atom in sorted(asked - exact):
            if not any(one.covers(atom) for one in known):
                yield f"{sign}{atom}"


def _atoms(grant: Grant) -> Iterator[_Atom]:
    if grant.excludes:
        # All but a list of things: only the whole list says what is meant.
        yield _Atom(
            ", ".join(grant.actions),
            ", ".join(grant.resources),
            ", ".join(grant.principals),
            grant.excludes,
            grant.condition,
        )
        return
    for action in grant.actions:
        for resource in grant.resources:
            for principal in grant.principals or ("",):
                yield _Atom(action, resource, principal, (), grant.condition)


def _covers(pattern: str, text: str) -> bool:
    # Brackets mean themselves in IAM.
    return pattern == text or fnmatchcase(text, pattern.replace("[", "[[]"))
