"""Whether two engines that judge the same resource by the same rule agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from compliance.own import NAME as OURS
from compliance.second import ENGINE
from compliance.verdicts import Row, Second, Verdict

NOTHING_WRONG = "; the second engine, which sees less, found nothing"


def reconcile(rows: Iterable[Row]) -> list[Row]:
    """Return the rows with Guard's opinions put into those of our rules.

    Both in order, or both not: the row says that they agree. We find it in order and Guard does
    not: nobody knows, and the row is not green. We find fault and Guard does not: the stricter word
    stands, and the row tells. What our rule is not about is no evidence when Guard finds it in
    order, and a finding when Guard does not.
    """
    judged = list(rows)
    ours: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(judged):
        if row.engine == OURS:
            ours[_subject(row)].append(index)
    alone: list[Row] = []
    for row in judged:
        if row.engine != ENGINE:
            continue
        mine = ours.get(_subject(row), ())
        for index in mine:
            judged[index] = _merged(judged[index], row)
        if not mine and row.verdict is not Verdict.PASS:
            alone.append(row)
    return [row for row in judged if row.engine != ENGINE] + alone


def _subject(row: Row) -> tuple[str, str, str]:
    return row.rule, row.template, row.logical_id


def _merged(ours: Row, theirs: Row) -> Row:
    if ours.verdict is theirs.verdict:
        return replace(ours, second=Second.AGREES)
    if ours.verdict is Verdict.PASS:
        opinions = f"the engines disagree: ours finds it in order, Guard says: {theirs.message}"
        return replace(
            ours,
            verdict=Verdict.INDETERMINATE,
            second=Second.DISAGREES,
            message=opinions,
            remedy=theirs.remedy,
        )
    if ours.verdict is Verdict.FAIL:
        return replace(ours, second=Second.DISAGREES, message=f"{ours.message}{NOTHING_WRONG}")
    return ours
