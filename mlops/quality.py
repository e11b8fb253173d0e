"""Whether a model has become worse in use: shares that were right, then and now.

A measure has degraded when it lies lower by TOLERANCE and a test of two shares rejects "not lower"
at the error rate divided by the number of measures (Bonferroni): a whole check alarms falsely at
most once in a hundred.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

ERROR_RATE = 0.01
TOLERANCE = 0.05
SMALLEST_SHARE = 10
"""Cases (or others), then and now, below which a share is not compared."""
Share = tuple[int, int]
"""How many were right, of how many."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One measure, when the version was registered and in use."""

    name: str
    then: float
    now: float
    p_value: float
    degraded: bool


def compare(
    then: Mapping[str, Share], now: Mapping[str, Share], *, error_rate: float = ERROR_RATE
) -> list[Comparison]:
    """Compare the measures that have enough records on both sides."""
    names = [n for n in then if min(then[n][1], now.get(n, (0, 0))[1]) >= SMALLEST_SHARE]
    found = []
    for name in names:
        before, after = (good / of for good, of in (then[name], now[name]))
        p_value = lower(then[name], now[name])
        degraded = before - after > TOLERANCE and p_value < error_rate / len(names)
        found.append(
            Comparison(name=name, then=before, now=after, p_value=p_value, degraded=degraded)
        )
    return found


def lower(then: Share, now: Share) -> float:
    """Return the p-value of "the second share is not lower": pooled normal approximation."""
    share = (then[0] + now[0]) / (then[1] + now[1])
    variance = share * (1 - share) * (1 / then[1] + 1 / now[1])
    if not variance:
        return 1.0
    z = (now[0] / now[1] - then[0] / then[1]) / math.sqrt(variance)
    return 0.5 * math.erfc(-z / math.sqrt(2))


def sentence(found: list[Comparison], records: int) -> str:
    """Say what was found, for the pipeline's reason."""
    worse = [f"{one.name} {one.now:.3f} after {one.then:.3f}" for one in found if one.degraded]
    if not worse:
        return f"no measure has degraded in {records} records"
    noun = "measure has" if len(worse) == 1 else "measures have"
    return f"{len(worse)} {noun} degraded in {records} records: {', '.join(worse)}"
