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
    ("name", "address_line", "city", "phone", "email", "account", "national_id", "licence")
    + ("birth_date", "id")
)
_SET_IDS = "set_id"
_ALWAYS = ("MSH", "PID")


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


_NO_CONTEXT = Context()


class Dialect:
    """The policy's segments compiled for one set of delimiters and one codec."""

    def __init__(
        self, policy: Policy, values: Values, marks: Delimiters, codec: str
    ) -> None:
        self.marks = marks
        self.escapes = Escapes(marks, codec)
        compiler = FieldCompiler(policy, values, marks, self.escapes)
        self.segments: dict[str, Segment] = {
            name: Segment(table, compiler, is_header=name == "MSH")
            for name, table in policy.hl7v2["segments"].items()
        }
        observed = policy.hl7v2["observation"]
        made = {name: compiler.field(spec) for name, spec in observed.items()}
        self.observed = {name: field[0] for name, field in made.items() if field}


class Segment:
    """The fields of a segment that are kept: by place, with or without the record's context."""

    def __init__(
        self, table: dict[str, Any], compiler: FieldCompiler, *, is_header: bool
    ) -> None:
        # MSH-1 is the delimiter itself, so the header's places are one lower after splitting.
        shift = 1 if is_header else 0
        self.plain: list[tuple[int, Remembered]] = []
        self.contextual: list[tuple[int, Field]] = []
        self.set_ids = {int(place) - shift for place, spec in table.items() if spec == _SET_IDS}
        for place, spec in table.items():
            made = compiler.field(spec) if spec != "observation" else None
            if made is None:
                continue
            field, contextual = made
            if contextual:
                self.contextual.append((int(place) - shift, field))
            else:
                self.plain.append((int(place) - shift, Remembered(field)))

    def kept(self, fields: list[str], context: Context) -> list[str]:
        """Return the segment with what is kept of its fields; others are empty."""
        count = len(fields)
        kept = [""] * count
        kept[0] = fields[0]
        for place, remembered in self.plain:
            if place < count and fields[place]:
                kept[place] = remembered[fields[place]]
        for place, field in self.contextual:
            if place < count and fields[place]:
                kept[place] = field(fields[place], context)
        return kept


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
        segments = [line for line in text.replace("\n", "\r").split("\r") if line]
        dialect = self._dialect(delimiters(segments[0]), codec)
        mark = dialect.marks.field
        context = Context(scrubber=self._scrubber(segments, dialect) if self._scrubs else None)
        kept = []
        for segment in segments:
            fields = segment.split(mark)
            known = dialect.segments.get(fields[0])
            if known is None:
                continue
            if fields[0] == "PID":
                context.offset = self._offset(fields, dialect)
            done = self._segment(known, fields, dialect, context)
            if done:
                kept.append(done)
        content = end.join(kept) + end
        return content.encode(codec, "replace"), _type(segments[0], dialect)

    def _segment(
        self, segment: Segment, fields: list[str], dialect: Dialect, context: Context
    ) -> str:
        kept = segment.kept(fields, context)
        if fields[0] == "MSH":
            kept[1] = fields[1]
        elif fields[0] == "OBX":
            self._observe(fields, kept, dialect, context)
        mark = dialect.marks.field
        said = any(kept[place] for place in range(1, len(kept)) if place not in segment.set_ids)
        return mark.join(kept).rstrip(mark) if said or fields[0] in _ALWAYS else ""

    def _observe(
        self, fields: list[str], kept: list[str], dialect: Dialect, context: Context
    ) -> None:
        """Put OBX-5 by the type that OBX-2 names."""
        field = dialect.observed.get(fields[2]) if len(fields) > 5 else None  # noqa: PLR2004
        if field is None or not fields[5]:
            return
        value = field(fields[5], context)
        if len(kept) > 6 and kept[6]:  # noqa: PLR2004  OBX-6, the unit
            value = capped(value, kept[6].split(dialect.marks.component)[0], self._values)
        kept[5] = value

    def _offset(self, fields: list[str], dialect: Dialect) -> int | None:
        patient = _patient(fields, dialect)
        if not patient:
            raise Rejected(Reason.MISSING_PATIENT, "PID-3 holds no number of the patient")
        return self._values.pseudonyms.offset(patient) if self._shifts else None

    def _scrubber(self, segments: list[str], dialect: Dialect) -> Scrubber:
        return Scrubber(text for segment in segments for text in self._names(segment, dialect))

    def _names(self, segment: str, dialect: Dialect) -> Iterator[str]:
        marks = dialect.marks
        fields = segment.split(marks.field)
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
            known = self._dialects[marks, codec] = Dialect(
                self._policy, self._values, marks, codec
            )
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


def _type(header: str, dialect: Dialect) -> str:
    fields = header.split(dialect.marks.field)
    kept = dialect.segments["MSH"].kept(fields, _NO_CONTEXT)
    parts = kept[8].split(dialect.marks.component) if len(kept) > 8 else [""]  # noqa: PLR2004
    if not parts[0]:
        raise Rejected(Reason.INVALID_HL7, "MSH-9 does not name the type of the message")
    return "_".join(part for part in parts[:2] if part)


def _is_identifying(spec: Any) -> bool:
    return isinstance(spec, str) and (spec in _IDENTIFYING_TYPES or spec in _IDENTIFYING_KINDS)
