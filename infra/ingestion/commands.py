"""`iryo deidentify`: the ingestion room's engine as a tool for a data steward."""

import base64
import binascii
import json
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.ingestion.runtime.deidentification.engine import Deidentifier

_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH
_KEY_BYTES = 32


class Kind(StrEnum):
    """Formats as the command line names them."""

    FHIR = "fhir"
    HL7V2 = "hl7v2"
    CSV = "csv"


def deidentify(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="IN...",
            exists=True,
            help="Files or folders: FHIR JSON or NDJSON, HL7 v2, CSV; .gz as well.",
        ),
    ],
    *,
    profile: Annotated[
        str,
        typer.Option(
            help="safe_harbor, jp_pseudonymised (仮名加工), jp_anonymised (匿名加工) "
            "or the path of a profile of your own (.toml)."
        ),
    ],
    key: Annotated[
        Path,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="File with the pseudonym key, 32 bytes or more, as hex, base64 or raw. The same "
            "key gives the same pseudonyms. Make one: openssl rand -hex 32 > key",
        ),
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for what is de-identified.")],
    quarantine: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for what is refused, with the reason.")
    ],
    format: Annotated[
        Kind | None, typer.Option(help="Format of all files; absent: by name and beginning.")
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Column policy (TOML), needed for CSV."),
    ] = None,
) -> None:
    """De-identify patient records: files in, files of the same names out.

    Prints a summary as JSON. Ends with 0, with 1 when anything went to quarantine, with 2 when it
    was asked for something that cannot be done.
    """
    from infra.ingestion.runtime.deidentification import PolicyError  # noqa: PLC0415
    from infra.ingestion.runtime.deidentification.files import Steward, find  # noqa: PLC0415

    started = time.monotonic()
    try:
        engine = _engine(profile, read_key(key), columns)
        files = find(inputs, out=out, quarantine=quarantine)
        if columns is None:
            _refuse_tables([file.path for file in files], format)
        total = sum(file.path.stat().st_size for file in files)
        with _progress(total) as advance:
            steward = Steward(engine, out=out, quarantine=quarantine, kind=format, advance=advance)
            for file in files:
                steward.process(file)
    except (PolicyError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from None
    seconds = round(time.monotonic() - started, 3)
    summary = {"profile": profile, **steward.summary.as_dict(), "seconds": seconds}
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    if steward.summary.quarantined:
        raise typer.Exit(1)


def read_key(path: Path) -> bytes:
    """Read the pseudonym key: the file's text as it is, which is also what Secrets Manager holds.

    Hex and base64 are not decoded, only weighed. Raises PolicyError when there are less than 32
    bytes in it; warns when others than its owner may read it.
    """
    from infra.ingestion.runtime.deidentification import PolicyError  # noqa: PLC0415

    if path.stat().st_mode & _OTHERS_MAY_READ:
        sys.stderr.write(f"{path}: others may read this key; say chmod 600 {path}\n")
    key = path.read_bytes().rstrip(b"\r\n")
    weight = _weight(key)
    if weight < _KEY_BYTES:
        raise PolicyError(
            f"{path}: holds {weight} bytes of key, {_KEY_BYTES} are needed; "
            f"make one: openssl rand -hex {_KEY_BYTES} > {path}"
        )
    return key


def _weight(key: bytes) -> int:
    """Count the bytes that a text of hex or base64 stands for."""
    if re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", key):
        return len(key) // 2
    if re.fullmatch(rb"[A-Za-z0-9+/_-]+={0,2}", key):
        try:
            return len(base64.b64decode(key, altchars=b"-_", validate=False))
        except binascii.Error:
            return len(key) * 3 // 4
    return len(key)


def _engine(profile: str, key: bytes, columns: Path | None) -> "Deidentifier":
    from infra.ingestion.runtime.deidentification import (  # noqa: PLC0415
        ColumnPolicy,
        Deidentifier,
    )

    return Deidentifier(profile, key, columns=ColumnPolicy.read(columns) if columns else None)


def _refuse_tables(paths: list[Path], format: Kind | None) -> None:
    from infra.ingestion.runtime.deidentification import PolicyError  # noqa: PLC0415

    tables = [path for path in paths if ".csv" in path.suffixes or ".tsv" in path.suffixes]
    if format is Kind.CSV or (format is None and tables):
        which = f"{tables[0]}: " if tables else ""
        raise PolicyError(f"{which}CSV needs --columns POLICY: which column holds what")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show the bytes read on a terminal; stay silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    parts = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*parts, console=Console(stderr=True)) as progress:
        task = progress.add_task("de-identifying", total=total)
        yield lambda size: progress.advance(task, size)
