"""When a canary goes on and when it is taken back: the same data for Argo Rollouts and for tests.

`MEASURES` becomes an AnalysisTemplate; `decide` follows Argo Rollouts' documented rules for the
very same fields, so that a recorded release can be judged without a cluster:
https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What becomes of a canary."""

    PROMOTE = "promote"
    ABORT = "abort"
    PAUSE = "pause"
    """Nobody knows: a person decides."""
    WAIT = "wait"
    """More measurements come."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A Prometheus query of the canary, asked `count` times.

    `most`: the largest good value. More than `failures` bad values abort; more than `unknown`
    values that are no number (nobody called the canary) leave it to a person; more than `errors`
    errors in a row (no Prometheus) abort.
    """

    name: str
    query: str
    most: float
    seconds: int = 60
    count: int = 5
    failures: int = 1
    unknown: int = 2
    errors: int = 3


# {{args...}} is filled in by Argo Rollouts.
_CANARY = 'service="{{args.service}}",pod_template_hash="{{args.hash}}"'
MEASURES = (
    Measure(
        name="errors",
        query=(
            f'sum(rate(http_requests_total{{{_CANARY},status=~"5.."}}[2m])) '
            f"/ sum(rate(http_requests_total{{{_CANARY}}}[2m]))"
        ),
        most=0.01,
    ),
    Measure(
        name="latency",
        query=(
            "histogram_quantile(0.99, sum by (le) "
            f"(rate(http_request_duration_seconds_bucket{{{_CANARY}}}[2m])))"
        ),
        most=0.5,
    ),
)


def decide(
    recorded: Mapping[str, Sequence[float | None]], measures: Sequence[Measure] = MEASURES
) -> tuple[Decision, str]:
    """Judge recorded values, a list a measure; None is an error of the query itself.

    The first measure that aborts decides; a canary is promoted only when every measure is done.
    Raises KeyError when a measure was not recorded.
    """
    verdicts = [_judge(measure, recorded[measure.name]) for measure in measures]
    for wanted in (Decision.ABORT, Decision.PAUSE, Decision.WAIT):
        for decision, reason in verdicts:
            if decision is wanted:
                return decision, reason
    return Decision.PROMOTE, "every measure stayed within its bound"


def _judge(measure: Measure, values: Sequence[float | None]) -> tuple[Decision, str]:
    bad = unknown = done = errors = 0
    for value in values:
        if value is None:
            errors += 1
            if errors > measure.errors:
                return Decision.ABORT, f"{measure.name}: {errors} errors in a row"
            continue
        errors = 0
        done += 1
        if math.isnan(value):
            unknown += 1
        elif value > measure.most:
            bad += 1
        if bad > measure.failures:
            return Decision.ABORT, f"{measure.name}: {bad} values above {measure.most}"
        if unknown > measure.unknown:
            return Decision.PAUSE, f"{measure.name}: {unknown} values that are no number"
        if done == measure.count:
            return Decision.PROMOTE, measure.name
    return Decision.WAIT, f"{measure.name}: {done} of {measure.count} values"
