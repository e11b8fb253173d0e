"""Reading the tables of clauses, controls and statements: a mistake in one is one sentence."""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from compliance.text import Text

TOPICS = Path(__file__).parent / "topics.toml"
SHOWN = 12
"""So many allowed values are listed; of more only the nearest are named."""


class FrameworkError(ValueError):
    """A table is wrong: the message is one sentence with file, entry, what is given and allowed."""


class Entry:
    """One entry of a table, which hands out its members once each and complains of any left."""

    def __init__(self, file: Path, name: str, given: object) -> None:
        self.where = f"{file.parent.name}/{file.name}: {name}"
        if not isinstance(given, dict):
            raise self.wrong(f"is {given!r}; a table of keys and values is allowed")
        self._given: dict[str, Any] = dict(given)

    def wrong(self, what: str) -> FrameworkError:
        """Return the error that says what is wrong with this entry."""
        return FrameworkError(f"{self.where}: {what}")

    def has(self, key: str) -> bool:
        """Say whether a member is given and was not taken yet."""
        return key in self._given

    def take(self, key: str) -> Any:
        """Return a member as it is. Raises FrameworkError when there is none."""
        if key not in self._given:
            raise self.wrong(f"{key} is missing")
        return self._given.pop(key)

    def word(self, key: str) -> str:
        """Return a text that is not empty. Raises FrameworkError when it is none."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} is {value!r}; a text that is not empty is allowed")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, each once; `()` when there is none."""
        value = self._given.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(f"{key} is {value!r}; a list of texts is allowed")
        if twice := sorted({one for one in value if value.count(one) > 1}):
            raise self.wrong(f"{key} names {', '.join(twice)} more than once")
        return tuple(value)

    def text(self, prefix: str = "") -> Text:
        """Return the text in both languages under `en` and `ja`, or `prefix_en` and `prefix_ja`."""
        mark = f"{prefix}_" if prefix else ""
        return Text(en=self.word(f"{mark}en"), ja=self.word(f"{mark}ja"))

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """Return a text that is among those allowed."""
        value = self.word(key)
        self.known(key, (value,), allowed)
        return value

    def known(self, key: str, given: Iterable[str], allowed: Collection[str]) -> None:
        """Raise FrameworkError when a text is not among those allowed."""
        for value in given:
            if value not in allowed:
                raise self.wrong(f"{key} is {value!r}; {_allowed(value, allowed)}")

    def done(self) -> None:
        """Raise FrameworkError when a member was not asked for."""
        if self._given:
            raise self.wrong(f"{', '.join(sorted(self._given))} is not a key of it")


def read(file: Path) -> dict[str, Any]:
    """Return what a TOML file holds. Raises FrameworkError when it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FrameworkError(f"{file.parent.name}/{file.name}: cannot be read: {error}") from None


def entries(file: Path, kind: str) -> Iterator[Entry]:
    """Yield the entries `[[kind]]` of a TOML file that holds nothing else, named by their id."""
    given = read(file)
    yield from listed(file, kind, given.pop(kind, []))
    Entry(file, "the file", given).done()


def listed(file: Path, kind: str, given: object) -> Iterator[Entry]:
    """Yield entries named by their id, or by their number where it is missing."""
    if not isinstance(given, list) or not given:
        raise FrameworkError(f"{file.parent.name}/{file.name}: at least one [[{kind}]] is needed")
    for number, one in enumerate(given, 1):
        name = one.get("id", f"number {number}") if isinstance(one, dict) else f"number {number}"
        yield Entry(file, f"{kind} {name}", one)


def unique(entry: Entry, id_: str, seen: Collection[str]) -> None:
    """Raise FrameworkError when another entry has the id."""
    if id_ in seen:
        raise entry.wrong("the id is given twice; each may stand once in all files")


@cache
def records(file: Path = TOPICS) -> dict[str, Text]:
    """Return, by topic, who keeps the record that shows what no rule can."""
    found = {}
    for topic, given in read(file).items():
        entry = Entry(file, topic, given)
        found[topic] = entry.text()
        entry.done()
    return found


def _allowed(given: str, allowed: Collection[str]) -> str:
    """Return what is allowed: all of it, or of many the nearest."""
    if len(allowed) <= SHOWN:
        return f"{', '.join(sorted(allowed))} is allowed"
    near = get_close_matches(given, allowed, n=3)
    likely = f" (is {' or '.join(near)} meant?)" if near else ""
    return f"one of {len(allowed)} known names is allowed{likely}"
