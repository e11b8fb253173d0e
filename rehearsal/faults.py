"""2,000 records while things go wrong: none may be lost, none doubled."""

import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal import records
from rehearsal.checks import Account
from rehearsal.clients import client
from rehearsal.scenario import ScenarioError, Stage
from rehearsal.uploads import Upload, spoilt

RECORDS = 2000
_PER_UPLOAD = 20
_EVERY = 5
"""One upload in so many has a record that cannot be read."""
_KILL_SECONDS = 15.0
_REFUSE_SECONDS = 3.0
_POISONS = 6
_PUT_AT_ONCE = 500


@dataclass
class Faults:
    """How often each fault really struck."""

    killed: int = 0
    refused: int = 0
    repeated: int = 0
    poisoned: int = 0
    replayed: int = 0

    def missing(self) -> list[str]:
        """Name the faults that never happened: then nothing was proved."""
        return [
            f"the fault '{name}' never struck" for name, times in asdict(self).items() if not times
        ]


def run(stage: Stage, count: int = RECORDS) -> tuple[Account, Faults]:
    """Send so many records through all faults and judge the whole. Raises ScenarioError."""
    faults = Faults()
    made = list(_uploads(stage, count))
    third = len(made) // 3
    _kill_while(stage, made[:third], faults)
    poisons = _poison(stage, faults)
    stage.aws.ask("/refuse-s3", {"seconds": _REFUSE_SECONDS})
    stage.send(made[third : 2 * third])
    stage.settle()
    faults.refused = int(stage.aws.ask("/state")["refused"])
    stage.send(made[2 * third :], times=2)
    faults.repeated = len(made) - 2 * third
    stage.settle()
    _replay(stage, faults)
    stage.settle()
    account = stage.judge([*made, *poisons], stage.identifiers())
    account.wrong += faults.missing()
    return account, faults


def _uploads(stage: Stage, count: int) -> Iterator[Upload]:
    """Make uploads of 20 records: HL7 files and FHIR exports, some with a bad record."""
    for edition in range(count // _PER_UPLOAD):
        start = edition % 2 * _PER_UPLOAD
        people = stage.people[start : start + _PER_UPLOAD]
        is_spoilt = edition % _EVERY == 0
        if edition % 2:
            content = records.admissions(people, edition=1000 + edition)
            kind = "hl7"
        else:
            content = records.patients(people, edition=1000 + edition)
            kind = "ndjson"
        if is_spoilt:
            content = spoilt(content, kind)
        yield Upload(
            name=f"faults {edition}",
            kind=kind,
            content=content,
            rejected=int(is_spoilt),
            headers={"X-Source": "faults"},
        )


def _kill_while(stage: Stage, batch: list[Upload], faults: Faults) -> None:
    """Kill the function's process at work, while uploads come in."""
    function = stage.outputs["DeidentifyFunction"]
    finished = threading.Event()

    def kill() -> None:
        deadline = time.monotonic() + _KILL_SECONDS
        while time.monotonic() < deadline and not (finished.is_set() and faults.killed):
            faults.killed += int(stage.aws.ask("/kill", {"function": function})["killed"])
            if faults.killed >= 3:  # noqa: PLR2004 (killed once it might have been starting)
                return
            time.sleep(0.03)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    stage.send(batch)
    finished.set()
    killer.join()
    stage.settle()


def _poison(stage: Stage, faults: Faults) -> list[Upload]:
    """Put what is no pointer on the stream, as nobody should; it must end in quarantine."""
    made = [
        Upload(
            name=f"poison {number}",
            kind="json",
            content=b"\xff\x00poison%d" % (stage.first + number),
            status=422,
        )
        for number in range(_POISONS)
    ]
    client(stage.aws, "kinesis").put_records(
        StreamName=stage.outputs["StreamName"],
        Records=[{"Data": one.content, "PartitionKey": one.digest} for one in made],
    )
    faults.poisoned = len(made)
    return made


def _replay(stage: Stage, faults: Faults) -> None:
    """Read the stream from its beginning and put every record on it once more."""
    kinesis = client(stage.aws, "kinesis")
    stream = stage.outputs["StreamName"]
    found = list(_everything(kinesis, stream))
    again = [{"Data": one["Data"], "PartitionKey": one["PartitionKey"]} for one in found]
    for start in range(0, len(again), _PUT_AT_ONCE):
        answer = kinesis.put_records(StreamName=stream, Records=again[start : start + _PUT_AT_ONCE])
        if answer["FailedRecordCount"]:
            raise ScenarioError("the stream did not take the replayed records")
    faults.replayed = len(found)


def _everything(kinesis: Any, stream: str) -> Iterator[dict[str, Any]]:
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            answer = kinesis.get_records(ShardIterator=iterator, Limit=1000)
            yield from answer["Records"]
            iterator = answer.get("NextShardIterator")
            if not answer["Records"] or not iterator:
                break
