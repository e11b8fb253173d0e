"""What a rule asks for and how a finding of it is mended, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compliance.catalogue import OF_THE_GATE
from compliance.evidence import wording
from compliance.rules import RULES

Words = tuple[str, str]
"""English and Japanese."""
VALIDATOR = "CFN-"


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and remedy of a rule. The remedy is empty where only a finding tells how to mend it."""

    title: Words
    remedy: Words = ("", "")


def of(rule: str) -> Wording:
    """Return the wording of a rule of any engine; a rule nobody described is called by its id."""
    if found := _own().get(rule):
        return found
    if named := wording.nag().get(rule.rpartition("-")[2]):
        return Wording(named)
    if rule.startswith(VALIDATOR):
        return Wording(wording.page()["rule.validator"])
    return Wording((rule, rule))


@cache
def _own() -> Mapping[str, Wording]:
    found = {}
    for rule in RULES:
        title, remedy = rule.title, rule.remedy
        found[rule.id] = Wording((title.en, title.ja), (remedy.en, remedy.ja))
    for gate, meaning in OF_THE_GATE.items():
        japanese, mend = wording.gate().get(gate, (meaning, ""))
        found[gate] = Wording((meaning, japanese), ("", mend))
    return found
