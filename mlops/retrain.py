"""Whether an alarm starts training again: not while it runs, not too soon, not too often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Limits on training that nobody asked for."""

    cool_down: timedelta = timedelta(days=1)
    """After a run has started, alarms are ignored for this long."""
    most: int = 4
    """Runs within `period`; more drift than that needs a person."""
    period: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.cool_down < timedelta(0) or self.period <= timedelta(0) or self.most < 1:
            raise ValueError("retraining: cool_down, period and most must not be negative or zero")


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """A run of the pipeline that an alarm started."""

    started: datetime
    running: bool


@dataclass(frozen=True, kw_only=True)
class Retrain:
    """The decision; `escalate` asks for a person."""

    start: bool
    reason: str
    escalate: bool = False


def decide(now: datetime, history: Sequence[PastRun], policy: Policy) -> Retrain:
    """Decide about an alarm at a moment, given the runs that alarms started before."""
    if any(run.running for run in history):
        return Retrain(start=False, reason="a run that an alarm started is still going on")
    last = max((run.started for run in history), default=None)
    if last is not None and now - last < policy.cool_down:
        until = last + policy.cool_down
        return Retrain(start=False, reason=f"cooling down until {until.isoformat()}")
    recent = [run for run in history if now - run.started < policy.period]
    if len(recent) >= policy.most:
        reason = f"{len(recent)} runs within {policy.period.days} days, the limit is {policy.most}"
        return Retrain(start=False, reason=reason, escalate=True)
    return Retrain(start=True, reason="drift")
