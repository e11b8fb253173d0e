"""The frameworks: their clauses, and by which controls or records each is met.

The tables are the TOML files beside this module; docs/frameworks.md says what each key is, and how
a clause or a framework is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from compliance import controls
from compliance.controls import Control
from compliance.tables import Entry, FrameworkError, listed, read, records, unique
from compliance.text import Text

__all__ = ["Clause", "Disposition", "Framework", "FrameworkError", "load"]

FOLDER = Path(__file__).parent
KINDS = ("technical", "organisational", "physical")
SEEN = ("text", "secondary")
ATTESTATION = Text(
    en="AWS SOC 2 Type 2 report and AWS ISO/IEC 27001 certificate, both through AWS Artifact",
    ja="AWS の SOC 2 Type 2 報告書および ISO/IEC 27001 認証書（いずれも AWS Artifact で入手）",
)
"""What shows a clause that is inherited from AWS, where it names nothing else."""

Disposition = Literal["proven", "partly", "manual", "inherited", "not-applicable"]
DISPOSITIONS: tuple[Disposition, ...] = (
    "proven",
    "partly",
    "manual",
    "inherited",
    "not-applicable",
)
BY_RULES = ("proven", "partly")
BY_RECORD = ("partly", "manual")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A clause, and how it is met.

    `seen` says whether its text was read or only something that quotes it (`source`). What it holds
    besides depends on the disposition: controls when rules prove it, whole or in part; a record,
    with who keeps it, for what no rule shows; the attestation when AWS does it; why when it does
    not apply.
    """

    id: str
    title: Text
    section: Text
    source: Text
    seen: str
    kind: str
    disposition: Disposition
    controls: tuple[str, ...]
    record: Text | None
    attestation: Text | None
    why: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Framework:
    """A law, standard or guideline of one edition; `coverage` says which part of it is here."""

    id: str
    title: Text
    edition: Text
    url: str
    coverage: Text
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the clauses of one file refer to."""

    sections: Mapping[str, Text]
    sources: Mapping[str, tuple[str, Text]]
    controls: Mapping[str, Control]


@cache
def load(folder: Path = FOLDER) -> tuple[Framework, ...]:
    """Return every framework, ordered by file.

    Raises FrameworkError when a file is broken, a clause says too little or too much for its
    disposition, or names a control, topic, section or source that does not exist.
    """
    known = {control.id: control for control in controls.load()}
    clauses: dict[str, Clause] = {}
    found: list[Framework] = []
    for file in sorted(folder.glob("*.toml")):
        framework = _framework(file, known, clauses)
        if framework.id != file.stem:
            raise FrameworkError(
                f"{file.parent.name}/{file.name}: id is {framework.id!r}; "
                f"the file's name {file.stem!r} is allowed"
            )
        found.append(framework)
    return tuple(found)


def _framework(file: Path, known: Mapping[str, Control], clauses: dict[str, Clause]) -> Framework:
    given = read(file)
    shared = _Shared(
        sections={key: _section(entry) for key, entry in _named(file, "section", given)},
        sources={key: _source(entry) for key, entry in _named(file, "source", given)},
        controls=known,
    )
    own: list[Clause] = []
    for entry in listed(file, "clause", given.pop("clause", [])):
        clause = _clause(entry, shared)
        unique(entry, clause.id, clauses)
        clauses[clause.id] = clause
        own.append(clause)
    head = Entry(file, "the file", given)
    framework = Framework(
        id=head.word("id"),
        title=head.text("title"),
        edition=head.text("edition"),
        url=head.word("url"),
        coverage=head.text("coverage"),
        clauses=tuple(own),
    )
    head.done()
    return framework


def _named(file: Path, kind: str, given: dict[str, object]) -> list[tuple[str, Entry]]:
    named = given.pop(kind, {})
    if not isinstance(named, dict):
        raise FrameworkError(f"{file.parent.name}/{file.name}: [{kind}.NAME] is allowed")
    return [(key, Entry(file, f"{kind} {key}", one)) for key, one in named.items()]


def _section(entry: Entry) -> Text:
    title = entry.text()
    entry.done()
    return title


def _source(entry: Entry) -> tuple[str, Text]:
    source = entry.one_of("seen", SEEN), entry.text()
    entry.done()
    return source


def _clause(entry: Entry, shared: _Shared) -> Clause:
    topic = entry.one_of("topic", records())
    disposition = cast("Disposition", entry.one_of("disposition", DISPOSITIONS))
    seen, source = shared.sources[entry.one_of("source", shared.sources)]
    inherited = disposition == "inherited"
    clause = Clause(
        id=entry.word("id"),
        title=entry.text(),
        section=shared.sections[entry.one_of("section", shared.sections)],
        source=source,
        seen=seen,
        kind=entry.one_of("kind", KINDS),
        disposition=disposition,
        controls=_controls(entry, shared.controls) if disposition in BY_RULES else (),
        record=_record(entry, topic) if disposition in BY_RECORD else None,
        attestation=(entry.text("attestation") if entry.has("attestation_en") else ATTESTATION)
        if inherited
        else None,
        why=entry.text("why") if disposition == "not-applicable" else None,
    )
    entry.done()
    return clause


def _controls(entry: Entry, known: Mapping[str, Control]) -> tuple[str, ...]:
    named = entry.words("controls")
    entry.known("controls", named, known)
    if not any(known[one].rules for one in named):
        raise entry.wrong("controls names none that a rule proves; call the clause manual")
    return named


def _record(entry: Entry, topic: str) -> Text:
    own = entry.has("record_en") or entry.has("record_ja")
    return entry.text("record") if own else records()[topic]
