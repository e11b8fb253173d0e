"""A compact report (`compact`) by the names of things instead of their indices."""

from functools import cached_property
from typing import Any, NamedTuple

from compliance.evidence.grants import Grant, read

NOT_IN_ORDER = frozenset({"fail", "indeterminate", "waived"})
GREEN = "pass"
ABSENT = "absent"


class ClauseState(NamedTuple):
    """How a clause is met."""

    verdict: str
    disposition: str


class Index:
    """Looks things up in one report."""

    def __init__(self, report: dict[str, Any]) -> None:
        self._report = report
        self._verdicts: list[str] = report["verdicts"]
        self._rules = [rule[0] for rule in report["rules"]]
        self._paths = [place[0] for place in report["places"]]

    @cached_property
    def resources(self) -> frozenset[str]:
        """The construct paths of all resources."""
        return frozenset(place[0] for place in self._report["places"] if place[1])

    @cached_property
    def findings(self) -> dict[tuple[str, str, str], str]:
        """The verdict of each (rule, path, finding) that is not in order; red ones come first."""
        found: dict[tuple[str, str, str], str] = {}
        for rule, path, verdict, finding in self._rows:
            key = (rule, path, finding)
            if verdict in NOT_IN_ORDER and found.get(key, "waived") == "waived":
                found[key] = verdict
        return found

    @cached_property
    def green(self) -> dict[tuple[str, str], str]:
        """Each (rule, path) that was found in order."""
        return {(rule, path): v for rule, path, v, _ in self._rows if rule and v == GREEN}

    @cached_property
    def _any(self) -> dict[tuple[str, str], str]:
        return {(rule, path): verdict for rule, path, verdict, _ in self._rows}

    @cached_property
    def clauses(self) -> dict[str, ClauseState]:
        """The state of each clause by its id."""
        return {
            clause[0]: ClauseState(self._verdicts[clause[11]], clause[6])
            for framework in self._report["frameworks"]
            for clause in framework["clauses"]
        }

    @cached_property
    def frameworks(self) -> frozenset[str]:
        """The ids of the frameworks."""
        return frozenset(framework["id"] for framework in self._report["frameworks"])

    @cached_property
    def controls(self) -> dict[str, frozenset[str]]:
        """What serves each control: rules, policy statements that prevent, checks that detect."""
        return {
            control[0]: frozenset(
                [
                    *(f"rule {self._rules[rule]}" for rule in control[3]),
                    *(f"prevent {one}" for one in control[4] if one),
                    *(f"detect {one}" for one in control[5] if one),
                ]
            )
            for control in self._report["controls"]
        }

    @cached_property
    def grants(self) -> dict[str, list[Grant]]:
        """Who is allowed what."""
        return {
            holder: [read(grant) for grant in held]
            for holder, held in self._report["grants"].items()
        }

    def said(self, rule: str, path: str) -> str:
        """Return what a rule says of a resource, or `absent`."""
        return self._any.get((rule, path), ABSENT)

    @cached_property
    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                self._rules[row[0]] if row[0] >= 0 else "",
                self._paths[row[1]],
                self._verdicts[row[2]],
                row[4],
            )
            for row in self._report["rows"]
        ]
