"""Raw objects offered to the stream again end in the same objects."""

import json

import pytest
from typer.testing import CliRunner

from infra.ingestion.replay import ReplayError, replay
from tests.runtime.ingestion_room import BUCKETS, OBSERVATION, PATIENT, Room, ndjson, room

__all__ = ["room"]

NDJSON = "application/fhir+ndjson"


def test_a_replay_offers_the_same_pointers(room: Room) -> None:
    for number, source in enumerate(("a", "b", "b")):
        room.post(ndjson(PATIENT, OBSERVATION | {"id": str(number)}), NDJSON, x_source=source)
    first = room.pointers()
    sent = replay(room.s3, room.kinesis, bucket=BUCKETS["confidential"], stream="pointers")
    assert sent == 3
    assert sorted(room.pointers()) == sorted(first * 2)


def test_a_replay_is_limited_to_a_source_or_a_day(room: Room) -> None:
    room.post(ndjson(PATIENT), NDJSON, x_source="a")
    room.post(ndjson(OBSERVATION), NDJSON, x_source="b")
    today = json.loads(room.pointers()[0])["received_day"]

    def count(**choice: str) -> int:
        return replay(
            room.s3, room.kinesis, bucket=BUCKETS["confidential"], stream="pointers", **choice
        )

    assert count(source="a") == 1
    assert count(source="c") == 0
    assert count(day=today) == 2
    assert count(day="2020-01-01") == 0


class Refusing:
    """A stream that takes the first pointer of each call, `calls` times."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def put_records(self, *, StreamName: str, Records: list[dict[str, bytes]]) -> object:  # noqa: N803, ARG002
        self.taken.append(Records[0]["Data"])
        refused = [{"ErrorCode": "ProvisionedThroughputExceededException"}] * (len(Records) - 1)
        return {"FailedRecordCount": len(refused), "Records": [{}, *refused]}


@pytest.mark.parametrize(("uploads", "succeeds"), [(5, True), (6, False)])
def test_refused_pointers_are_sent_again(room: Room, uploads: int, succeeds: bool) -> None:
    for number in range(uploads):
        room.post(ndjson(PATIENT | {"id": str(number)}), NDJSON)
    stream = Refusing()
    if succeeds:
        replay(room.s3, stream, bucket=BUCKETS["confidential"], stream="pointers")
        assert sorted(stream.taken) == sorted(room.pointers())
    else:
        with pytest.raises(ReplayError, match="refused 1 pointers 5 times"):
            replay(room.s3, stream, bucket=BUCKETS["confidential"], stream="pointers")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--bucket", BUCKETS["confidential"], "--stream", "pointers"], 0, "1 pointers put"),
        (["--bucket", "nowhere", "--stream", "pointers"], 1, "replay: "),
        (["--bucket", "b", "--stream", "s", "--day", "yesterday"], 2, "'yesterday' was given"),
    ],
)
def test_the_command_says_what_it_did(
    room: Room, arguments: list[str], status: int, words: str
) -> None:
    import typer

    from infra.ingestion.replay_commands import replay as command

    application = typer.Typer()
    application.command()(command)
    room.post(ndjson(PATIENT), NDJSON)
    result = CliRunner().invoke(application, arguments)
    assert result.exit_code == status, result.output
    assert words in result.output
