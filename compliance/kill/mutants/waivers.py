"""Without its waiver an excused finding is red; and a waiver that is no excuse is red itself."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from posixpath import commonpath
from typing import Any

from compliance import register
from compliance.kill.files import Files
from compliance.kill.mutant import Mutant
from compliance.templates import ACKNOWLEDGED, Assembly, RecordedWaiver
from compliance.verdicts import Row
from compliance.waivers import METADATA

LONG_AGO = "2020-01-31"
TAGS = "IRYO-TAGS"


def mutants(assembly: Assembly, rows: Sequence[Row]) -> Iterator[Mutant]:
    """Yield the mutants of an assembly's waivers; `rows` are what was judged with them."""
    for recorded in assembly.waivers:
        excused = next(
            row
            for row in rows
            if row.waiver == recorded.waiver and f"{row.path}/".startswith(f"{recorded.path}/")
        )
        yield Mutant(
            name=f"waiver of {excused.id} removed",
            rule=excused.rule,
            path=excused.path,
            apply=partial(_edit, recorded=recorded),
        )
    for first in assembly.waivers[:1]:
        yield from _of_waiver(first)
    yield from _of_broad_waivers(assembly)


def _of_waiver(first: RecordedWaiver) -> Iterator[Mutant]:
    waived = first.waiver.rule
    for name, rule, about, changes in (
        ("a waiver that has expired", register.EXPIRED, waived, {"expires": LONG_AGO}),
        ("a waiver of what is in order", register.UNUSED, TAGS, {"rule": TAGS, "finding": ""}),
    ):
        yield Mutant(
            name=name,
            rule=rule,
            path=first.path,
            about=about,
            apply=partial(_edit, recorded=first, changes=changes),
        )
    yield Mutant(
        name="a finding acknowledged by nobody",
        rule=register.UNTYPED,
        path=first.path,
        apply=partial(_acknowledge, path=first.path),
    )


def _of_broad_waivers(assembly: Assembly) -> Iterator[Mutant]:
    alike: dict[tuple[str, str], list[RecordedWaiver]] = defaultdict(list)
    for recorded in assembly.waivers:
        alike[recorded.waiver.rule, recorded.waiver.finding].append(recorded)
    for several in alike.values():
        above = commonpath([recorded.path for recorded in several])
        if len({recorded.path for recorded in several}) > 1:
            yield Mutant(
                name="a waiver that stands above several resources",
                rule=register.BROAD,
                path=above,
                about=several[0].waiver.rule,
                apply=partial(_widen, several=several, above=above),
            )


def _metadata(files: Files) -> Iterator[dict[str, list[dict[str, Any]]]]:
    for name in files:
        if name.endswith(".metadata.json"):
            yield files[name]


def _entries(files: Files, path: str) -> list[dict[str, Any]]:
    """Return the metadata of a construct, in the file of its stack."""
    stack, *_ = path.split("/")
    found: list[dict[str, Any]] = files[f"{stack}.metadata.json"].setdefault(f"/{path}", [])
    return found


def _edit(files: Files, *, recorded: RecordedWaiver, changes: dict[str, str] | None = None) -> None:
    """Change a waiver's words in the metadata of its construct; no changes remove it."""
    for metadata in _metadata(files):
        for entry in tuple(metadata.get(f"/{recorded.path}", ())):
            if entry["type"] == METADATA and entry["data"] == recorded.waiver.to_json():
                if changes:
                    entry["data"] |= changes
                else:
                    metadata[f"/{recorded.path}"].remove(entry)


def _widen(files: Files, *, several: list[RecordedWaiver], above: str) -> None:
    """Put one waiver on the construct above, and remove those below that it makes needless."""
    for recorded in several:
        _edit(files, recorded=recorded)
    entry = {"type": METADATA, "data": several[0].waiver.to_json()}
    _entries(files, above).append(entry)


def _acknowledge(files: Files, *, path: str) -> None:
    entry = {"type": ACKNOWLEDGED, "data": {"HIPAA.Security-LambdaDLQ": "because"}}
    _entries(files, path).append(entry)
