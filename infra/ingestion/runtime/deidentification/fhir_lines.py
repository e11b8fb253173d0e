"""The quick way for one resource a record: its members are cut out and never built.

`msgspec` hands each member over as bytes. What is dropped is never decoded, and members that were
seen before (codes, units, references of the same patient) are answered from a bounded memory.
Without msgspec the engine walks the parsed resource instead: the same comes out, more slowly.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from operator import getitem, itemgetter
from typing import Any, NamedTuple

import orjson

from .fhir import SUBJECTS, FhirPolicy
from .fhir_members import (
    APART,
    BACKSLASH,
    QUOTE,
    REMEMBERED,
    ContextNeededError,
    Contextual,
    Group,
    Member,
    Quantity,
    Reference,
)
from .fhir_nodes import Node
from .records import Deidentified
from .values import Context

Decode = Callable[[bytes], dict[str, Any]]
Pick = Callable[[dict[str, Any]], Any]
Deidentify = Callable[[bytes], Deidentified]

_REMEMBERED_CHOICES = 512
_END = b"}\n"


def members_decoder() -> Decode | None:
    """Return what cuts a JSON object into its members, None when msgspec is not installed."""
    try:
        msgspec: Any = import_module("msgspec")
    except ModuleNotFoundError:
        return None
    decode: Decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
    return decode


class Plan(NamedTuple):
    """A resource type: how its output starts, and its members."""

    kind: str
    start: bytes
    members: dict[str, Member]
    contextual: bool


class Choice(NamedTuple):
    """Which members of a resource are kept, for one type and sequence of member names."""

    kind: str
    start: bytes
    """Up to the value of id where the resource has one that becomes a pseudonym."""
    has_id: bool
    pick_few: Pick
    few: Group
    pick_varied: Pick
    varied: tuple[Member, ...]
    picked: int
    """Number of what `pick_varied` picks: the varied members, and id behind them."""
    contextual: Plan | None
    """The plan when members depend on the record: then nothing of the above is used."""


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

    def function(self, slow: Deidentify) -> Deidentify:
        """Return what de-identifies a line; `slow` decides where this way cannot.

        It is a closure, because this is the busiest code: what it needs is nearer than attributes.
        """
        decode, choices, known = self._decode, self._choices, self._known
        quote, apart, choose, pseudonym = QUOTE, APART, self._choose, self._pseudonym
        apart_join, join, new, record_of = apart.join, b"".join, tuple.__new__, Deidentified

        def deidentify(record: bytes) -> Deidentified:
            if not (record.isascii() or _is_utf8(record)):
                return slow(record)
            try:
                members = decode(record)
                key = (bytes(members["resourceType"]), tuple(members))
                choice = choices.get(key) or choose(*key)
                kind, start, has_id, pick_few, few, pick_varied, varied, picked, plan = choice
                if plan:
                    return record_of(self._with_context(plan, members), kind)
                # All in C: the kept members as bytes, each looked up in that member's memory.
                values = apart_join(pick_varied(members)).split(apart)
                identity = b""
                if has_id:
                    raw = values[-1]
                    identity = (raw[0] == quote and known.get(raw[1:-1])) or pseudonym(raw)
                if len(values) == picked:
                    same = few[apart_join(pick_few(members))]
                    made = join((start, identity, same, *map(getitem, varied, values), _END))
                    return new(record_of, (made, kind))
            except ContextNeededError:
                plan = self._plans[key[0]]
                return record_of(self._with_context(plan, members), plan.kind)
            except (ValueError, KeyError, RecursionError):
                pass  # not JSON, not an object, of no type that the policy names, or odd
            return slow(record)

        return deidentify

    def _pseudonym(self, raw: bytes) -> bytes:
        """Return the pseudonym of an id that is plain text. Raises ValueError when it is not."""
        plain = raw[0] == QUOTE and BACKSLASH not in raw and raw.isascii()
        made = self._fhir.pseudonyms.of_plain(raw[1:-1]) if plain else None
        if made is None:
            raise ValueError("an id that is not plain text")
        return made

    def _choose(self, kind: bytes, names: tuple[str, ...]) -> Choice:
        """Decide for a sequence of names, and remember it: resources of a type are much alike."""
        plan = self._plans[kind]
        has_id = "id" in names and self._fhir.pseudonymises_ids
        kept = [name for name in names if name in plan.members and not (has_id and name == "id")]
        few = [name for name in kept if not plan.members[name].varied]
        varied = [n for n in kept if plan.members[n].varied]
        picked = [*varied, "id"] if has_id else varied or [*names[:1]]
        choice = Choice(
            kind=plan.kind,
            start=plan.start + (b',"id":"' if has_id else b""),
            pick_few=_picker(few),
            few=Group([plan.members[n] for n in few], start=b'"' if has_id else b""),
            pick_varied=_picker(picked),
            varied=tuple(plan.members[name] for name in varied),
            picked=len(picked),
            has_id=has_id,
            contextual=plan if plan.contextual else None,
        )
        if len(self._choices) >= _REMEMBERED_CHOICES:
            self._choices.clear()
        self._choices[kind, names] = choice
        return choice

    def _with_context(self, plan: Plan, members: dict[str, Any]) -> bytes:
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
        return b"".join(parts) + _END

    def _offset(self, kind: str, members: dict[str, Any]) -> int | None:
        naming = ("id",) if kind == "Patient" else SUBJECTS
        named = tuple((name, bytes(members[name])) for name in naming if name in members)
        key = (kind == "Patient", named)
        if key not in self._offsets:
            if len(self._offsets) >= REMEMBERED:
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
    if node.single is fhir.quantity:
        return Quantity(name, node)
    return Member(name, node)


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _picker(names: list[str]) -> Pick:
    # itemgetter returns a tuple for two names or more only.
    return itemgetter(*names) if len(names) > 1 else partial(_pick, names)


def _pick(names: list[str], members: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(members[name] for name in names)
