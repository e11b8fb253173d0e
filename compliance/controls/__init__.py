"""The controls: what must be so, and what prevents, proves and detects it.

A control is served by statements of organisation policies (prevent), by rules over the synthesised
templates (rules of our own, of cdk-nag, of the gate), and by managed rules of AWS Config (detect).
The tables are the TOML files beside this module; docs/frameworks.md says what each key is.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compliance import prevention
from compliance.tables import Entry, FrameworkError, entries, records, unique
from compliance.text import Text
from compliance.waivers import known_rules

__all__ = ["Control", "FrameworkError", "load", "managed_rules"]

FOLDER = Path(__file__).parent
MANAGED_RULES = FOLDER / "managed_rules.json"
NAG_RULES = FOLDER.parent / "nag_rules.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One thing that must be so.

    `rules` are all rules that prove it, by full id. Those in `if_present` judge what an environment
    need not have, or speak only of what is wrong: their silence takes nothing away. `prevent` are
    statements of compliance/prevention.toml, `detect` identifiers of AWS Config's managed rules;
    an empty tuple is a gap.
    """

    id: str
    title: Text
    topic: str
    rules: tuple[str, ...]
    prevent: tuple[str, ...]
    detect: tuple[str, ...]
    if_present: frozenset[str] = frozenset()

    @property
    def needed(self) -> tuple[str, ...]:
        """The rules that must have judged something before the control can be green."""
        return tuple(rule for rule in self.rules if rule not in self.if_present)


@cache
def load(folder: Path = FOLDER) -> tuple[Control, ...]:
    """Return every control, ordered by file and place in it.

    Raises FrameworkError when a table is broken or names a rule, topic, statement or managed rule
    that does not exist.
    """
    found: dict[str, Control] = {}
    for file in sorted(folder.glob("*.toml")):
        for entry in entries(file, "control"):
            control = _control(entry)
            unique(entry, control.id, found)
            found[control.id] = control
    return tuple(found.values())


@cache
def managed_rules() -> frozenset[str]:
    """Return the identifiers of AWS Config's managed rules, as aws-cdk-lib lists them."""
    return frozenset(json.loads(MANAGED_RULES.read_text(encoding="utf-8")))


@cache
def _packs() -> dict[str, tuple[str, ...]]:
    """Return the full ids of each rule of cdk-nag: one for each pack that has it."""
    packs: dict[str, list[str]] = json.loads(NAG_RULES.read_text(encoding="utf-8"))
    names = {rule for rules in packs.values() for rule in rules}
    return {
        name: tuple(f"{pack}-{name}" for pack, rules in packs.items() if name in rules)
        for name in names
    }


@cache
def _rules() -> frozenset[str]:
    from compliance.catalogue import OF_THE_GATE  # noqa: PLC0415 (it asks every engine)

    return known_rules() | OF_THE_GATE.keys()


def _control(entry: Entry) -> Control:
    needed = _ids(entry, "rules", "nag")
    if_present = _ids(entry, "rules_if_present", "nag_if_present")
    control = Control(
        id=entry.word("id"),
        title=entry.text(),
        topic=entry.one_of("topic", records()),
        rules=(*needed, *if_present),
        prevent=entry.words("prevent"),
        detect=entry.words("detect"),
        if_present=frozenset(if_present),
    )
    if both := sorted(set(needed) & control.if_present):
        raise entry.wrong(f"{', '.join(both)} is both needed and only if present")
    entry.known("prevent", control.prevent, prevention.load())
    entry.known("detect", control.detect, managed_rules())
    entry.done()
    return control


def _ids(entry: Entry, own: str, nag: str) -> tuple[str, ...]:
    """Return full ids of rules; those of cdk-nag are given without their packs."""
    ids, names = entry.words(own), entry.words(nag)
    entry.known(own, ids, _rules())
    entry.known(nag, names, _packs())
    return (*ids, *(full for name in names for full in _packs()[name]))
