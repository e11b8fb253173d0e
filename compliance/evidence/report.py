"""What a report is about: a judged synthesis, every place in it, and what stands beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from compliance.assessment import Assessment
from compliance.evidence import grants, sources
from compliance.evidence.grants import Grant
from compliance.evidence.lines import Lines
from compliance.evidence.when import Origin
from compliance.resources import IndeterminateError, Resource, Resources
from compliance.rights import Right, rights
from compliance.settings import Settings
from compliance.templates import Assembly
from compliance.verdicts import RED, Judgement, Row, Verdict

ROOM_OF_ALL = "-"
"""The room of what stands in no room: the root stack, a template, an engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a verdict falls: a resource, or (type "") a template, an engine or a construct.

    `line` is that in the template, `source` the Python that makes it, `properties` what the
    template gives it, unresolved.
    """

    path: str
    type: str = ""
    template: str = ""
    logical_id: str = ""
    line: int = 1
    room: str = ROOM_OF_ALL
    owner: str = ""
    source: str = ""
    properties: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything the files of a report say; each writer takes what it shows."""

    assessment: Assessment
    settings: Settings
    origin: Origin
    places: Mapping[str, Place]
    grants: Mapping[str, list[Grant]]
    rights: list[Right]
    lines: Lines

    @property
    def judgement(self) -> Judgement:
        """What the gate found."""
        return self.assessment.judgement

    @cached_property
    def rows(self) -> list[Row]:
        """Every row in a stable order."""
        return sorted(
            self.judgement.rows,
            key=lambda row: (row.rule, row.path, row.finding, row.engine, row.verdict),
        )

    @property
    def findings(self) -> list[Row]:
        """The rows that are not in order: red ones and excused ones."""
        return [row for row in self.rows if row.verdict in RED or row.verdict is Verdict.WAIVED]

    def line(self, row: Row) -> int:
        """Return the template's line of what a row is about, as near as can be said."""
        place = self.places[row.path]
        return self.lines.of(place.template, place.logical_id, row.finding) or place.line


def collect(*, assessment: Assessment, settings: Settings, folder: Path, origin: Origin) -> Report:
    """Gather what a report says of the assembly in `folder`.

    Raises AssemblyError when a file of the assembly is missing or broken.
    """
    resources = assessment.judgement.resources or Resources.of(Assembly(folder))
    lines = Lines(folder)
    found = {one.path: _place(one, lines, settings) for one in resources.all}
    elsewhere = {row.path for row in assessment.judgement.rows} - found.keys()
    nowhere = {path: Place(path=path, room=_room(path), properties={}) for path in elsewhere}
    return Report(
        assessment=assessment,
        settings=settings,
        origin=origin,
        places=dict(sorted({**found, **nowhere}.items())),
        grants=grants.of(resources),
        rights=rights(resources),
        lines=lines,
    )


def _place(resource: Resource, lines: Lines, settings: Settings) -> Place:
    file, logical_id = resource.template.file, resource.logical_id
    return Place(
        path=resource.path,
        type=resource.type,
        template=file,
        logical_id=logical_id,
        line=lines.of(file, logical_id),
        room=_room(resource.path),
        owner=_owner(resource) or settings.tags.owner,
        source=sources.of(resource.path),
        properties=resource.body.get("Properties", {}),
    )


def _room(path: str) -> str:
    parts = path.split("/")
    return parts[1].removesuffix(".NestedStack") if len(parts) > 2 else ROOM_OF_ALL  # noqa: PLR2004


def _owner(resource: Resource) -> str:
    """Return the value of the tag `owner`, or ""."""
    try:
        tags: Any = resource.properties.get("Tags")
    except IndeterminateError:
        return ""
    if isinstance(tags, dict):
        return str(tags.get("owner", ""))
    pairs: Iterable[Any] = tags if isinstance(tags, list) else ()
    named = {one.get("Key"): one.get("Value") for one in pairs if isinstance(one, dict)}
    return str(named.get("owner", ""))
