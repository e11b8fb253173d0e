"""The function behind the stream: nothing lost, nothing doubled, nobody named."""

import json
from typing import Any

import pytest

from infra.ingestion.runtime import deidentify
from infra.ingestion.runtime.outputs import Outputs
from infra.ingestion.runtime.pointers import Pointer
from tests.runtime.ingestion_room import (
    BUCKETS,
    CORRELATION_ID,
    HL7,
    IDENTIFIERS,
    OBSERVATION,
    PATIENT,
    SHIFT_JIS,
    KilledError,
    Room,
    ndjson,
    room,
)

__all__ = ["room"]

GOOD = ndjson(PATIENT, OBSERVATION, PATIENT | {"id": "p2"})
BAD = b'{"resourceType": "Patient", "name": "Zylberstein'


def upload(room: Room, body: bytes = GOOD, content_type: str = "application/fhir+ndjson") -> str:
    """Accept an upload, whatever validation would say, and return its digest."""
    status, answer = room.post(body, content_type, x_source="a")
    assert status == 202, answer
    return str(answer["object"])


def test_an_upload_becomes_an_object_a_record_type_and_an_event(room: Room) -> None:
    digest = upload(room)
    assert room.deidentify() == []
    day = json.loads(room.pointers()[0])["received_day"]
    written = room.objects("important")
    assert sorted(written) == [
        f"source=a/type=Observation/day={day}/{digest}.ndjson",
        f"source=a/type=Patient/day={day}/{digest}.ndjson",
    ]
    patients = written[f"source=a/type=Patient/day={day}/{digest}.ndjson"].splitlines()
    assert [json.loads(line)["resourceType"] for line in patients] == ["Patient", "Patient"]
    (event,) = room.details("RecordsDeidentified")
    assert event["records"] == 3
    assert event["quarantined"] == 0
    assert event["correlation_id"] == CORRELATION_ID
    assert {one["key"]: one["records"] for one in event["objects"]} == {
        key: len(content.splitlines()) for key, content in written.items()
    }


@pytest.mark.parametrize(
    ("body", "content_type", "ending"),
    [
        (json.dumps(PATIENT).encode(), "application/fhir+json", ".json"),
        (HL7, "application/hl7-v2", ".hl7"),
        (HL7 + HL7.replace(b"||1|P|", b"||2|P|"), "application/hl7-v2", ".hl7"),
    ],
)
def test_every_format_comes_out_readable(
    room: Room, body: bytes, content_type: str, ending: str
) -> None:
    from infra.ingestion.runtime.deidentification import validate

    upload(room, body, content_type)
    assert room.deidentify() == []
    ((key, content),) = room.objects("important").items()
    assert key.endswith(ending)
    validate(content, json.loads(room.pointers()[0])["format"])
    assert not any(identifier.encode() in content for identifier in IDENTIFIERS)


def test_a_csv_in_shift_jis_stays_one(room: Room) -> None:
    assert room.post(SHIFT_JIS, "text/csv", x_column_policy="health-checkup")[0] == 202
    assert room.deidentify() == []
    ((key, content),) = room.objects("important").items()
    assert "/type=csv/" in key
    assert key.endswith(".csv")
    header, row = content.decode("shift_jis").splitlines()
    assert header == "受診者番号,氏名,受診日,体重"
    assert row.endswith(",,2024,61.5")
    assert "0815" not in row


def test_memory_does_not_grow_with_the_upload(room: Room) -> None:
    """Measured in a process of its own: what other tests left running would count here."""
    import multiprocessing
    import tracemalloc

    class Body:
        """A raw object of 12 MB, read in pieces."""

        def iter_chunks(self, size: int) -> Any:
            line = ndjson(OBSERVATION)
            yield from [line * (size // len(line))] * (12 * 1024 * 1024 // size)

    class Lake:
        """Takes an object in pieces and keeps nothing."""

        def __init__(self) -> None:
            self.stored = 0

        def put_object(self, *, Body: Any, **_: str) -> None:  # noqa: N803
            while piece := Body.read(64 * 1024):
                self.stored += len(piece)

    upload(room)
    pointer = Pointer.from_bytes(room.pointers()[0])
    origin = deidentify._origin(pointer, pointer.received_day)

    def measure(answer: Any) -> None:
        lake = Lake()
        tracemalloc.start()
        with Outputs(format=pointer.format, origin=origin) as outputs:
            deidentify.worker()._fill(outputs, Body(), pointer, origin)
            (written,) = outputs.store(lake, "important")  # type: ignore[arg-type]
        answer.put((written["records"], lake.stored, tracemalloc.get_traced_memory()[1]))

    fork = multiprocessing.get_context("fork")
    answer = fork.SimpleQueue()
    process = fork.Process(target=measure, args=(answer,))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == 0
    records, stored, peak = answer.get()
    assert records > 30_000
    assert stored > 6 * 1024 * 1024
    assert peak < 6 * 1024 * 1024


def test_a_poison_record_between_good_ones_is_quarantined_alone(room: Room) -> None:
    digest = upload(room, ndjson(PATIENT, BAD, OBSERVATION, b"[]"))
    assert room.deidentify() == []
    bad = room.objects("quarantine")
    assert sorted(key.rsplit("/")[-1] for key in bad) == [f"{digest}-1", f"{digest}-3"]
    assert BAD in [content.strip() for content in bad.values()]
    (event,) = room.details("RecordsDeidentified")
    assert (event["records"], event["quarantined"]) == (2, 2)
    assert {one["record"] for one in room.details("RecordQuarantined")} == {1, 3}
    assert {one["key"] for one in room.details("RecordQuarantined")} == set(bad)


def test_an_upload_with_too_many_bad_records_is_kept_whole(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.ingestion.runtime.deidentify.MAX_REJECTED", 3)
    body = ndjson(PATIENT, *[BAD + str(number).encode() for number in range(5)])
    digest = upload(room, body)
    assert room.deidentify() == []
    whole = [key for key in room.objects("quarantine") if key.endswith(digest)]
    assert [key.split("/")[0] for key in whole] == ["reason=too_many_rejected"]
    assert room.objects("quarantine")[whole[0]] == body
    assert len(room.objects("quarantine")) == 4
    assert room.details("RecordsDeidentified")[0]["quarantined"] == 5


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b'{"source": "../../x"}', b"[]"])
def test_what_is_no_pointer_is_quarantined(room: Room, data: bytes) -> None:
    upload(room)
    assert room.deidentify([data, *room.pointers()]) == []
    ((key, content),) = room.objects("quarantine").items()
    assert key.startswith("reason=invalid_pointer/source=unknown/day=")
    assert content == data
    assert len(room.objects("important")) == 2


def test_a_pointer_to_nothing_is_quarantined(room: Room) -> None:
    upload(room)
    pointer = json.loads(room.pointers()[0])
    lost = json.dumps(pointer | {"object": "0" * 64}).encode()
    assert room.deidentify([lost, *room.pointers()]) == []
    ((key, content),) = room.objects("quarantine").items()
    assert key.startswith("reason=missing_object/source=a/day=")
    assert json.loads(content)["object"] == "0" * 64
    assert len(room.objects("important")) == 2


@pytest.mark.parametrize(
    "operation", ["s3.GetObject", "s3.PutObject", "secrets-manager.GetSecretValue"]
)
def test_a_short_outage_is_ridden_out(room: Room, operation: str) -> None:
    upload(room)
    room.fail(operation, times=3)
    assert room.deidentify() == []
    assert room.refused == 3
    assert len(room.objects("important")) == 2


@pytest.mark.parametrize(
    ("operation", "times"),
    [
        ("s3.GetObject", 8),
        ("s3.PutObject", 8),
        ("secrets-manager.GetSecretValue", 6),
        ("eventbridge.PutEvents", 6),
    ],
)
def test_a_long_outage_offers_the_pointer_again(room: Room, operation: str, times: int) -> None:
    upload(room)
    room.fail(operation, times=times)
    assert room.deidentify() == ["0"]
    assert not room.objects("quarantine")
    assert room.deidentify() == []
    assert len(room.objects("important")) == 2
    assert len(room.details("RecordsDeidentified")[-1]["objects"]) == 2


def test_only_what_failed_is_offered_again(room: Room) -> None:
    first, second = upload(room), upload(room, ndjson(OBSERVATION))
    room.fail("s3.GetObject", times=8)
    assert room.deidentify() == ["0"]
    assert {key.rsplit("/")[-1] for key in room.objects("important")} == {f"{second}.ndjson"}
    assert room.deidentify(room.pointers()[:1]) == []
    assert any(first in key for key in room.objects("important"))


def test_what_failed_announces_nothing_until_it_is_done(room: Room) -> None:
    first, second = upload(room, ndjson(BAD, PATIENT)), upload(room, ndjson(OBSERVATION))
    room.fail("s3.PutObject", times=8, after=1)
    assert room.deidentify() == ["0"]
    assert room.refused == 8
    assert len(room.objects("quarantine")) == 1
    assert {json.loads(entry["Detail"])["object"] for entry in room.events} == {second}
    assert room.deidentify(room.pointers()[:1]) == []
    assert [event["object"] for event in room.details("RecordQuarantined")] == [first]


def test_killed_in_the_middle_nothing_is_lost_or_doubled(room: Room) -> None:
    digests = [
        upload(room),
        upload(room, ndjson(OBSERVATION)),
        upload(room, HL7, "application/hl7-v2"),
    ]
    room.kill("s3.PutObject", before=2)
    with pytest.raises(KilledError):
        room.deidentify()
    assert room.deidentify() == []
    written = room.objects("important")
    assert len(written) == 4
    assert {key.rsplit("/")[-1].split(".")[0] for key in written} == set(digests)


def test_a_replay_writes_the_same_objects(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(room, ndjson(PATIENT, BAD, OBSERVATION))
    assert room.deidentify() == []
    once = room.objects("important") | room.objects("quarantine")
    assert room.deidentify() == []
    assert room.objects("important") | room.objects("quarantine") == once
    first, second = room.details("RecordsDeidentified")
    assert first == second


def test_the_day_is_the_day_of_receipt_whenever_it_is_processed(room: Room) -> None:
    upload(room)
    pointer = json.loads(room.pointers()[0])
    stored = room.s3.head_object(Bucket=BUCKETS["confidential"], Key=pointer["key"])
    room.s3.copy_object(
        Bucket=BUCKETS["confidential"],
        Key=pointer["key"],
        CopySource={"Bucket": BUCKETS["confidential"], "Key": pointer["key"]},
        MetadataDirective="REPLACE",
        Metadata=stored["Metadata"] | {"received-day": "2020-02-29"},
    )
    assert room.deidentify() == []
    assert all("/day=2020-02-29/" in key for key in room.objects("important"))


def test_a_broken_connection_is_tried_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.response import StreamingBody

    upload(room)
    with monkeypatch.context() as broken:
        broken.setattr(StreamingBody, "iter_chunks", _breaks)
        assert room.deidentify() == ["0"]
    assert not room.objects("quarantine")
    assert room.deidentify() == []
    assert len(room.objects("important")) == 2


def _breaks(*_: object) -> Any:
    yield b'{"resourceType"'
    raise ConnectionResetError


def test_an_engine_that_breaks_quarantines_the_record_and_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.ingestion.runtime.deidentification import Deidentifier

    upload(room)
    real = Deidentifier.deidentify

    def breaks(self: Deidentifier, record: bytes, kind: Any) -> Any:
        if b"Observation" in record:
            raise KeyError("Zylberstein")
        return real(self, record, kind)

    monkeypatch.setattr(Deidentifier, "deidentify", breaks)
    assert room.deidentify() == []
    (key,) = room.objects("quarantine")
    assert key.startswith("reason=internal_error/")
    assert len(room.objects("important")) == 1
    assert "KeyError" in room.logs.getvalue()
    assert "Zylberstein" not in room.logs.getvalue()


def test_logs_metrics_and_events_name_nobody(room: Room, capfd: pytest.CaptureFixture[str]) -> None:
    upload(room, ndjson(PATIENT, BAD, OBSERVATION))
    upload(room, HL7, "application/hl7-v2")
    room.fail("s3.GetObject", times=8)
    assert room.deidentify() == ["0"]
    assert room.deidentify() == []
    printed = capfd.readouterr()
    seen = room.logs.getvalue() + printed.out + printed.err + json.dumps(room.events)
    for identifier in IDENTIFIERS:
        assert identifier not in seen
    assert "RecordsDeidentified" in printed.out
    lines = [json.loads(line) for line in room.logs.getvalue().splitlines()]
    done = [line for line in lines if line["message"] == "de-identified"]
    assert {line["correlation_id"] for line in done} == {CORRELATION_ID}
