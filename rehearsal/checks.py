"""Judge what came out: nothing lost, nothing doubled, nobody identified."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rehearsal.lake import Object, by_upload
from rehearsal.uploads import Upload

_SHOWN = 5


@dataclass
class Account:
    """Records in, out and in quarantine, and every sentence about what is wrong."""

    records_in: int = 0
    records_out: int = 0
    quarantined: int = 0
    lost: int = 0
    doubled: int = 0
    leaks: int = 0
    wrong: list[str] = field(default_factory=list)


def settle(uploads: Iterable[Upload], released: list[Object], quarantined: list[Object]) -> Account:
    """Compare what went in with what is there, upload by upload."""
    account = Account()
    out, kept = by_upload(released), by_upload(quarantined)
    # The same content sent twice is one upload.
    for upload in {(one.digest, one.status): one for one in uploads}.values():
        came, held = out[upload.digest], kept[upload.digest]
        counted, wanted = upload.counted, upload.quarantined
        if upload.flawed:
            # Held back as one, or record by record while the good ones come out.
            counted = upload.counted if came else max(1, held)
            wanted = max(1, held)
        account.records_in += counted
        account.records_out += came
        account.quarantined += held
        account.lost += max(0, counted - came - held)
        account.doubled += max(0, came + held - counted)
        if came + held != counted or held != wanted:
            account.wrong.append(
                f"{upload.name}: {counted} records in, {came} out and {held} in quarantine; "
                f"wanted are {counted - wanted} and {wanted}"
            )
    return account


def leaks(identifiers: Iterable[str], places: Iterable[tuple[str, str]]) -> list[str]:
    """Name the places (name, text) in which an identifier stands, never the identifier."""
    wanted = sorted(set(identifiers))
    found = []
    for name, text in places:
        hits = sum(1 for identifier in wanted if identifier in text)
        if hits:
            found.append(f"{hits} identifiers in {name}")
    return found


def places(
    released: Iterable[Object],
    quarantined: Iterable[Object],
    log_lines: Iterable[str],
    events: Iterable[object],
) -> Iterable[tuple[str, str]]:
    """Yield everything in which no identifier may stand. Quarantine is looked at by key only."""
    for one in released:
        yield f"the object {one.key}", one.key + "\n" + _readings(one.content)
    for one in quarantined:
        yield f"the quarantine key {one.key}", one.key
    yield "the logs", "\n".join(log_lines)
    yield "the events", "\n".join(str(event) for event in events)


def _readings(content: bytes) -> str:
    """Return the text in every encoding that it could be in: a name may hide in any."""
    encodings = ["utf-8"]
    if b"\x1b$" in content:
        encodings.append("iso2022_jp")
    try:
        content.decode()
    except UnicodeDecodeError:
        encodings += ["cp932", "euc_jp"]
    return "\n".join(content.decode(encoding, errors="replace") for encoding in encodings)


def first(sentences: list[str]) -> str:
    """Return the first few sentences as one."""
    more = len(sentences) - _SHOWN
    return "; ".join(sentences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
