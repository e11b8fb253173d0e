"""What changed from one report to another, and which of it is worse than before."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from compliance.evidence import widening
from compliance.evidence.errors import ReportError
from compliance.evidence.index import Index


class Kind(StrEnum):
    """What can change. All but the last two are regressions."""

    FAILING = "newly-failing"
    WAIVED = "newly-waived"
    DROPPED = "control-dropped"
    WIDENED = "iam-widened"
    FIXED = "fixed"
    ENDED = "waiver-ended"


REGRESSIONS = frozenset(Kind) - {Kind.FIXED, Kind.ENDED}


class What(StrEnum):
    """What a change is about, in the order in which changes are shown."""

    RULE = "rule"
    GRANT = "grant"
    CONTROL = "control"
    FRAMEWORK = "framework"
    CLAUSE = "clause"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """One change. `before` and `after` are verdicts, or what serves a control or was granted."""

    kind: str
    what: str
    id: str
    path: str = ""
    before: str = ""
    after: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the members that are not empty."""
        return {key: value for key, value in asdict(self).items() if value}


RED = frozenset({"fail", "indeterminate"})
GREEN = "pass"
JUDGED = frozenset({GREEN, "waived"})
HELD = "proven"
ABSENT = "absent"


def compare(base: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the changes from one report to another, as `compact` makes them, in a stable order."""
    old, now = Index(base), Index(new)
    found = {*_rows(old, now), *_clauses(old, now), *_controls(old, now), *_widened(old, now)}
    kinds, whats = list(Kind), list(What)
    return sorted(
        found, key=lambda one: (kinds.index(Kind(one.kind)), whats.index(What(one.what)), one)
    )


def between(base: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the changes as `compare` does. Raises ReportError when a report contradicts itself."""
    try:
        return compare(base, new)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ReportError(
            f"a report to compare is broken inside ({type(error).__name__}: {error}); build it anew"
        ) from None


def regressions(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that are worse than before."""
    return [one for one in changes if one.kind in REGRESSIONS]


def _rows(old: Index, now: Index) -> Iterator[Change]:
    """Compare what each rule says of each resource."""
    for (rule, path, finding), after in now.findings.items():
        before = old.findings.get((rule, path, finding)) or old.said(rule, path)
        named = f"{rule}[{finding}]" if finding else rule
        about: dict[str, Any] = {"what": What.RULE, "id": named, "path": path}
        if after in RED and before not in RED:
            yield Change(kind=Kind.FAILING, before=before, after=after, **about)
        if after == "waived" and before != "waived":
            yield Change(kind=Kind.WAIVED, before=before, after=after, **about)
    for (rule, path, finding), before in old.findings.items():
        if (rule, path, finding) in now.findings:
            continue
        named = f"{rule}[{finding}]" if finding else rule
        kind = Kind.ENDED if before == "waived" else Kind.FIXED
        after = now.said(rule, path)
        if after != ABSENT or path not in now.resources:
            yield Change(kind=kind, what=What.RULE, id=named, path=path, before=before, after=after)
    for (rule, path), before in old.green.items():
        if path in now.resources and now.said(rule, path) == ABSENT:
            yield Change(
                kind=Kind.DROPPED, what=What.RULE, id=rule, path=path, before=before, after=ABSENT
            )


def _clauses(old: Index, now: Index) -> Iterator[Change]:
    for framework in old.frameworks - now.frameworks:
        yield Change(kind=Kind.DROPPED, what=What.FRAMEWORK, id=framework, after=ABSENT)
    for clause, before in old.clauses.items():
        after = now.clauses.get(clause)
        about: dict[str, Any] = {"what": What.CLAUSE, "id": clause}
        if after is None:
            yield Change(kind=Kind.DROPPED, before=before.verdict, after=ABSENT, **about)
        elif before.disposition == HELD and after.disposition != HELD:
            yield Change(
                kind=Kind.DROPPED, before=before.disposition, after=after.disposition, **about
            )
        elif before.verdict == GREEN and after.verdict == "waived":
            yield Change(kind=Kind.WAIVED, before=before.verdict, after=after.verdict, **about)
        elif before.verdict not in RED and after.verdict in RED:
            yield Change(kind=Kind.FAILING, before=before.verdict, after=after.verdict, **about)
        elif before.verdict in JUDGED and after.verdict not in JUDGED | RED:
            yield Change(kind=Kind.DROPPED, before=before.verdict, after=after.verdict, **about)
        elif before.verdict in RED and after.verdict == GREEN:
            yield Change(kind=Kind.FIXED, before=before.verdict, after=after.verdict, **about)


def _controls(old: Index, now: Index) -> Iterator[Change]:
    for control, before in old.controls.items():
        after = now.controls.get(control)
        if after is None:
            yield Change(kind=Kind.DROPPED, what=What.CONTROL, id=control, after=ABSENT)
            continue
        for served in sorted(before - after):
            yield Change(kind=Kind.DROPPED, what=What.CONTROL, id=control, before=served)


def _widened(old: Index, now: Index) -> Iterator[Change]:
    for holder in sorted(old.grants.keys() | now.grants.keys()):
        if holder not in old.resources:
            continue  # what is new is reviewed as new; it widens nothing that was there
        for after in widening.added(old.grants.get(holder, ()), now.grants.get(holder, ())):
            yield Change(kind=Kind.WIDENED, what=What.GRANT, id=holder, path=holder, after=after)
