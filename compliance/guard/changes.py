"""What happens to a stateful resource between two sides."""

from dataclasses import dataclass
from typing import Any

from compliance.guard.replacement import GONE, Replacement, What
from compliance.guard.tree import Located

VERBS = {
    What.REMOVED: "would be removed",
    What.RENAMED: "would be renamed",
    What.REPLACED: "would be replaced",
    What.RETENTION: "would be kept less well",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One property, or what else counts, before and after, as people read it.

    Without `before` it is simply what it is afterwards: a nested stack that is gone.
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"{self.what} is {self.after}"
        return f"{self.what} from {self.before} to {self.after}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A stateful resource that a change would harm.

    `of` is its address below the root stack, which a declaration names; `at` the full address of
    the resource that the declaration stands on (the new one of a rename); `sure` is false where
    only AWS knows whether the change replaces it.
    """

    what: What
    root: str
    of: str
    at: str
    stack: str
    logical_id: str
    path: str
    type: str
    changes: tuple[Change, ...] = ()
    loss: str
    sure: bool = True
    spent: str = ""
    declaration: Replacement | None = None

    @property
    def sentence(self) -> str:
        """What would happen, why it loses data, and how to go on."""
        where = f"{self.type} at {self.path}" if self.path else self.type
        verb = VERBS[self.what] if self.sure else "may be replaced"
        told = "; ".join([*map(str, self.changes), self.loss])
        said = f"{self.stack}: {self.logical_id} ({where}) {verb}: {told}"
        if self.declaration:
            one = self.declaration
            return f"{said} (declared by {one.owner}, {one.ticket}: {one.data_moved_by})"
        return f"{said}; {self._way_on()}" if self.sure else said

    def _way_on(self) -> str:
        of = f', of="{self.of}"' if self.what in GONE else ""
        on = {What.REMOVED: "its stack", What.RENAMED: "the new resource"}.get(self.what, "it")
        again = f" ({self.spent})" if self.spent else ""
        name = f"What.{self.what.name}"
        return f"undo it, or declare(Replacement(what={name}{of}, ...)) on {on}{again}"

    def to_json(self) -> dict[str, Any]:
        """Return the finding for machines."""
        return {
            "what": str(self.what),
            "stack": self.stack,
            "logical_id": self.logical_id,
            "path": self.path,
            "type": self.type,
            "of": self.of,
            "changes": [
                {"what": one.what, "before": one.before, "after": one.after} for one in self.changes
            ],
            "sentence": self.sentence,
            "declaration": self.declaration.to_json() if self.declaration else None,
        }


def found(
    one: Located,
    what: What,
    *,
    changes: tuple[Change, ...],
    loss: str,
    at: str = "",
    sure: bool = True,
) -> Finding:
    """Return the finding about a resource; `at` is where it went to, if it did."""
    return Finding(
        what=what,
        root=one.root,
        of=one.short,
        at=at or one.address,
        stack=one.template.path,
        logical_id=one.logical_id,
        path=one.path,
        type=one.type,
        changes=changes,
        loss=loss,
        sure=sure,
    )
