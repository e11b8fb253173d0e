"""A page of the records of a sender and day, of one type or of all."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.application.records import Day, Record
from services.application.store import Store

TYPE_FOLDER = "type="


@dataclass(frozen=True, kw_only=True)
class Page:
    """Records with their sizes in bytes; `after` is where the next page begins, None at the end."""

    records: list[tuple[Record, int]]
    after: str | None


def page(
    store: Store,
    where: Day,
    *,
    record_type: str | None,
    after: tuple[str, str] | None,
    most: int,
) -> Page:
    """Return at most so many records, in the order of type and name. Raises StoreError."""
    found: list[tuple[Record, int]] = []
    for one in _records(store, where, record_type=record_type, after=after, most=most + 1):
        if len(found) == most:
            last = found[-1][0]
            return Page(records=found, after=f"{last.type}/{last.name}")
        found.append(one)
    return Page(records=found, after=None)


def _records(
    store: Store,
    where: Day,
    *,
    record_type: str | None,
    after: tuple[str, str] | None,
    most: int,
) -> Iterator[tuple[Record, int]]:
    begin, behind = after or ("", "")
    types = [record_type] if record_type else _types(store, where)
    for each in types:
        if each < begin:
            continue
        prefix = where.of_type(each)
        last = f"{prefix}{behind}" if each == begin and behind else ""
        for entry in store.entries(prefix, after=last, most=most):
            name = entry.key.removeprefix(prefix)
            yield Record(where=where, type=each, name=name), entry.size


def _types(store: Store, where: Day) -> list[str]:
    folders = store.folders(where.sender)
    return [one.removeprefix(TYPE_FOLDER) for one in folders if one.startswith(TYPE_FOLDER)]
