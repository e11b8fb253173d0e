"""CSV by column policy: rows in, rows out, the header with the first of them."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from .columns import COLUMN_KINDS, DROP, ColumnPolicy
from .errors import PolicyError, Reason, Rejected
from .policy import Action, Policy
from .records import MAX_RECORD_BYTES
from .scrub import REMOVED, Scrubber
from .values import Context, Value, Values

csv.field_size_limit(1024 * 1024)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_KEPT = 64
_IDENTIFYING = frozenset(
    [
        "name",
        "address_line",
        "city",
        "phone",
        "email",
        "postal",
        "birth_date",
        "id",
        "patient_id",
        "identifier",
        "national_id",
        "insurance_id",
        "account",
        "licence",
        "vehicle_id",
    ]
)


@dataclass(slots=True)
class Head:
    """The header of one file. `written`: a row has already carried it to the output."""

    names: list[str]
    end: str
    bom: str
    written: bool = False


class Row(bytes):
    """A row as bytes that are a file of their own (header and row), with its cells at hand."""

    head: Head
    cells: list[str]

    @classmethod
    def of(cls, head: Head, cells: list[str], columns: ColumnPolicy) -> Self:
        """Make the row of a file."""
        text = _line(head.names, head, columns) + _line(cells, head, columns)
        row = cls(text.encode(columns.encoding, "replace"))
        row.head = head
        row.cells = cells
        return row


def rows(content: Iterable[bytes], columns: ColumnPolicy) -> Iterator[Row]:
    """Yield the rows below the header.

    Raises Rejected when the file cannot be decoded, a column is not in the policy or a quote is
    never closed.
    """
    text = _lines(content, columns.encoding)
    first = next(text, "")
    bom = "\ufeff" if first.startswith("\ufeff") else ""
    reader = csv.reader(_again(first.removeprefix("\ufeff"), text), delimiter=columns.delimiter)
    head = Head(
        names=_header(next(_read(reader), []), columns),
        end="\r\n" if first.endswith("\r\n") else "\n",
        bom=bom,
    )
    for cells in _read(reader):
        if cells:
            yield Row.of(head, cells, columns)


class Table:
    """A column policy with the values of a profile. Raises PolicyError when they do not fit."""

    def __init__(self, columns: ColumnPolicy, policy: Policy, values: Values) -> None:
        self.columns = columns
        self._policy = policy
        self._values = values
        self._cells = {name: self._cell(name, spec) for name, spec in columns.columns.items()}
        self._kept = {name for name, spec in columns.columns.items() if spec != DROP}
        actions = [self._action(spec) for spec in columns.columns.values()]
        self._shifts = Action.DATE_SHIFT in actions
        self._scrubs = Action.SCRUB in actions
        if self._shifts and columns.patient is None:
            raise PolicyError(
                f"column policy: patient: needed, because {policy.name} shifts dates by patient"
            )

    def row(self, row: Row) -> bytes:
        """De-identify a row; the first of a file brings the header. Raises Rejected."""
        head = row.head
        if len(row.cells) != len(head.names):
            raise Rejected(
                Reason.INVALID_CSV,
                f"the row has {len(row.cells)} cells, the header {len(head.names)}",
            )
        given = dict(zip(head.names, row.cells, strict=True))
        context = self._context(given)
        kept = [
            self._clean(name, cell, context) for name, cell in given.items() if name in self._kept
        ]
        text = _line(kept, head, self.columns)
        if not head.written:
            names = [name for name in head.names if name in self._kept]
            text = head.bom + _line(names, head, self.columns) + text
            head.written = True
        return text.encode(self.columns.encoding, "replace")

    def _context(self, given: dict[str, str]) -> Context:
        context = Context()
        if self.columns.patient is not None:
            patient = given.get(self.columns.patient, "").strip()
            if not patient:
                raise Rejected(Reason.MISSING_PATIENT, "the row does not say whose it is")
            if self._shifts:
                context.offset = self._values.pseudonyms.offset(patient)
        if self._scrubs:
            specs = self.columns.columns
            context.scrubber = Scrubber(
                cell for name, cell in given.items() if specs[name] in _IDENTIFYING and cell
            )
        return context

    def _clean(self, name: str, cell: str, context: Context) -> str:
        function = self._cells[name]
        kept = function(cell.strip(), context) if function and cell.strip() else None
        return "" if kept is None else _harmless(str(kept))

    def _cell(self, name: str, spec: str | tuple[str, ...]) -> Value | None:
        if isinstance(spec, tuple):
            return lambda value, _: value if value in spec else None
        if spec.startswith("code:"):
            system = spec.removeprefix("code:")
            return lambda value, _: value if self._values.codes.is_code(system, value) else None
        if spec in (DROP, Action.REDACT):
            return None
        if spec == Action.KEEP:
            return _unsuspicious
        if spec not in COLUMN_KINDS:
            self._check_allowed(name, Action(spec))
            return self._values.doing(Action(spec))
        return self._values.of(spec)

    def _action(self, spec: str | tuple[str, ...]) -> Action:
        if isinstance(spec, tuple) or spec == DROP or spec.startswith("code:"):
            return Action.KEEP
        return self._policy.action(spec) if spec in COLUMN_KINDS else Action(spec)

    def _check_allowed(self, name: str, action: Action) -> None:
        if action is Action.DATE_SHIFT and self._policy.action("date") is not Action.DATE_SHIFT:
            raise PolicyError(
                f"column policy: columns.{name}: {self._policy.name} does not keep shifted dates; "
                "name the kind, date or birth_date"
            )


def _lines(content: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Decode piece by piece and yield lines with their ends."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    try:
        for chunk in content:
            text = decoder.decode(chunk)
            rest += text
            if "\r" not in text and "\n" not in text:
                _check_size(rest)
                continue
            held = "\r" if rest.endswith("\r") else ""
            *whole, rest = re.split(r"(?<=\n)|(?<=\r)(?!\n)", rest.removesuffix(held))
            rest += held
            yield from whole
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Rejected(Reason.INVALID_ENCODING, f"the file is not {encoding}") from None
    yield from (line for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", rest) if line)


def _check_size(row: str) -> None:
    if len(row) > MAX_RECORD_BYTES:
        raise Rejected(Reason.TOO_LARGE, f"a row has more than {MAX_RECORD_BYTES} bytes")


def _again(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _read(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise Rejected(Reason.INVALID_CSV, "the quotes or cells cannot be read") from None


def _header(names: list[str], columns: ColumnPolicy) -> list[str]:
    stripped = [name.strip() for name in names]
    for number, name in enumerate(stripped, 1):
        if name not in columns.columns:
            raise Rejected(
                Reason.UNKNOWN_COLUMN, f"column {number} of the header is not in the column policy"
            )
        if name in stripped[: number - 1]:
            raise Rejected(Reason.INVALID_CSV, f"column {number} has the name of another")
    if columns.patient is not None and stripped and columns.patient not in stripped:
        raise Rejected(Reason.MISSING_PATIENT, "the column that names the patient is not there")
    return stripped


def _line(cells: list[str], head: Head, columns: ColumnPolicy) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=columns.delimiter, lineterminator=head.end).writerow(cells)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


_patterns_only = Scrubber(())


def _unsuspicious(value: Any, _: Context) -> str | None:
    """Keep a cell that is short and holds nothing that looks like an identifier."""
    text = unicodedata.normalize("NFKC", value)
    if len(text) > _LONGEST_KEPT or REMOVED in _patterns_only.scrub(text):
        return None
    return str(value)
