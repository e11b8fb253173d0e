"""Single members of a FHIR resource as bytes: JSON of a value in, `,"name":value` or nothing out.

Each remembers, within bounds, what it was asked before; members of few values are remembered in
groups.
"""

import re
from operator import getitem

import orjson

from .fhir_nodes import Node
from .pseudonyms import Pseudonyms
from .values import Context

APART = b"\0"
"""Stands nowhere in JSON."""
REMEMBERED = 8_192
_LONGEST_REMEMBERED = 512
_LONGEST_GROUP = 2_048
_NO_CONTEXT = Context()
# Single bytes as numbers: `92 in x` takes a seventh of the time of `b"\\" in x`.
QUOTE, BACKSLASH, _QUESTION, _HASH, _BRACKET = b'"\\?#['
_ONE_START, _ONE_END = b'{"reference":"', b'"}'
_LIST_START, _LIST_END = b'[{"reference":"', b'"}]'
_BETWEEN = b'"},{"reference":"'
_VALUE = b'"value":'
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d{0,6})(?:\.\d{1,9})?(?=[,}])")
_NOT_AROUND = (b"", b"")
_TRIALS = (b"1", b"9999999")


class Member(dict[bytes, bytes]):
    """What becomes of one element: JSON of its value to `,"name":value`, or to nothing."""

    def __init__(self, name: str, node: Node) -> None:
        super().__init__()
        self._start = b"," + orjson.dumps(name) + b":"
        self._node = node
        self.varied = node.varied

    def __missing__(self, raw: bytes) -> bytes:
        made = self.made(raw, _NO_CONTEXT)
        if len(raw) <= _LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = made
        return made

    def made(self, raw: bytes, context: Context) -> bytes:
        """Return the member for a record's context. Raises orjson.JSONDecodeError."""
        value = self._node.apply(orjson.loads(raw), context)
        return b"" if value is None else self._start + orjson.dumps(value)


class ContextNeededError(Exception):
    """A member was met whose result depends on the record."""


class Contextual(Member):
    """A member that the patient's offset changes as well (dates)."""

    def __init__(self, name: str, node: Node) -> None:
        super().__init__(name, node)
        self._shifted: dict[tuple[bytes, int | None], bytes] = {}

    def __missing__(self, raw: bytes) -> bytes:
        raise ContextNeededError

    def with_offset(self, raw: bytes, context: Context) -> bytes:
        """Return the member for a patient's offset. Raises orjson.JSONDecodeError."""
        known = self._shifted.get((raw, context.offset))
        if known is None:
            known = self.made(raw, context)
            if len(raw) <= _LONGEST_REMEMBERED:
                if len(self._shifted) >= REMEMBERED:
                    self._shifted.clear()
                self._shifted[raw, context.offset] = known
        return known


class Quantity(Member):
    """A Quantity: numbers are many, units few, so what surrounds the number is remembered."""

    def __init__(self, name: str, node: Node) -> None:
        super().__init__(name, node)
        self._around: dict[bytes, tuple[bytes, bytes]] = {}

    def made(self, raw: bytes, context: Context) -> bytes:
        """Return the member. Raises orjson.JSONDecodeError."""
        before, _, rest = raw.partition(_VALUE)
        match = _NUMBER.match(rest)
        if match is None or _VALUE in rest:
            return super().made(raw, context)
        number, after = match.group(), rest[match.end() :]
        around = self._around.get(before + after)
        if around is None:
            around = self._learn(before, after, context)
        if around == _NOT_AROUND:
            return super().made(raw, context)
        return around[0] + number + around[1]

    def _learn(self, before: bytes, after: bytes, context: Context) -> tuple[bytes, bytes]:
        """Find what surrounds the number, unless the number decides (ages are top-coded)."""
        tried = [
            super(Quantity, self).made(before + _VALUE + one + after, context) for one in _TRIALS
        ]
        found = [one.partition(_VALUE + number) for one, number in zip(tried, _TRIALS, strict=True)]
        same = len({(head, tail) for head, _, tail in found}) == 1 and found[0][1]
        around = (found[0][0] + _VALUE, found[0][2]) if same else _NOT_AROUND
        if len(self._around) >= REMEMBERED:
            self._around.clear()
        self._around[before + after] = around
        return around


class Group(dict[bytes, bytes]):
    """Members of few values (codes, flags), remembered together: one look-up for all of them.

    `start` is what stands before them.
    """

    def __init__(self, members: list[Member], *, start: bytes) -> None:
        super().__init__()
        self._members = members
        self._start = start

    def __missing__(self, joined: bytes) -> bytes:
        values = joined.split(APART) if self._members else []
        made = self._start + b"".join(map(getitem, self._members, values))
        if len(values) != len(self._members):
            raise ValueError("a NUL in JSON")
        if len(joined) <= _LONGEST_GROUP:
            if len(self) >= REMEMBERED:
                self.clear()
            self[joined] = made
        return made


class Reference(Member):
    """A Reference or a list of them, rewritten as bytes where they are plain: mostly."""

    def __init__(
        self, name: str, node: Node, pseudonyms: Pseudonyms, types: frozenset[bytes]
    ) -> None:
        super().__init__(name, node)
        self._pseudonym = pseudonyms.of_plain
        self._known = pseudonyms.known
        self._types = types

    def made(self, raw: bytes, context: Context) -> bytes:
        """Return the member. Raises orjson.JSONDecodeError."""
        rewritten = self._plain(raw)
        return self._start + rewritten if rewritten else super().made(raw, context)

    def _plain(self, raw: bytes) -> bytes | None:
        """Rewrite `{"reference":"Type/id"}` or a list of such of one type, else None."""
        start, end = (_LIST_START, _LIST_END) if raw[0] == _BRACKET else (_ONE_START, _ONE_END)
        if not raw.startswith(start) or not raw.endswith(end):
            return None
        kind, slash, rest = raw[len(start) : -len(end)].partition(b"/")
        between = _BETWEEN + kind + slash
        identities = rest.split(between)
        more = len(identities) - 1
        plain = (
            kind in self._types
            and rest.isascii()
            and BACKSLASH not in rest
            and _QUESTION not in rest
            and _HASH not in rest
            and rest.count(b"/") == more
            and rest.count(b'"') == more * _BETWEEN.count(b'"')
        )
        if not plain or (more and start is _ONE_START):
            return None
        made = [self._known.get(one) or self._pseudonym(one) for one in identities]
        if None in made:
            return None
        return start + kind + slash + between.join(made) + end  # type: ignore[arg-type]
