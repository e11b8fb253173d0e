"""The quick way for one resource a record: its members are cut out and never built.

`msgspec` hands each member over as bytes. What is dropped is never decoded, and members that were
seen before (codes, units, references of the same patient) are answered from a bounded memory.
Without msgspec the engine walks the parsed resource instead: the same bytes come out, more slowly.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from operator import getitem, itemgetter
from typing import Any, NamedTuple

import orjson

from .fhir import SUBJECTS, FhirPolicy
from .fhir_nodes import Node
from .pseudonyms import Pseudonyms
from .values import Context

Decode = Callable[[bytes], dict[str, Any]]

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


class Id(Member):
    """A resource's id: another in each record, so that remembering it would only cost."""

    def __init__(self, name: str, node: Node, pseudonyms: Pseudonyms) -> None:
        super().__init__(name, node)
        self._pseudonym = pseudonyms.of_bytes
        self._known = pseudonyms.known
        self._quoted = self._start + b'"'

    def __missing__(self, raw: bytes) -> bytes:
        if raw[0] == _QUOTE and b"\\" not in raw and raw.isascii():
            identity = raw[1:-1]
            made = self._known.get(identity) or self._pseudonym(identity)
            return self._quoted + made + b'"' if made else b""
        return self.made(raw, _NO_CONTEXT)


class Reference(Member):
    """A Reference or a list of them, rewritten as bytes where they are plain: mostly."""

    def __init__(
        self, name: str, node: Node, pseudonyms: Pseudonyms, types: frozenset[bytes]
    ) -> None:
        super().__init__(name, node)
        self._pseudonym = pseudonyms.of_bytes
        self._types = types

    def made(self, raw: bytes, context: Context) -> bytes:
        """Return the member. Raises orjson.JSONDecodeError."""
        rewritten = self._plain(raw)
        return self._start + rewritten if rewritten else super().made(raw, context)

    def _plain(self, raw: bytes) -> bytes | None:
        """Rewrite `{"reference":"Type/id"}` or a list of such, None when it is anything else."""
        listed = raw[0] == _BRACKET
        start, end = (_LIST_START, _LIST_END) if listed else (_ONE_START, _ONE_END)
        inner = raw[len(start) : -len(end)]
        literals = inner.split(_BETWEEN)
        count = len(literals)
        plain = (
            raw.startswith(start)
            and raw.endswith(end)
            and inner.count(b"/") == count
            and inner.count(b'"') == (count - 1) * _BETWEEN.count(b'"')
            and inner.isascii()
            and b"\\" not in inner
            and b"?" not in inner
            and b"#" not in inner
        )
        if not plain or (count > 1 and not listed):
            return None
        kept = []
        for literal in literals:
            kind, slash, identity = literal.partition(b"/")
            made = self._pseudonym(identity) if kind in self._types else None
            if made is None:
                return None
            kept.append(kind + slash + made)
        return start + _BETWEEN.join(kept) + end


class Choice(NamedTuple):
    """Which members of a resource are kept, for one sequence of member names."""

    pick: Callable[[dict[str, Any]], tuple[Any, ...]]
    members: tuple[Member, ...]


@dataclass(slots=True)
class Plan:
    """A resource type: how its output starts, and its members."""

    kind: str
    start: bytes
    members: dict[str, Member]
    contextual: bool
    choices: dict[tuple[str, ...], Choice] = field(default_factory=dict)

    def choose(self, names: tuple[str, ...]) -> Choice:
        """Decide for a sequence of names, and remember it: resources of a type are much alike."""
        kept = [name for name in names if name in self.members]
        # itemgetter returns a tuple for two names or more only.
        pick = itemgetter(*kept) if len(kept) > 1 else partial(_pick, kept)
        choice = Choice(pick, tuple(self.members[name] for name in kept))
        if len(self.choices) >= _REMEMBERED_CHOICES:
            self.choices.clear()
        self.choices[names] = choice
        return choice


def _pick(names: list[str], members: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(members[name] for name in names)


class FhirLines:
    """De-identifies resources that come as bytes. Not for Bundles, nor where texts are scrubbed."""

    def __init__(self, fhir: FhirPolicy, decode: Decode) -> None:
        self._fhir = fhir
        self._decode = decode
        # Types share the members that they have in common, and so what those remember.
        shared: dict[tuple[str, int], Member] = {}
        self._plans = {orjson.dumps(kind): _plan(fhir, kind, shared) for kind in fhir.resources}
        del self._plans[b'"Bundle"']
        self._offsets: dict[tuple[bool, tuple[tuple[str, bytes], ...]], int | None] = {}

    def deidentify(self, record: bytes, end: bytes) -> tuple[bytes, str] | None:
        """Return JSON that stops with `end`, and the resource type.

        None when the slow way must decide.
        """
        try:
            members = self._decode(record)
            plan = self._plans[bytes(members["resourceType"])]
            if plan.contextual:
                return self._with_context(plan, members, end), plan.kind
            names = tuple(members)
            choice = plan.choices.get(names) or plan.choose(names)
            # All in C: the kept members as bytes, each looked up in that member's memory.
            values = _APART.join(choice.pick(members)).split(_APART)
            if len(values) == len(choice.members):
                kept = b"".join(map(getitem, choice.members, values))
                return plan.start + kept + end, plan.kind
        except ContextNeededError:
            return self._with_context(plan, members, end), plan.kind
        except (ValueError, KeyError):
            pass  # not JSON, not an object, or of no type that the policy names
        return None

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
    if name == "id" and fhir.pseudonymises_ids:
        return Id(name, node, fhir.pseudonyms)
    if node.single == fhir.references.reference:
        types = frozenset(kind.encode() for kind in fhir.resources)
        return Reference(name, node, fhir.pseudonyms, types)
    return Member(name, node)
