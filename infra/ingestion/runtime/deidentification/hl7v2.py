"""HL7 v2 messages: segment by segment, field by field, in the encoding they came in."""

from collections.abc import Iterator
from typing import Any

from .errors import Reason, Rejected
from .hl7_fields import Field, FieldCompiler, capped
from .hl7_text import Delimiters, Escapes, decoded, delimiters
from .policy import Action, Policy
from .scrub import Scrubber
from .values import Context, Values

_REMEMBERED = 8_192
_LONGEST_REMEMBERED = 256
_DIALECTS = 16
_IDENTIFYING_TYPES = frozenset(("XPN", "XCN", "XAD", "XTN", "XON", "CX"))
_IDENTIFYING_KINDS = frozenset(
    [
        "name",
        "address_line",
        "city",
        "phone",
        "email",
        "account",
        "national_id",
        "licence",
        "birth_date",
        "id",
    ]
)
_ALWAYS = ("MSH", "PID")


_NO_CONTEXT = Context()


class Remembered(dict[str, str]):
    """A field's function with a bounded memory of what it was asked before."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field = field

    def __missing__(self, text: str) -> str:
        kept = self._field(text, _NO_CONTEXT)
        if len(text) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = kept
        return kept

    def with_context(self, text: str, context: Context) -> str:
        """Return what is kept of a field that a record's context does not change."""
        del context
        return self[text]


class Shifted:
    """A field's function that a record's context changes; remembers the dates of a patient."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._known: dict[tuple[str, int | None], str] = {}

    def with_context(self, text: str, context: Context) -> str:
        """Return what is kept of a field for a record."""
        if context.scrubber is not None or len(text) > _LONGEST_REMEMBERED:
            return self._field(text, context)
        kept = self._known.get((text, context.offset))
        if kept is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            kept = self._known[text, context.offset] = self._field(text, context)
        return kept


class Dialect:
    """The policy's segments compiled for one set of delimiters and one codec."""

    def __init__(self, policy: Policy, values: Values, marks: Delimiters, codec: str) -> None:
        self.marks = marks
        self.escapes = Escapes(marks, codec)
        compiler = FieldCompiler(policy, values, marks, self.escapes)
        self.segments: dict[str, Segment] = {
            name: Segment(table, compiler, is_header=name == "MSH")
            for name, table in policy.hl7v2["segments"].items()
        }
        observed = policy.hl7v2["observation"]
        made = {name: compiler.field(spec) for name, spec in observed.items()}
        self.observed = {name: _memory(*field) for name, field in made.items() if field}


class Segment:
    """The fields of a segment that are kept: by place, with or without the record's context."""

    def __init__(self, table: dict[str, Any], compiler: FieldCompiler, *, is_header: bool) -> None:
        # MSH-1 is the delimiter itself, so the header's places are one lower after splitting.
        shift = 1 if is_header else 0
        self._numbers: list[tuple[int, Remembered]] = []
        self._plain: list[tuple[int, Remembered]] = []
        self._shifted: list[tuple[int, Shifted]] = []
        places = sorted((int(place) - shift, spec) for place, spec in table.items())
        for place, spec in places:
            made = compiler.field(spec) if spec != "observation" else None
            if made is None:
                continue
            memory = _memory(*made)
            if isinstance(memory, Shifted):
                self._shifted.append((place, memory))
            else:
                (self._numbers if spec == "set_id" else self._plain).append((place, memory))

    def kept(self, fields: list[str], context: Context) -> tuple[list[str], bool]:
        """Return the segment with what is kept of its fields, and whether that says anything.

        A set id alone (PID-1, OBX-1) says nothing.
        """
        count = len(fields)
        kept = [""] * count
        kept[0] = fields[0]
        said = False
        for place, remembered in self._plain:
            if place >= count:
                break
            text = fields[place]
            if text and (found := remembered[text]):
                kept[place] = found
                said = True
        for place, shifted in self._shifted:
            if place >= count:
                break
            text = fields[place]
            if text and (found := shifted.with_context(text, context)):
                kept[place] = found
                said = True
        for place, remembered in self._numbers:
            if place < count and fields[place]:
                kept[place] = remembered[fields[place]]
        return kept, said


def _memory(field: Field, contextual: bool) -> Remembered | Shifted:
    return Shifted(field) if contextual else Remembered(field)


class Hl7Policy:
    """A policy compiled for HL7 v2."""

    def __init__(self, policy: Policy, values: Values) -> None:
        self._policy = policy
        self._values = values
        self._scrubs = Action.SCRUB in policy.actions.values()
        self._shifts = Action.DATE_SHIFT in policy.actions.values()
        self._dialects: dict[tuple[Delimiters, str], Dialect] = {}
        self._naming = {
            name: [int(place) for place, spec in table.items() if _is_identifying(spec)]
            for name, table in policy.hl7v2["segments"].items()
        }

    def message(self, record: bytes) -> tuple[bytes, str]:
        """De-identify one message; return it and its type (ADT_A01). Raises Rejected."""
        text, codec = decoded(record)
        end = "\r\n" if "\r\n" in text else "\n" if "\n" in text and "\r" not in text else "\r"
        lines = [line for line in text.replace("\n", "\r").split("\r") if line]
        dialect = self._dialect(delimiters(lines[0]), codec)
        mark = dialect.marks.field
        segments = [line.split(mark) for line in lines]
        if any(fields[0] == "MSH" for fields in segments[1:]):
            raise Rejected(Reason.INVALID_HL7, "a record is one message; here MSH comes again")
        context = Context(scrubber=self._scrubber(segments, dialect) if self._scrubs else None)
        patients = iter([self._offset(s, dialect) for s in segments if s[0] == "PID"])
        # What stands before the first PID (MSH, EVN) belongs to its patient too.
        first = next(patients, None)
        context.offset = first
        kept, seen = [], False
        for fields in segments:
            known = dialect.segments.get(fields[0])
            if known is None:
                continue
            if fields[0] == "PID":
                context.offset = next(patients, None) if seen else first
                seen = True
            done = self._segment(known, fields, dialect, context)
            if done:
                kept.append(done)
        content = end.join(kept) + end
        return content.encode(codec, "replace"), _type(segments[0], dialect)

    def _segment(
        self, segment: Segment, fields: list[str], dialect: Dialect, context: Context
    ) -> str:
        kept, said = segment.kept(fields, context)
        if fields[0] == "MSH":
            kept[1] = fields[1]
        elif fields[0] == "OBX":
            self._observe(fields, kept, dialect, context)
        if not said and fields[0] not in _ALWAYS:
            return ""
        mark = dialect.marks.field
        return mark.join(kept).rstrip(mark)

    def _observe(
        self, fields: list[str], kept: list[str], dialect: Dialect, context: Context
    ) -> None:
        """Put OBX-5 by the type that OBX-2 names."""
        memory = dialect.observed.get(fields[2]) if len(fields) > 5 else None  # noqa: PLR2004
        if memory is None or not fields[5]:
            return
        value = memory.with_context(fields[5], context)
        if len(kept) > 6 and kept[6]:  # noqa: PLR2004  OBX-6, the unit
            value = capped(value, kept[6].split(dialect.marks.component)[0], self._values)
        kept[5] = value

    def _offset(self, fields: list[str], dialect: Dialect) -> int | None:
        patient = _patient(fields, dialect)
        if not patient:
            raise Rejected(Reason.MISSING_PATIENT, "PID-3 holds no number of the patient")
        return self._values.pseudonyms.offset(patient) if self._shifts else None

    def _scrubber(self, segments: list[list[str]], dialect: Dialect) -> Scrubber:
        return Scrubber(text for segment in segments for text in self._names(segment, dialect))

    def _names(self, fields: list[str], dialect: Dialect) -> Iterator[str]:
        marks = dialect.marks
        for place in self._naming.get(fields[0], []):
            for repetition in fields[place].split(marks.repetition) if place < len(fields) else ():
                parts = [dialect.escapes.undone(p) for p in repetition.split(marks.component)]
                yield from (part for part in parts if len(part) > 1)
                yield " ".join(parts[:2])

    def _dialect(self, marks: Delimiters, codec: str) -> Dialect:
        known = self._dialects.get((marks, codec))
        if known is None:
            if len(self._dialects) >= _DIALECTS:
                self._dialects.clear()
            known = self._dialects[marks, codec] = Dialect(self._policy, self._values, marks, codec)
        return known


def _patient(fields: list[str], dialect: Dialect) -> str:
    """Return the first number of PID-3, else of PID-2."""
    for place in (3, 2):
        if place < len(fields) and fields[place]:
            first = fields[place].split(dialect.marks.repetition)[0]
            number = dialect.escapes.undone(first.split(dialect.marks.component)[0]).strip()
            if number and number != '""':
                return number
    return ""


def _type(fields: list[str], dialect: Dialect) -> str:
    kept, _ = dialect.segments["MSH"].kept(fields, _NO_CONTEXT)
    parts = kept[8].split(dialect.marks.component) if len(kept) > 8 else [""]  # noqa: PLR2004
    if not parts[0]:
        raise Rejected(Reason.INVALID_HL7, "MSH-9 does not name the type of the message")
    return "_".join(part for part in parts[:2] if part)


def _is_identifying(spec: Any) -> bool:
    return isinstance(spec, str) and (spec in _IDENTIFYING_TYPES or spec in _IDENTIFYING_KINDS)
