"""Which resources CloudFormation would replace, followed through references."""

from collections.abc import Sequence
from typing import Any

from compliance.guard.changes import Change
from compliance.guard.expand import Expander, references, shown
from compliance.guard.kinds import Kinds
from compliance.guard.paths import pairs
from compliance.guard.schema import updates
from compliance.guard.tree import Side
from compliance.intrinsics import Reference


class Replaced:
    """Says of a resource that is on both sides why it would be replaced."""

    def __init__(self, base: Side, new: Side, kinds: Kinds) -> None:
        self._base = base
        self._new = new
        self._kinds = kinds
        self._expanders = (Expander(), Expander())
        self._known: dict[str, tuple[Change, ...]] = {}

    def properties(self, address: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the expanded properties before and after."""
        before, after = self._base.resources[address], self._new.resources[address]
        return (
            self._expanders[0].properties(before.template, before.logical_id),
            self._expanders[1].properties(after.template, after.logical_id),
        )

    def conditions(self, address: str) -> tuple[Any, Any]:
        """Return the expressions of which it depends that the resource is there at all."""
        sides = (self._base.resources[address], self._new.resources[address])
        before, after = (
            expander.condition(one.body.get("Condition"), one.template)
            for expander, one in zip(self._expanders, sides, strict=True)
        )
        return before, after

    def surely(self, address: str) -> tuple[Change, ...]:
        """Return what would replace the resource; empty when nothing would."""
        if address not in self._known:
            self._known[address] = ()  # resources that refer to each other would never end
            self._known[address] = self._causes(address)
        return self._known[address]

    def perhaps(self, address: str) -> tuple[Change, ...]:
        """Return changes after which only AWS knows whether the resource is replaced."""
        before, after = self.properties(address)
        if before == after:
            return ()
        resource_type = self._new.resources[address].type
        sure = self._paths(resource_type)
        unsure = (path for path in updates(resource_type).perhaps if path not in sure)
        return self._changed(before, after, tuple(unsure))

    def _causes(self, address: str) -> tuple[Change, ...]:
        was, now = self._base.resources.get(address), self._new.resources.get(address)
        if was is None or now is None:
            return ()  # whoever refers to it refers to something else now
        if was.type != now.type:
            return (Change(what="Type", before=was.type, after=now.type),)
        before, after = self.properties(address)
        moved = [one for one in references(after) if self.surely(f"{one.file}/{one.logical_id}")]
        if before == after and not moved:
            return ()  # and no schema is needed
        return self._changed(before, after, self._paths(now.type), moved)

    def _paths(self, resource_type: str) -> tuple[str, ...]:
        kind = self._kinds.stateful.get(resource_type)
        return (*updates(resource_type).surely, *(kind.replaces if kind else ()))

    def _changed(
        self,
        before: dict[str, Any],
        after: dict[str, Any],
        paths: tuple[str, ...],
        moved: Sequence[Reference] = (),
    ) -> tuple[Change, ...]:
        found = []
        for path in paths:
            for name, old, new in pairs(path, before, after):
                if old == new:
                    found += [
                        Change(what=name, before=str(one), after=f"the {one} that replaces it")
                        for one in references(new)
                        if one in moved
                    ]
                elif "[" not in path or None not in (old, new):  # an element may come and go
                    found.append(Change(what=name, before=shown(old), after=shown(new)))
        return tuple(found)
