"""The function behind POST /records: what it takes, what it answers, what survives a crash."""

import gzip
import json
from typing import Any

import pytest

from tests.runtime.ingestion_room import (
    BUCKETS,
    HL7,
    IDENTIFIERS,
    OBSERVATION,
    PATIENT,
    SHIFT_JIS,
    Context,
    KilledError,
    Room,
    ndjson,
    room,
)

__all__ = ["room"]

BUNDLE = json.dumps(
    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}
).encode()


def digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (BUNDLE, "application/fhir+json", "fhir-json"),
        (BUNDLE, "application/fhir+json; charset=utf-8", "fhir-json"),
        (ndjson(PATIENT, OBSERVATION), "application/fhir+ndjson", "fhir-ndjson"),
        (HL7, "application/hl7-v2", "hl7v2"),
        (HL7, "x-application/hl7-v2+er7", "hl7v2"),
    ],
)
def test_an_upload_becomes_a_raw_object_and_a_pointer(
    room: Room, body: bytes, content_type: str, kind: str
) -> None:
    status, answer = room.post(body, content_type, x_source="hospital-a")
    assert (status, answer["status"]) == (202, "accepted")
    assert answer["object"] == digest(body)
    assert room.objects("confidential") == {f"raw/hospital-a/{digest(body)}": body}
    pointer = json.loads(room.pointers()[0])
    assert pointer["key"] == f"raw/hospital-a/{digest(body)}"
    assert pointer["format"] == kind
    assert pointer["correlation_id"] == answer["correlation_id"]
    stored = room.s3.head_object(Bucket=BUCKETS["confidential"], Key=pointer["key"])
    assert stored["Metadata"]["received-day"] == pointer["received_day"]


def test_a_csv_names_its_column_policy(room: Room) -> None:
    status, _ = room.post(SHIFT_JIS, "text/csv", x_column_policy="health-checkup")
    assert status == 202
    assert json.loads(room.pointers()[0])["columns"] == "health-checkup"


def test_the_bytes_of_shift_jis_arrive_as_they_were_sent(room: Room) -> None:
    room.post(SHIFT_JIS, "text/csv", x_column_policy="health-checkup")
    assert list(room.objects("confidential").values()) == [SHIFT_JIS]


def test_a_compressed_upload_is_kept_as_what_it_holds(room: Room) -> None:
    status, answer = room.post(gzip.compress(BUNDLE), content_encoding="gzip")
    assert status == 202
    assert answer["object"] == digest(BUNDLE)
    assert list(room.objects("confidential").values()) == [BUNDLE]


def test_the_same_upload_twice_is_one_object_and_one_pointer(room: Room) -> None:
    first = room.post(BUNDLE)
    second = room.post(gzip.compress(BUNDLE), content_encoding="gzip")
    assert first[1]["status"] == "accepted"
    assert second[0] == 202
    assert second[1] == first[1] | {"status": "already_received"}
    assert len(room.objects("confidential")) == len(room.pointers()) == 1


def test_the_same_content_of_another_sender_is_another_upload(room: Room) -> None:
    room.post(BUNDLE, x_source="a")
    assert room.post(BUNDLE, x_source="b")[1]["status"] == "accepted"
    assert len(room.objects("confidential")) == len(room.pointers()) == 2


def test_the_same_upload_at_the_same_time_is_told_so(room: Room) -> None:
    answers: list[Any] = []

    def meanwhile() -> None:
        if not answers:
            answers.append(None)
            answers.append(room.post(BUNDLE))

    room.on("kinesis.PutRecord", meanwhile)
    first = room.post(BUNDLE)
    assert first[1]["status"] == "accepted"
    status, answer = answers[1]
    assert (status, answer["reason"]) == (409, "in_progress")
    assert len(room.pointers()) == 1


@pytest.mark.parametrize("operation", ["s3.PutObject", "kinesis.PutRecord", "dynamodb.UpdateItem"])
def test_a_repeat_after_a_crash_does_what_is_missing(room: Room, operation: str) -> None:
    room.kill(operation)
    with pytest.raises(KilledError):
        room.post(BUNDLE, context=Context(remaining=0))
    status, answer = room.post(BUNDLE)
    assert (status, answer["status"]) == (202, "accepted")
    assert list(room.objects("confidential").values()) == [BUNDLE]
    versions = room.s3.list_object_versions(Bucket=BUCKETS["confidential"])["Versions"]
    assert len(versions) == 1
    assert room.pointers()


@pytest.mark.parametrize("operation", ["s3.PutObject", "kinesis.PutRecord"])
def test_a_short_outage_is_ridden_out(room: Room, operation: str) -> None:
    room.fail(operation, times=2)
    assert room.post(BUNDLE)[0] == 202
    assert room.refused == 2
    assert len(room.pointers()) == 1


@pytest.mark.parametrize("operation", ["s3.PutObject", "kinesis.PutRecord", "dynamodb.PutItem"])
def test_a_long_outage_is_answered_and_a_repeat_succeeds(room: Room, operation: str) -> None:
    room.fail(operation, times=4)
    status, answer = room.post(BUNDLE)
    assert (status, answer["reason"]) == (503, "unavailable")
    status, answer = room.post(BUNDLE)
    assert (status, answer["status"]) == (202, "accepted")
    assert len(room.objects("confidential")) == len(room.pointers()) == 1


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({"content_type": "application/json"}, 415, "unsupported_media_type"),
        ({"content_type": ""}, 415, "unsupported_media_type"),
        ({"content_type": "text/csv"}, 400, "unknown_column_policy"),
        ({"content_type": "text/csv", "x_column_policy": "../x"}, 400, "unknown_column_policy"),
        ({"content_encoding": "br"}, 415, "unsupported_encoding"),
        ({"x_source": "Zylberstein"}, 400, "invalid_header"),
        ({"x_source": "a" * 33}, 400, "invalid_header"),
    ],
)
def test_wrong_headers_are_answered_and_nothing_is_kept(
    room: Room, headers: dict[str, Any], status: int, reason: str
) -> None:
    got, answer = room.post(BUNDLE, **headers)
    assert (got, answer["reason"]) == (status, reason)
    assert answer["detail"]
    assert not any(room.objects(bucket) for bucket in BUCKETS)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "application/fhir+json", "empty"),
        (b'{"resourceType": "Patient", "name": "Zylb', "application/fhir+json", "invalid_json"),
        (SHIFT_JIS, "application/fhir+json", "invalid_json"),
        (b'{"name": "Zylberstein"}', "application/fhir+json", "not_fhir"),
        (b"PID|1||Zylberstein\r", "application/hl7-v2", "invalid_hl7"),
    ],
)
def test_what_cannot_be_read_is_quarantined_and_the_caller_told(
    room: Room, body: bytes, content_type: str, reason: str
) -> None:
    status, answer = room.post(body, content_type, x_source="hospital-a")
    assert (status, answer["reason"]) == (422, reason)
    (key,) = room.objects("quarantine")
    assert key.startswith(f"reason={answer['reason']}/source=hospital-a/day=")
    assert key.endswith(digest(body))
    assert room.objects("quarantine")[key] == body
    (event,) = room.details("RecordQuarantined")
    assert (event["key"], event["reason"]) == (key, answer["reason"])
    assert not room.objects("confidential")
    assert not room.pointers()


@pytest.mark.parametrize(
    "body",
    [BUNDLE, gzip.compress(BUNDLE)[:-9], gzip.compress(BUNDLE) + b"x"],
    ids=["plain", "cut", "followed"],
)
def test_what_is_not_gzip_is_quarantined(room: Room, body: bytes) -> None:
    status, answer = room.post(body, content_encoding="gzip")
    assert (status, answer["reason"]) == (422, "invalid_gzip")
    assert list(room.objects("quarantine").values()) == [body]


def test_a_zip_bomb_is_not_unpacked(room: Room) -> None:
    import resource

    bomb = gzip.compress(b"\0" * 128 * 1024 * 1024, compresslevel=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status, answer = room.post(bomb, content_encoding="gzip")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (status, answer["reason"]) == (413, "too_large")
    assert grown < 100 * 1024  # KiB


def test_30_megabytes_are_refused_and_taken_when_compressed(room: Room) -> None:
    body = ndjson(PATIENT | {"contact": [{"name": {"text": "x" * 30_000_000}}]})
    status, answer = room.post(body, "application/fhir+ndjson")
    assert (status, answer["reason"]) == (413, "too_large")
    assert "gzip" in answer["detail"]
    compressed = gzip.compress(body, compresslevel=1)
    assert room.post(compressed, "application/fhir+ndjson", content_encoding="gzip")[0] == 202


def test_quarantine_out_of_reach_is_answered_and_a_repeat_succeeds(room: Room) -> None:
    room.fail("s3.PutObject", times=4)
    assert room.post(b"{", x_source="a")[0] == 503
    assert not room.events
    assert room.post(b"{", x_source="a")[0] == 422
    assert len(room.objects("quarantine")) == len(room.events) == 1


def test_a_fault_of_ours_is_answered_without_its_message(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Zylberstein")

    monkeypatch.setattr("infra.ingestion.runtime.receive.validate", broken)
    status, answer = room.post(BUNDLE)
    assert (status, answer["reason"]) == (500, "internal_error")
    assert "KeyError" in room.logs.getvalue()
    assert "Zylberstein" not in room.logs.getvalue() + json.dumps(answer)


def test_logs_metrics_replies_and_events_name_nobody(
    room: Room, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [
        room.post(BUNDLE),
        room.post(BUNDLE),
        room.post(HL7, "application/hl7-v2"),
        room.post(HL7[60:], "application/hl7-v2"),
        room.post(b'{"resourceType": "Patient", "name": "Zylberstein', "application/fhir+json"),
        room.post(BUNDLE, x_source="MRN-4711-0815"),
        room.post(BUNDLE, content_encoding="Zylberstein"),
        room.post(b"name,Zylberstein\n1", "text/csv", x_column_policy="health-checkup"),
    ]
    assert {status for status, _ in answers} == {202, 400, 415, 422}
    printed = capfd.readouterr()
    seen = "".join(
        [
            room.logs.getvalue(),
            printed.out,
            printed.err,
            json.dumps(answers),
            json.dumps(room.events),
        ]
    )
    assert '"correlation_id"' in room.logs.getvalue()
    assert "UploadsAccepted" in printed.out
    for identifier in IDENTIFIERS:
        assert identifier not in seen
    for line in room.logs.getvalue().splitlines():
        json.loads(line)
