"""How Lambda works through a shard of a Kinesis stream: retries, bisecting, partial batches.

Pure rules without a server, after the Lambda developer guide (kinesis-on-failure-destination and
services-kinesis-batchfailurereporting):
records of a shard stay in order; a failing batch blocks what follows it until it succeeds, is out
of retries or too old. Only pauses between retries are shorter than in AWS.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Record = dict[str, Any]
UNLIMITED = -1
LONGEST_PAUSE = 2.0
"""Seconds between two tries; AWS waits longer, up to a minute."""


class Condition(StrEnum):
    """Why records were given up, in the words of the invocation record AWS sends."""

    RETRIES = "RetryAttemptsExhausted"
    AGE = "RecordAgeExceeded"


@dataclass(frozen=True)
class Settings:
    """The part of an event source mapping that says what happens on failure."""

    batch_size: int = 100
    bisect: bool = False
    max_retries: int = UNLIMITED
    max_age_seconds: int = UNLIMITED
    partial_failures: bool = False

    @classmethod
    def of(cls, mapping: dict[str, Any]) -> "Settings":
        """Read a mapping as CloudFormation or the API stored it (scalars may be text)."""
        return cls(
            batch_size=int(mapping.get("BatchSize", 100)),
            bisect=str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true",
            max_retries=int(mapping.get("MaximumRetryAttempts", UNLIMITED)),
            max_age_seconds=int(mapping.get("MaximumRecordAgeInSeconds", UNLIMITED)),
            partial_failures="ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        )


@dataclass(frozen=True)
class Outcome:
    """What an invocation said. `body` is the function's answer, `error` the kind of a failure."""

    body: Any = None
    error: str | None = None
    throttled: bool = False
    """The function was not run at all; that uses up no retry."""


@dataclass(frozen=True)
class GivenUp:
    """Records that go to the failure destination instead of being tried again."""

    records: Sequence[Record]
    condition: Condition
    invocations: int


@dataclass
class _Piece:
    records: list[Record]
    failures: int = 0
    invocations: int = 0
    not_before: float = 0.0


@dataclass
class Shard:
    """One shard's progress. `read` gives the next records and moves on; it may give none."""

    settings: Settings
    read: Callable[[int], list[Record]]
    invoke: Callable[[list[Record]], Outcome]
    give_up: Callable[[GivenUp], None]
    clock: Callable[[], float] = time.time
    _pieces: deque[_Piece] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """Count records read from the stream that are neither done nor given up."""
        return sum(len(piece.records) for piece in self._pieces)

    def due(self) -> bool:
        """Say whether a step could do something now, reading apart."""
        return not self._pieces or self._pieces[0].not_before <= self.clock()

    def step(self) -> bool:
        """Invoke the function once if there is something to do; return whether there was."""
        if not self._pieces:
            records = self.read(self.settings.batch_size)
            if not records:
                return False
            self._pieces.append(_Piece(records))
        piece = self._pieces[0]
        if piece.not_before > self.clock():
            return False
        self._drop_old(piece)
        if piece.records:
            piece.invocations += 1
            self._judge(piece, self.invoke(piece.records))
        if not piece.records and self._pieces and self._pieces[0] is piece:
            self._pieces.popleft()
        return True

    def _drop_old(self, piece: _Piece) -> None:
        oldest = self.settings.max_age_seconds
        if oldest == UNLIMITED:
            return
        limit = self.clock() - oldest
        old = [record for record in piece.records if _arrival(record) < limit]
        if old:
            piece.records = piece.records[len(old) :]
            self.give_up(GivenUp(old, Condition.AGE, piece.invocations))

    def _judge(self, piece: _Piece, outcome: Outcome) -> None:
        if outcome.throttled:
            piece.invocations -= 1
            piece.not_before = self.clock() + LONGEST_PAUSE
            return
        done = self._done(piece, outcome)
        if done == len(piece.records):
            piece.records = []
            return
        piece.records = piece.records[done:]
        if not self.settings.bisect:
            self._retry(piece)
        elif done:
            pass  # bisected at the number that the function reported: no retry is used up
        elif len(piece.records) > 1:
            self._halve(piece)
        else:
            self._retry(piece)

    def _done(self, piece: _Piece, outcome: Outcome) -> int:
        """Count the records before the first one that failed."""
        if outcome.error is not None:
            return 0
        if not self.settings.partial_failures:
            return len(piece.records)
        failed = _reported(outcome.body)
        if failed is None:
            return 0
        numbers = [record["kinesis"]["sequenceNumber"] for record in piece.records]
        if any(number not in numbers for number in failed):
            return 0
        return min((numbers.index(number) for number in failed), default=len(numbers))

    def _halve(self, piece: _Piece) -> None:
        middle = len(piece.records) // 2
        halves = [piece.records[:middle], piece.records[middle:]]
        self._pieces.popleft()
        for half in reversed(halves):
            self._pieces.appendleft(_Piece(half, piece.failures, piece.invocations))

    def _retry(self, piece: _Piece) -> None:
        piece.failures += 1
        retries = self.settings.max_retries
        if retries != UNLIMITED and piece.failures > retries:
            given_up, piece.records = piece.records, []
            self.give_up(GivenUp(given_up, Condition.RETRIES, piece.invocations))
            return
        pause = min(LONGEST_PAUSE, 0.1 * 2**piece.failures)
        piece.not_before = self.clock() + pause


def _arrival(record: Record) -> float:
    return float(record["kinesis"]["approximateArrivalTimestamp"])


def _reported(body: Any) -> list[str] | None:
    """Return the sequence numbers reported as failed; None when the answer is not understood."""
    if body is None or body == "":
        return []
    if not isinstance(body, dict):
        return None
    items = body.get("batchItemFailures")
    if items is None:
        return []
    if not isinstance(items, list):
        return None
    numbers = [item.get("itemIdentifier") if isinstance(item, dict) else None for item in items]
    return None if any(not number for number in numbers) else [str(number) for number in numbers]
