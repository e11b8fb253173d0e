"""What is no longer where it was: removed, or under another name."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from compliance.guard.changes import Change, Finding, found
from compliance.guard.kinds import Kind, Kinds
from compliance.guard.replacement import What
from compliance.guard.retention import DELETION, afterwards
from compliance.guard.tree import Located, Side, room
from compliance.templates import STACK_TYPE

_ALIKE = 0.5
"""How like two resources, or the contents of two stacks, are before they are one."""


def lost_resources(
    lost: list[tuple[Located, Kind]],
    base: Side,
    new: Side,
    renames: dict[tuple[str, str], str],
) -> Iterator[Finding]:
    """Yield a finding for each lost resource: a declared rename, a likely one, or a removal."""
    fresh = {
        address: one for address, one in new.resources.items() if address not in base.resources
    }
    declared = {address: fresh.pop(address, None) for address in renames.values()}
    for one, kind in lost:
        heir = declared.get(renames.get((one.root, one.short), ""))
        if heir is None and (heir := _most_like(one, list(fresh.values()))):
            del fresh[heir.address]
        yield _gone(one, kind, heir, new)


def renamed_stacks(base: Side, new: Side, kinds: Kinds) -> Iterator[Finding]:
    """Yield a finding for each root stack that seems to have got another name.

    CloudFormation would deploy an empty second stack and leave the first, with its data, alone.
    """
    if base.partial or new.partial:
        return
    for old in sorted(base.roots.keys() - new.roots.keys()):
        held = _stateful(base, old, kinds)
        for name in sorted(new.roots.keys() - base.roots.keys()):
            same = held & _stateful(new, name, kinds)
            if held and len(same) >= _ALIKE * len(held):
                yield Finding(
                    what=What.RENAMED,
                    root=name,
                    of=old,
                    at=name,
                    stack=old,
                    logical_id=old,
                    path="",
                    type=STACK_TYPE,
                    changes=(Change(what="the stack's name", before=old, after=name),),
                    loss=f"a second and empty stack would be deployed beside it ({len(same)} "
                    "stateful resources)",
                )


def _stateful(side: Side, root: str, kinds: Kinds) -> set[str]:
    held = (one for one in side.resources.values() if one.root == root)
    return {one.short for one in held if one.type in kinds.stateful}


def _gone(one: Located, kind: Kind, heir: Located | None, new: Side) -> Finding:
    after = afterwards(one.body, kind, DELETION)
    if heir:
        change = Change(what="address", before=one.short, after=heir.short)
        loss = f"CloudFormation makes an empty one under the new name: {after}"
        return found(one, What.RENAMED, changes=(change,), loss=loss, at=heir.address)
    stack = _missing_stack(one, new)
    changes = (Change(what=stack, before="", after="gone"),) if stack else ()
    return found(one, What.REMOVED, changes=changes, loss=after)


def _missing_stack(one: Located, new: Side) -> str:
    """Return the topmost nested stack that is gone with it, or nothing."""
    parts = one.template.file.split("/")
    for end in range(2, len(parts) + 1):
        if "/".join(parts[:end]) not in new.templates:
            return f"nested stack {room(parts[end - 1])}"
    return ""


def _most_like(one: Located, candidates: list[Located]) -> Located | None:
    """Return the new resource of the same type and root stack that a lost one has become."""
    scored = [
        (_likeness(one, new), new.address, new)
        for new in candidates
        if (new.type, new.root) == (one.type, one.root)
    ]
    score, _, heir = max(scored, default=(0.0, "", None))
    return heir if score >= _ALIKE else None


def _likeness(old: Located, new: Located) -> float:
    """Say how like a resource that is lost is to a new one, from 0 to 1."""
    if old.logical_id == new.logical_id:
        return 1.0
    was, now = (one.body.get("Properties", {}) for one in (old, new))
    names = was.keys() | now.keys()
    same = sum(was.get(name) == now.get(name) for name in names) / max(len(names), 1)
    named = SequenceMatcher(None, old.logical_id, new.logical_id).ratio()
    return 0.99 * float(max(same, named))
