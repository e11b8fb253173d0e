"""How many mutants were killed, and which survived."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True, kw_only=True)
class Score:
    """The tally of one run; one change counts once for each rule that must notice it.

    `unbroken` are rules that meet a resource of the platform and that no mutant breaks, `absent`
    those whose resources the platform does not have: for them only their own cases speak.
    """

    environment: str
    by_rule: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: {"total": 0, "killed": 0})
    )
    survivors: list[str] = field(default_factory=list)
    unbroken: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def count(self, rule: str, what: str, *, killed: bool) -> None:
        """Add one mutant of a rule; `what` names it and where it is."""
        tally = self.by_rule[rule]
        tally["total"] += 1
        tally["killed"] += killed
        if not killed:
            self.survivors.append(f"{rule}: {what}")

    @property
    def total(self) -> int:
        """The number of mutants."""
        return sum(tally["total"] for tally in self.by_rule.values())

    @property
    def killed(self) -> int:
        """The number of those that the right rule noticed."""
        return sum(tally["killed"] for tally in self.by_rule.values())

    @property
    def perfect(self) -> bool:
        """Whether every rule that could be broken was, and noticed each time."""
        return bool(self.by_rule) and not self.survivors and not self.unbroken

    def to_json(self) -> dict[str, Any]:
        """Return what the report shows."""
        return {
            "environment": self.environment,
            "total": self.total,
            "killed": self.killed,
            "survivors": sorted(self.survivors),
            "unbroken": sorted(self.unbroken),
            "absent": sorted(self.absent),
            "by_rule": {rule: self.by_rule[rule] for rule in sorted(self.by_rule)},
        }

    def write(self, file: Path) -> None:
        """Write the score whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self.to_json(), indent=1) + "\n", encoding="utf-8")
        unfinished.replace(file)
