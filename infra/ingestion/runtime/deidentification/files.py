"""Files in, files out: what the data steward's command does, without the command line."""

import gzip
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .engine import Deidentifier
from .errors import PolicyError, Reason, Rejected
from .formats import UnknownFormatError, format_of
from .records import gunzip

_CHUNK = 1024 * 1024
_UNPACKED_AT_LEAST = 64 * _CHUNK
_UNPACKED_TIMES = 200
"""Clinical text packs to a thirtieth at best; what unpacks to 200 times its size is a bomb."""
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


@dataclass(frozen=True, slots=True)
class Input:
    """A file to de-identify and the relative name it keeps."""

    path: Path
    name: Path


@dataclass(slots=True)
class Summary:
    """What became of the records; `reasons` and `types` count them."""

    files: int = 0
    deidentified: int = 0
    quarantined: int = 0
    types: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "files": self.files,
            "records": self.deidentified + self.quarantined,
            "deidentified": self.deidentified,
            "quarantined": self.quarantined,
            "types": dict(sorted(self.types.items())),
            "reasons": dict(sorted(self.reasons.items())),
        }


def find(paths: list[Path], *, out: Path, quarantine: Path) -> list[Input]:
    """List the files of the given files and folders; hidden ones are passed over.

    Raises PolicyError when two would have one name, or when the output would be an input.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        files = sorted(_visible(path)) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path) if path.is_dir() else Path(file.name)
            if name in found and found[name].resolve() != file.resolve():
                raise PolicyError(f"{file}: {found[name]} has the same name; give one folder only")
            found[name] = file
    targets = {(folder / name).resolve() for folder in (out, quarantine) for name in found}
    for file in found.values():
        if file.resolve() in targets:
            raise PolicyError(f"{file}: would be overwritten; choose another --out or --quarantine")
    return [Input(path, name) for name, path in found.items()]


class Steward:
    """De-identifies files one after another into `out`, and what is refused into `quarantine`."""

    def __init__(
        self,
        engine: Deidentifier,
        *,
        out: Path,
        quarantine: Path,
        kind: str | None,
        advance: Callable[[int], None],
    ) -> None:
        self._engine = engine
        self._out = out
        self._quarantine = quarantine
        self._kind = kind
        self._advance = advance
        """Told of the bytes that were read."""
        self.summary = Summary()

    def process(self, file: Input) -> None:
        """De-identify a file. Its output appears whole or not at all."""
        self.summary.files += 1
        before = (self.summary.deidentified, Counter(self.summary.types))
        try:
            with self._new_file(file) as output:
                self._fill(file, output)
        except Rejected as error:
            self.summary.deidentified, self.summary.types = before
            self._keep_file(file, error.reason, error.detail)
        except UnknownFormatError:
            self._keep_file(file, "unknown_format", "neither FHIR nor HL7 v2 nor CSV; say --format")

    def _fill(self, file: Input, output: IO[bytes]) -> None:
        format = format_of(file.name, self._start(file), kind=self._kind)
        for number, record in enumerate(self._engine.records(self._content(file), format), 1):
            try:
                done = self._engine.deidentify(record, format)
            except Rejected as error:
                self._keep_record(file, number, record, error)
            else:
                output.write(done.content)
                self.summary.deidentified += 1
                self.summary.types[done.record_type] += 1

    def _start(self, file: Input) -> bytes:
        with file.path.open("rb") as opened:
            packed = opened.read(_CHUNK)
        if not _is_packed(file):
            return packed
        try:
            return next(iter(gunzip((packed,), limit=_UNPACKED_AT_LEAST)), b"")
        except Rejected as error:
            if error.reason is Reason.INVALID_GZIP:
                raise
            return b""

    def _content(self, file: Input) -> Iterator[bytes]:
        if not _is_packed(file):
            return self._read(file)
        limit = max(_UNPACKED_AT_LEAST, _UNPACKED_TIMES * file.path.stat().st_size)
        return gunzip(self._read(file), limit=limit)

    def _read(self, file: Input) -> Iterator[bytes]:
        with file.path.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk
                self._advance(len(chunk))

    @contextmanager
    def _new_file(self, file: Input) -> Iterator[IO[bytes]]:
        """Offer a file that takes its place under the file's name if all went well."""
        target = self._out / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as plain:
                if _is_packed(file):
                    with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                        yield packed  # type: ignore[misc]  # writes bytes as any IO does
                else:
                    yield plain
                empty = plain.tell() == 0
            if not empty:
                Path(partial).replace(target)
        finally:
            Path(partial).unlink(missing_ok=True)

    def _keep_record(self, file: Input, number: int, record: bytes, error: Rejected) -> None:
        plain = file.name.with_suffix("") if _is_packed(file) else file.name
        name = plain.with_name(f"{plain.name}.record-{number}{plain.suffix}")
        self._kept(name).write_bytes(record)
        self._explain(name, file, number, error.reason, error.detail)

    def _keep_file(self, file: Input, reason: str, detail: str) -> None:
        shutil.copyfile(file.path, self._kept(file.name))
        self._explain(file.name, file, None, reason, detail)

    def _explain(
        self, name: Path, file: Input, number: int | None, reason: str, detail: str
    ) -> None:
        self.summary.quarantined += 1
        self.summary.reasons[str(reason)] += 1
        why = {"file": str(file.name), "record": number, "reason": reason, "detail": detail}
        text = json.dumps(why, ensure_ascii=False, indent=2) + "\n"
        self._kept(name.with_name(f"{name.name}.reason.json")).write_text(text, encoding="utf-8")

    def _kept(self, name: Path) -> Path:
        """Return a path in quarantine that only its owner may read: there are people in it."""
        path = self._quarantine / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        path.touch(mode=_PRIVATE_FILE)
        path.chmod(_PRIVATE_FILE)
        return path


def _visible(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden:
            yield file


def _is_packed(file: Input) -> bool:
    return file.name.suffix == ".gz"
