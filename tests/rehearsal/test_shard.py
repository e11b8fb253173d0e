"""A shard is worked through as Lambda documents it."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.shard import Condition, GivenUp, Outcome, Record, Settings, Shard

Judge = Callable[[list[int]], Outcome]


class Bench:
    """A shard with numbered records, a clock to turn and a function to script."""

    def __init__(self, settings: Settings, count: int, judge: Judge) -> None:
        self.now = 1000.0
        self.left = [_record(number) for number in range(count)]
        self.calls: list[list[int]] = []
        self.given_up: list[GivenUp] = []
        self.done: list[int] = []
        self._judge = judge
        self.shard = Shard(settings, self._read, self._invoke, self.given_up.append, self.clock)

    def clock(self) -> float:
        return self.now

    def run(self, most: int = 200) -> None:
        """Work until nothing is left, letting every pause pass."""
        for _ in range(most):
            if not self.shard.step():
                if not self.shard.waiting and not self.left:
                    return
                self.now += 3
        raise AssertionError("it never ends")

    def _read(self, limit: int) -> list[Record]:
        found, self.left = self.left[:limit], self.left[limit:]
        return found

    def _invoke(self, records: list[Record]) -> Outcome:
        numbers = [int(record["kinesis"]["sequenceNumber"]) for record in records]
        self.calls.append(numbers)
        return self._judge(numbers)

    def given_up_numbers(self) -> list[int]:
        return [
            int(record["kinesis"]["sequenceNumber"])
            for given_up in self.given_up
            for record in given_up.records
        ]


def _record(number: int) -> Record:
    return {"kinesis": {"sequenceNumber": str(number), "approximateArrivalTimestamp": 1000.0}}


def partial(*bad: int) -> Judge:
    """Report these records as failed, as batchItemFailures."""

    def judge(numbers: list[int]) -> Outcome:
        failed = [{"itemIdentifier": str(one)} for one in numbers if one in bad]
        return Outcome({"batchItemFailures": failed})

    return judge


def raising(*bad: int) -> Judge:
    """Fail the whole batch when one of these is in it."""
    return lambda numbers: Outcome(error="X") if set(bad) & set(numbers) else Outcome(None)


def test_good_batches_are_invoked_once_each() -> None:
    bench = Bench(Settings(batch_size=4), 10, raising())
    bench.run()
    assert bench.calls == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert bench.given_up == []


def test_without_a_limit_a_failing_batch_blocks_for_ever() -> None:
    bench = Bench(Settings(batch_size=2), 4, raising(0))
    with pytest.raises(AssertionError, match="never ends"):
        bench.run()
    assert {tuple(call) for call in bench.calls} == {(0, 1)}


def test_retries_then_the_failure_destination() -> None:
    bench = Bench(Settings(batch_size=2, max_retries=3), 4, raising(1))
    bench.run()
    assert bench.calls == [[0, 1]] * 4 + [[2, 3]]
    (given_up,) = bench.given_up
    assert (given_up.condition, given_up.invocations) == (Condition.RETRIES, 4)
    assert bench.given_up_numbers() == [0, 1]


def test_bisecting_isolates_the_poison_without_using_up_retries() -> None:
    bench = Bench(Settings(batch_size=8, max_retries=0, bisect=True), 8, raising(5))
    bench.run()
    assert bench.given_up_numbers() == [5]
    assert bench.calls[:2] == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3]]
    done = [one for call in bench.calls if 5 not in call for one in call]
    assert sorted(done) == [0, 1, 2, 3, 4, 6, 7]


def test_order_is_kept_while_bisecting() -> None:
    bench = Bench(Settings(batch_size=8, max_retries=1, bisect=True), 12, raising(2))
    bench.run()
    done = [one for call in bench.calls if 2 not in call for one in call]
    assert done == sorted(done)


def test_partial_response_goes_on_from_the_first_failure() -> None:
    bench = Bench(Settings(batch_size=6, max_retries=1, partial_failures=True), 6, partial(3, 5))
    bench.run()
    assert bench.calls[:2] == [[0, 1, 2, 3, 4, 5], [3, 4, 5]]
    assert bench.given_up_numbers() == [3, 4, 5]


def test_partial_response_with_bisecting_gives_up_only_the_poison() -> None:
    settings = Settings(batch_size=10, max_retries=2, bisect=True, partial_failures=True)
    bench = Bench(settings, 10, partial(3, 7))
    bench.run()
    assert bench.given_up_numbers() == [3, 7]


def test_a_report_is_ignored_unless_the_mapping_asks_for_it() -> None:
    bench = Bench(Settings(batch_size=4), 4, partial(1))
    bench.run()
    assert bench.calls == [[0, 1, 2, 3]]


@pytest.mark.parametrize(
    "body",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"wrong": "1"}]},
        {"batchItemFailures": [{"itemIdentifier": "77"}]},
        {"batchItemFailures": "all"},
        "not JSON",
    ],
)
def test_a_report_that_is_not_understood_fails_the_batch(body: Any) -> None:
    settings = Settings(batch_size=2, max_retries=0, partial_failures=True)
    bench = Bench(settings, 2, lambda _numbers: Outcome(body))
    bench.run()
    assert bench.given_up_numbers() == [0, 1]


@pytest.mark.parametrize("body", [None, "", {}, {"batchItemFailures": []}])
def test_an_empty_report_is_success(body: Any) -> None:
    bench = Bench(Settings(batch_size=2, partial_failures=True), 2, lambda _numbers: Outcome(body))
    bench.run()
    assert (len(bench.calls), bench.given_up) == (1, [])


def test_old_records_are_given_up_unseen() -> None:
    bench = Bench(Settings(batch_size=3, max_age_seconds=60), 3, raising())
    bench.now += 61
    bench.run()
    assert bench.calls == []
    assert bench.given_up[0].condition is Condition.AGE
    assert bench.given_up_numbers() == [0, 1, 2]


def test_a_failing_batch_is_given_up_when_it_grows_old() -> None:
    bench = Bench(Settings(batch_size=3, max_age_seconds=60), 3, raising(0))
    bench.run()
    assert bench.calls
    assert bench.given_up[0].condition is Condition.AGE


def test_throttling_uses_up_no_retry() -> None:
    answers = [Outcome(throttled=True)] * 5 + [Outcome(None)]
    bench = Bench(Settings(batch_size=2, max_retries=0), 2, lambda _numbers: answers.pop(0))
    bench.run()
    assert (len(bench.calls), bench.given_up) == (6, [])


def test_settings_are_read_as_they_were_stored() -> None:
    stored = {
        "BatchSize": "50",
        "BisectBatchOnFunctionError": "true",
        "MaximumRetryAttempts": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert Settings.of(stored) == Settings(50, True, 5, -1, True)
    assert Settings.of({}) == Settings()
