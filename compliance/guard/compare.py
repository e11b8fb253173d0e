"""What a change would do to stateful resources, before anybody's declaration is heard."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from compliance.guard.changes import Change, Finding, found
from compliance.guard.kinds import Kind, Kinds
from compliance.guard.lost import lost_resources, renamed_stacks
from compliance.guard.replaced import Replaced
from compliance.guard.replacement import What
from compliance.guard.retention import DELETION, REPLACEMENT, afterwards, keeps, policies, weaker
from compliance.guard.tree import Located, Side


class Comparison:
    """Compares the root stacks that both sides have."""

    def __init__(self, base: Side, new: Side, kinds: Kinds) -> None:
        self._base = base
        self._new = new
        self._kinds = kinds
        self._replaced = Replaced(base, new, kinds)
        self.roots = sorted(base.roots.keys() & new.roots.keys())

    def stateful(self) -> list[tuple[Located, Kind]]:
        """Return what the base holds data in."""
        return [
            (self._with_path(one), kind)
            for one in self._base.resources.values()
            if one.root in self.roots
            and (kind := self._kinds.stateful.get(one.type))
            and not (kind.unless and kind.unless in one.body.get("Properties", {}))
        ]

    def _with_path(self, one: Located) -> Located:
        """Return a resource with its construct path, if either side tells it."""
        known = self._new.resources.get(one.address)
        return one if one.path or known is None else replace(one, path=known.path)

    def findings(self, renames: dict[tuple[str, str], str]) -> Iterator[Finding]:
        """Yield what would happen to each stateful resource.

        `renames` are those that are declared: root and old address to the new address.
        """
        lost = []
        for one, kind in self.stateful():
            if one.address not in self._new.resources:
                lost += [(one, kind)] if _matters(one, kind) else []
                continue
            if _matters(one, kind):
                yield from self._moved_or_replaced(one, kind)
            yield from self._kept_less(one, kind)
        yield from lost_resources(lost, self._base, self._new, renames)
        yield from renamed_stacks(self._base, self._new, self._kinds)

    def _moved_or_replaced(self, one: Located, kind: Kind) -> Iterator[Finding]:
        finding = partial(found, one)
        before, after = self._replaced.conditions(one.address)
        if after is not None and before != after:
            changes = (Change(what="Condition", before=str(before), after=str(after)),)
            loss = f"where the condition is false it goes: {afterwards(one.body, kind, DELETION)}"
            yield finding(What.REMOVED, changes=changes, loss=loss)
        if sure := self._replaced.surely(one.address):
            loss = f"an empty one takes its place: {afterwards(one.body, kind, REPLACEMENT)}"
            yield finding(What.REPLACED, changes=sure, loss=loss)
        elif rewritten := self._rewritten(one, kind):
            loss = f"{kind.holds} is written anew over the old one"
            yield finding(What.REPLACED, changes=rewritten, loss=loss)
        elif perhaps := self._replaced.perhaps(one.address):
            loss = f"AWS alone decides whether it keeps its {kind.holds}"
            yield finding(What.REPLACED, changes=perhaps, loss=loss, sure=False)

    def _kept_less(self, one: Located, kind: Kind) -> Iterator[Finding]:
        now = self._new.resources[one.address]
        if now.type != one.type:
            return  # it is replaced by something that nothing of this applies to
        properties = self._replaced.properties(one.address)
        if changes := tuple(weaker(kind, (one.body, now.body), properties)):
            loss = f"its {kind.holds} can be lost sooner"
            yield found(one, What.RETENTION, changes=changes, loss=loss)

    def _rewritten(self, one: Located, kind: Kind) -> tuple[Change, ...]:
        before, after = self._replaced.properties(one.address)
        return tuple(
            # A secret may stand in the template: its value is not shown.
            Change(what=name, before="the old value", after="another")
            for name in kind.rewrites
            if before.get(name) != after.get(name)
        )


def _matters(one: Located, kind: Kind) -> bool:
    """Say whether its loss is one; a log group that its template deletes is no archive."""
    return not kind.if_retained or any(map(keeps, policies(one.body, kind).values()))
