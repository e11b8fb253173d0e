"""The quick way for one resource a record: its members are cut out and never built.

`msgspec` hands each member over as bytes. What is dropped is never decoded, and members that were
seen before (codes, units, references of the same patient) are answered from a bounded memory.
Without msgspec the engine walks the parsed resource instead: the same bytes come out, more slowly.
"""

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from operator import getitem, itemgetter
from typing import Any, NamedTuple

import orjson

from .fhir import SUBJECTS, FhirPolicy
from .fhir_nodes import Node
from .pseudonyms import Pseudonyms
from .records import Deidentified
from .values import Context

Decode = Callable[[bytes], dict[str, Any]]
Pick = Callable[[dict[str, Any]], Any]
_new = tuple.__new__

_REMEMBERED = 8_192
_REMEMBERED_CHOICES = 512
_LONGEST_REMEMBERED = 1_024
_NO_CONTEXT = Context()
_APART = b"\0"
"""Stands nowhere in JSON."""
_QUOTE, _BRACKET = b'"['
_ONE_START, _ONE_END = b'{"reference":"', b'"}'
_LIST_START, _LIST_END = b'[{"reference":"', b'"}]'
_BETWEEN = b'"},{"reference":"'
_STRANGE = re.compile(rb"[\\?#\x80-\xff]")


def members_decoder() -> Decode | None:
    """Return what cuts a JSON object into its members, None when msgspec is not installed."""
    try:
        msgspec: Any = import_module("msgspec")
    except ModuleNotFoundError:
        return None
    decode: Decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
    return decode


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
            if len(self) >= _REMEMBERED:
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
                if len(self._shifted) >= _REMEMBERED:
                    self._shifted.clear()
                self._shifted[raw, context.offset] = known
        return known


class Group(dict[bytes, bytes]):
    """Members of few values (codes, flags), remembered together: one look-up for all of them."""

    def __init__(self, members: list[Member]) -> None:
        super().__init__()
        self._members = members

    def __missing__(self, joined: bytes) -> bytes:
        values = joined.split(_APART) if self._members else []
        made = b"".join(map(getitem, self._members, values))
        if len(values) != len(self._members):
            raise ValueError("a NUL in JSON")
        if len(joined) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[joined] = made
        return made


class Reference(Member):
    """A Reference or a list of them, rewritten as bytes where they are plain: mostly."""

    def __init__(
        self, name: str, node: Node, pseudonyms: Pseudonyms, types: frozenset[bytes]
    ) -> None:
        super().__init__(name, node)
        self._pseudonym = pseudonyms.of_bytes
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
        strange = rest.count(b"/") != len(identities) - 1 or _STRANGE.search(rest) is not None
        quotes = rest.count(b'"') != (len(identities) - 1) * _BETWEEN.count(b'"')
        several = len(identities) > 1 and start is _ONE_START
        if kind not in self._types or strange or quotes or several:
            return None
        made = [self._known.get(one) or self._pseudonym(one) for one in identities]
        if None in made:
            return None
        return start + kind + slash + between.join(made) + end  # type: ignore[arg-type]


class Plan(NamedTuple):
    """A resource type: how its output starts, and its members."""

    kind: str
    start: bytes
    members: dict[str, Member]
    contextual: bool


class Choice(NamedTuple):
    """Which members of a resource are kept, for one type and sequence of member names."""

    plan: Plan
    start: bytes
    """Up to the value of id where the resource has one that becomes a pseudonym."""
    has_id: bool
    pick_few: Pick
    few: Group
    pick_varied: Pick
    varied: tuple[Member, ...]


class FhirLines:
    """De-identifies resources that come as bytes. Not for Bundles, nor where texts are scrubbed."""

    def __init__(self, fhir: FhirPolicy, decode: Decode) -> None:
        self._fhir = fhir
        self._decode = decode
        # Types share the members that they have in common, and so what those remember.
        shared: dict[tuple[str, int], Member] = {}
        self._plans = {orjson.dumps(kind): _plan(fhir, kind, shared) for kind in fhir.resources}
        del self._plans[b'"Bundle"']
        self._choices: dict[tuple[bytes, tuple[str, ...]], Choice] = {}
        self._offsets: dict[tuple[bool, tuple[tuple[str, bytes], ...]], int | None] = {}
        self._known = fhir.pseudonyms.known
        self._pseudonym = fhir.pseudonyms.of_bytes

    def deidentify(self, record: bytes, end: bytes) -> Deidentified | None:
        """Return the record, its JSON stopping with `end`; None when the slow way must decide."""
        try:
            members = self._decode(record)
            key = (bytes(members["resourceType"]), tuple(members))
            choice = self._choices.get(key) or self._choose(*key)
            plan, start, has_id, pick_few, few, pick_varied, varied = choice
            if plan.contextual:
                return Deidentified(self._with_context(plan, members, end), plan.kind)
            if has_id:
                raw = bytes(members["id"])
                identity = raw[1:-1]
                if raw[0] != _QUOTE or b"\\" in raw or not raw.isascii():
                    return None
                made = self._known.get(identity) or self._pseudonym(identity)
                if made is None:
                    return None
                start += made + b'"'
            # All in C: the kept members as bytes, each looked up in that member's memory.
            start += few[_APART.join(pick_few(members))]
            if varied:
                values = _APART.join(pick_varied(members)).split(_APART)
                if len(values) != len(varied):
                    return None
                start += b"".join(map(getitem, varied, values))
            # Half of what the class's own __new__ takes; this is the busiest line.
            return _new(Deidentified, (start + end, plan.kind))
        except ContextNeededError:
            return Deidentified(self._with_context(plan, members, end), plan.kind)
        except (ValueError, KeyError):
            return None  # not JSON, not an object, or of no type that the policy names

    def _choose(self, kind: bytes, names: tuple[str, ...]) -> Choice:
        """Decide for a sequence of names, and remember it: resources of a type are much alike."""
        plan = self._plans[kind]
        has_id = "id" in names and self._fhir.pseudonymises_ids
        kept = [name for name in names if name in plan.members and not (has_id and name == "id")]
        few = [name for name in kept if not plan.members[name].varied]
        varied = [name for name in kept if plan.members[name].varied]
        choice = Choice(
            plan,
            plan.start + (b',"id":"' if has_id else b""),
            has_id,
            _picker(few),
            Group([plan.members[name] for name in few]),
            _picker(varied),
            tuple(plan.members[name] for name in varied),
        )
        if len(self._choices) >= _REMEMBERED_CHOICES:
            self._choices.clear()
        self._choices[kind, names] = choice
        return choice

    def _with_context(self, plan: Plan, members: dict[str, Any], end: bytes) -> bytes:
        parts = [plan.start]
        context: Context | None = None
        for name, raw in members.items():
            member = plan.members.get(name)
            if isinstance(member, Contextual):
                if context is None:
                    context = Context(offset=self._offset(plan.kind, members))
                parts.append(member.with_offset(bytes(raw), context))
            elif member is not None:
                parts.append(member[bytes(raw)])
        return b"".join(parts) + end

    def _offset(self, kind: str, members: dict[str, Any]) -> int | None:
        naming = ("id",) if kind == "Patient" else SUBJECTS
        named = tuple((name, bytes(members[name])) for name in naming if name in members)
        key = (kind == "Patient", named)
        if key not in self._offsets:
            if len(self._offsets) >= _REMEMBERED:
                self._offsets.clear()
            parsed = {name: orjson.loads(raw) for name, raw in named}
            self._offsets[key] = self._fhir.offset_of({"resourceType": kind, **parsed})
        return self._offsets[key]


def _plan(fhir: FhirPolicy, kind: str, shared: dict[tuple[str, int], Member]) -> Plan:
    members = {}
    for name, node in fhir.resources[kind].items():
        if (name, id(node)) not in shared:
            shared[name, id(node)] = _member(fhir, name, node)
        members[name] = shared[name, id(node)]
    return Plan(
        kind=kind,
        start=orjson.dumps({"resourceType": kind, **fhir.label}).removesuffix(b"}"),
        members=members,
        # Contained resources are rare: the first way is tried although they need the second.
        contextual=any(
            isinstance(member, Contextual) and name != "contained"
            for name, member in members.items()
        ),
    )


def _member(fhir: FhirPolicy, name: str, node: Node) -> Member:
    if node.contextual:
        return Contextual(name, node)
    if node.single == fhir.references.reference:
        types = frozenset(kind.encode() for kind in fhir.resources)
        return Reference(name, node, fhir.pseudonyms, types)
    return Member(name, node)


def _picker(names: list[str]) -> Pick:
    # itemgetter returns a tuple for two names or more only.
    return itemgetter(*names) if len(names) > 1 else partial(_pick, names)


def _pick(names: list[str], members: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(members[name] for name in names)
