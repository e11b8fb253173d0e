"""How a verdict is shown to a person: a table on a terminal, plain blocks of lines elsewhere."""

from collections.abc import Sequence
from typing import TextIO

from compliance.verdicts import OF_CLAUSES, Judgement, Row, Second, Verdict


def show(judgement: Judgement, stream: TextIO) -> None:
    """Write every finding, and the number of rows of each verdict."""
    if judgement.red:
        if stream.isatty():
            _table(judgement.red, stream)
        else:
            stream.write("".join(_block(row) for row in judgement.red))
    stream.write(f"gate: {summary(judgement)}\n")


def summary(judgement: Judgement) -> str:
    """Return the counts of all verdicts that a row can have in one line."""
    counts = judgement.counts.items()
    return ", ".join(
        f"{number} {verdict}" for verdict, number in counts if verdict not in OF_CLAUSES
    )


def _block(row: Row) -> str:
    kind = f" ({row.resource_type})" if row.resource_type else ""
    lines = [f"{_mark(row)} {row.id}", f"  {row.path}{kind}", f"  wrong: {_wrong(row)}"]
    if row.remedy:
        lines.append(f"  mend:  {row.remedy}")
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Row], stream: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 (a green gate needs no table)
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(show_lines=True)
    for heading in ("rule", "resource", "what is wrong", "how to mend it"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        colour = "red" if row.verdict is Verdict.FAIL else "yellow"
        resource = f"{row.path}\n{row.resource_type}".rstrip()
        table.add_row(
            Text(row.id, style=colour), Text(resource), Text(_wrong(row)), Text(row.remedy)
        )
    Console(file=stream).print(table)


def _mark(row: Row) -> str:
    return "FAIL" if row.verdict is Verdict.FAIL else "INDETERMINATE"


def _wrong(row: Row) -> str:
    if row.verdict is Verdict.FAIL or row.second is Second.DISAGREES:
        return row.message
    return f"cannot be known: {row.message}"
