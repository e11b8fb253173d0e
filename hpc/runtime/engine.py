"""Runs a custom resource's steps until there is one answer, however often it is interrupted.

A step looks at the world before it touches it, so it may run again at any time. The answer is
written down before it is sent: a repeated delivery sends the same again or nothing. A deletion is
never refused. What AWS refuses for a moment (throttling) is tried again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from hpc.runtime.journal import Entry, Journal
from hpc.runtime.requests import Answer, Request

LOGGER = logging.getLogger(__name__)
LEASE_SECONDS = 60.0
"""Shorter than the minute after which Lambda repeats a failed delivery; renewed at every step."""
MARGIN_SECONDS = 30.0
"""Left of a function's time for handing over."""
PASSING = (
    *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"),
    *("RequestLimitExceeded", "ProvisionedThroughputExceededException", "SlowDown"),
    *("ServiceUnavailable", "InternalError", "InternalServerError", "InternalFailure"),
    *("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"),
)


class RefusedError(Exception):
    """The request must not be carried out; the message is for the operator."""


@dataclass(frozen=True)
class Wait:
    """A step is not done yet: ask it again."""

    seconds: float


@dataclass
class Work:
    """What steps work with. `data` outlives an interruption; a leading `_` keeps it unshown."""

    request: Request
    journal: Journal
    data: dict[str, str] = field(default_factory=dict)
    now: float = 0.0


Step = Callable[[Work], Wait | None]


@dataclass(frozen=True)
class Plan:
    """Steps of a request in order, and what undoes them when it is refused half way."""

    steps: Sequence[Step]
    undo: Step | None = None
    deadline_seconds: float = 3300.0
    """CloudFormation waits for an hour at most."""


class Engine:
    """Carries requests out. Everything that touches the outside is handed in."""

    def __init__(
        self,
        *,
        journal: Journal,
        plan: Callable[[Request], Plan],
        send: Callable[[Request, Answer], bool],
        again: Callable[[Request], None],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`again` delivers the same event once more, later; `send` as in requests.send."""
        self._journal = journal
        self._plan = plan
        self._send = send
        self._again = again
        self._clock = clock
        self._sleep = sleep

    def handle(
        self, event: dict[str, Any], *, owner: str, seconds_left: Callable[[], float]
    ) -> None:
        """Go on with a request as far as time allows.

        Raises whatever keeps it from going on, so that the delivery is repeated; BusyError when
        another delivery of the same request is at work.
        """
        request = Request.of(event)
        entry = self._lease(request, owner)
        try:
            if entry.answer is None:
                self._advance(request, entry, owner, seconds_left)
            if entry.answer is not None:
                self._answer(request, entry)
        finally:
            self._journal.release(request.id, owner=owner)
        if entry.answer is None:
            # After the release, or the next delivery would find the lease taken.
            self._again(request)

    def _lease(self, request: Request, owner: str) -> Entry:
        return self._journal.open(request.id, owner=owner, now=self._clock(), lease=LEASE_SECONDS)

    def _advance(
        self, request: Request, entry: Entry, owner: str, seconds_left: Callable[[], float]
    ) -> None:
        """Run steps until they are through, time is up, or the answer is known."""
        plan = self._plan(request)
        work = Work(request=request, journal=self._journal, data=entry.data)
        while entry.answer is None:
            if entry.step >= len(plan.steps):
                entry.answer = Answer(success=True, data=_shown(work.data))
            elif self._clock() - entry.started > plan.deadline_seconds:
                minutes = int(plan.deadline_seconds // 60)
                self._give_up(plan, work, entry, f"not done after {minutes} minutes")
            elif seconds_left() < MARGIN_SECONDS:
                break
            else:
                self._step(plan, work, entry)
            self._journal.save(request.id, entry)
            self._lease(request, owner)

    def _step(self, plan: Plan, work: Work, entry: Entry) -> None:
        work.now = self._clock()
        try:
            wait = plan.steps[entry.step](work)
        except RefusedError as refused:
            self._give_up(plan, work, entry, str(refused))
        except (ClientError, BotoCoreError) as error:
            if _passing(error):
                self._sleep(2)
                return
            self._give_up(plan, work, entry, _name(error))
        else:
            if wait is None:
                entry.step += 1
            else:
                self._sleep(wait.seconds)

    def _give_up(self, plan: Plan, work: Work, entry: Entry, reason: str) -> None:
        """Undo what was begun and decide; a deletion goes through all the same."""
        if plan.undo is not None:
            try:
                plan.undo(work)
            except (ClientError, BotoCoreError, RefusedError) as error:
                LOGGER.warning("could not undo: %s", _name(error))
                reason = f"{reason}; the queues are still drained, see the runbook"
        entry.answer = Answer(success=work.request.deletes, reason=reason)

    def _answer(self, request: Request, entry: Entry) -> None:
        """Send the decided answer, unless it was sent."""
        assert entry.answer is not None  # noqa: S101 (the caller's condition)
        if entry.sent:
            return
        if not self._send(request, entry.answer):
            LOGGER.warning("CloudFormation no longer waits for %s", request.id)
        entry.sent = True
        self._journal.save(request.id, entry)


def _shown(data: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in data.items() if not key.startswith("_")}


def _passing(error: Exception) -> bool:
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in PASSING
    return isinstance(error, BotoCoreError)


def _name(error: Exception) -> str:
    """Name an error without its message, which may quote what was sent."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return str(error) if isinstance(error, RefusedError) else type(error).__name__
