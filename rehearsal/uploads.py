"""What the rehearsal sends, and what it expects of each."""

import gzip
import hashlib
import re
import tomllib
import zlib
from dataclasses import dataclass, field

from rehearsal import records
from rehearsal.local_aws import ROOT
from rehearsal.people import Person

SAMPLES = ROOT / "samples"
COLUMN_POLICIES = ROOT / "infra" / "ingestion" / "runtime" / "column_policies"
"""The policies that are deployed; a sample table NAME.csv goes with the policy NAME.toml."""
CONTENT_TYPES = {
    "json": "application/fhir+json",
    "ndjson": "application/fhir+ndjson",
    "hl7": "application/hl7-v2",
    "csv": "text/csv",
}
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One request. `content` is what is hashed: the body before gzip."""

    name: str
    kind: str
    content: bytes
    status: int = 202
    rejected: int = 0
    """Records of an accepted upload that must end in quarantine."""
    flawed: bool = False
    """It is refused as a whole (422), or taken (202) and some of its records held back."""
    headers: dict[str, str] = field(default_factory=dict)
    compressed: bool = False
    raw_body: bytes | None = None
    """Sent instead of the content, for bodies that are no proper gzip or far too large."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 that names the upload's objects."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def body(self) -> bytes:
        """Return what goes over the wire."""
        if self.raw_body is not None:
            return self.raw_body
        return gzip.compress(self.content, mtime=0) if self.compressed else self.content

    @property
    def all_headers(self) -> dict[str, str]:
        """Return the content type, the encoding and what else the upload wants."""
        encoding = {"Content-Encoding": "gzip"} if self.compressed else {}
        content_type = {"Content-Type": CONTENT_TYPES.get(self.kind, self.kind)}
        return {**content_type, **encoding, **self.headers}

    @property
    def statuses(self) -> tuple[int, ...]:
        """Return the HTTP statuses that are right."""
        return (202, 422) if self.flawed else (self.status,)

    @property
    def counted(self) -> int:
        """Count the records in: none of a refused request, one of a rejected one."""
        if self.status == 202:  # noqa: PLR2004 (HTTP: accepted)
            return records.count(self.content, self.kind)
        return 1 if self.status == 422 else 0  # noqa: PLR2004 (HTTP: unprocessable content)

    @property
    def quarantined(self) -> int:
        """Count the records that must be in quarantine."""
        return self.rejected if self.status == 202 else self.counted  # noqa: PLR2004


def good(people: list[Person]) -> list[Upload]:
    """Return uploads that must all come out: each format, plain and compressed."""
    source = {"X-Source": "rehearsal"}
    made = [
        Upload(name=f"bundle {one.number}", kind="json", content=records.bundle(one))
        for one in people[:8]
    ]
    made += [
        Upload(
            name=f"bulk export {one.number}",
            kind="ndjson",
            content=records.ndjson(one),
            headers=source,
            compressed=one.number % 2 == 0,
        )
        for one in people[8:12]
    ]
    made += [
        Upload(
            name=f"admissions {edition}",
            kind="hl7",
            content=records.admissions(people, edition=edition),
            headers=source,
            compressed=edition == 1,
        )
        for edition in range(2)
    ]
    return made + [
        Upload(
            name=f"table {path.stem}",
            kind="csv",
            content=records.table(people, tomllib.loads(path.read_text(encoding="utf-8"))),
            headers={**source, "X-Column-Policy": path.stem},
        )
        for path in sorted(COLUMN_POLICIES.glob("*.toml"))
    ]


def samples() -> list[Upload]:
    """Return the repository's own sample files of the formats that the API takes."""
    return [
        Upload(
            name=f"samples/{path.relative_to(SAMPLES)}",
            kind=path.suffix.removeprefix("."),
            content=path.read_bytes(),
            flawed=path.parent.name == "bad",
            headers={"X-Column-Policy": path.stem} if path.suffix == ".csv" else {},
        )
        for path in sorted(SAMPLES.rglob("*"))
        if path.suffix.removeprefix(".") in CONTENT_TYPES
        and (path.suffix != ".csv" or (COLUMN_POLICIES / f"{path.stem}.toml").is_file())
    ]


def bad(people: list[Person]) -> list[Upload]:
    """Return what must be answered clearly, each with the status it must get."""
    text = records.bundle(people[0])
    lines = records.patients(people[1:3], edition=9)
    message = records.admissions(people[:1], edition=9)
    bomb = b"[" + b" " * (64 * _MEBIBYTE) + b"]"
    return [
        Upload(name="broken JSON", kind="json", content=text[: len(text) // 2], status=422),
        Upload(name="not FHIR", kind="json", content=b'{"hello": "world"}', status=422),
        Upload(name="empty file", kind="json", content=b"", status=422),
        Upload(name="not HL7", kind="hl7", content=b"PID|1||" + text[:50], status=422),
        Upload(
            name="no gzip", kind="json", content=text, raw_body=text, compressed=True, status=422
        ),
        Upload(name="wrong content type", kind="image/png", content=text[1:], status=415),
        Upload(name="30 MB bundle", kind="json", content=b" " * (30 * _MEBIBYTE), status=413),
        Upload(
            name="gzip bomb",
            kind="json",
            content=bomb,
            raw_body=zlib.compress(bomb, wbits=31),
            compressed=True,
            status=413,
        ),
        Upload(
            name="a broken line between good ones",
            kind="ndjson",
            content=lines.replace(b"\n", b'\n{"resourceType": "Patient", "id": \n'),
            rejected=1,
        ),
        Upload(
            name="a message without a patient's number before a good one",
            kind="hl7",
            content=spoilt(message, "hl7") + b"\r" + message.replace(b"E9N", b"F9N"),
            rejected=1,
        ),
    ]


def spoilt(content: bytes, kind: str) -> bytes:
    """Return a file of FHIR lines or HL7 messages whose first record cannot be de-identified."""
    if kind == "hl7":
        return re.sub(rb"PID\|1\|\|[^|]*", b"PID|1||", content, count=1)
    return content.replace(b'{"resourceType": "Patient"', b'{"resourceType": "Pat', 1)
