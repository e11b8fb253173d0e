"""The application service: real requests to its process, wrong ones, and its end."""

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.application.lists import page
from services.application.records import Day, day_of
from services.application.store import Bucket, Folder, Store, StoreError
from tests.services.conftest import ROOT, TOKEN, Process, Start, environment

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DAY = "2026-04-01"
WHERE: Day = day_of("ward-a", DAY)
PATIENT = b'{"resourceType":"Patient","id":"p1"}'
LIST = f"/records?source=ward-a&day={DAY}"


def name(number: int, form: str = "json") -> str:
    return f"{number:064x}.{form}"


OBJECTS = {
    **{f"source=ward-a/type=Patient/day={DAY}/{name(n)}": PATIENT for n in range(3)},
    f"source=ward-a/type=ADT_A01/day={DAY}/{name(9, 'hl7')}": b"MSH|",
    f"source=ward-a/type=Patient/day=2026-04-02/{name(5)}": PATIENT,
    f"source=ward-b/type=Patient/day={DAY}/{name(6)}": PATIENT,
    "pipelines/clinical/model.tar.gz": b"no record",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("records")
    for key, content in OBJECTS.items():
        (root / key).parent.mkdir(parents=True, exist_ok=True)
        (root / key).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def service(start: Start, folder: Path) -> Process:
    return start("services.application", RECORDS_FOLDER=str(folder), API_TOKEN=TOKEN)


def listed(answer: bytes) -> list[tuple[str, str]]:
    return [(one["type"], one["name"]) for one in json.loads(answer)["records"]]


def test_health_needs_no_token(service: Process) -> None:
    status, _, body = service.ask("/health", token=None)
    assert (status, json.loads(body)) == (200, {"status": "ok"})


def test_records_of_a_source_and_day_are_listed(service: Process) -> None:
    status, headers, body = service.ask(LIST)
    assert status == 200
    assert listed(body) == [("ADT_A01", name(9, "hl7")), *(("Patient", name(n)) for n in range(3))]
    assert json.loads(body)["next"] is None
    assert headers["Cache-Control"] == "no-store"


def test_a_list_goes_on_where_its_page_ended(service: Process) -> None:
    found: list[tuple[str, str]] = []
    after = ""
    for _ in range(5):
        _, _, body = service.ask(f"{LIST}&limit=2{after}")
        found += listed(body)
        if (following := json.loads(body)["next"]) is None:
            break
        after = f"&after={following}"
    assert found == listed(service.ask(LIST)[2])


def test_a_record_is_read_as_it_is(service: Process) -> None:
    one = json.loads(service.ask(f"{LIST}&type=Patient&limit=1")[2])["records"][0]
    status, headers, body = service.ask(one["path"])
    assert (status, body, one["bytes"]) == (200, PATIENT, len(PATIENT))
    assert headers["Content-Type"] == "application/fhir+json"


WRONG = [
    ("/records", 400, "invalid_source"),
    ("/records?source=Ward&day=2026-04-01", 400, "invalid_source"),
    ("/records?source=ward-a&day=yesterday", 400, "invalid_day"),
    (f"{LIST}&type=../x", 400, "invalid_type"),
    (f"{LIST}&limit=0", 400, "invalid_limit"),
    (f"{LIST}&limit=1e3", 400, "invalid_limit"),
    (f"{LIST}&after=x", 400, "invalid_name"),
    (f"{LIST}&patient=1", 400, "invalid_query"),
    (f"{LIST}&day=2026-04-02", 400, "invalid_query"),
    (f"/records/ward-a/Patient/{DAY}/..%2f..%2fpipelines", 400, "invalid_name"),
    (f"/records/ward-a/Patient/{DAY}/{name(77)}", 404, "no_such_record"),
    ("/pipelines/clinical/model.tar.gz", 404, "unknown_path"),
]


@pytest.mark.parametrize(("path", "status", "code"), WRONG)
def test_a_wrong_request_is_told_why(service: Process, path: str, status: int, code: str) -> None:
    found, _, body = service.ask(path)
    answer = json.loads(body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert answer["correlation_id"]


@pytest.mark.parametrize("token", [None, "", "x" * 40, "é" * 40])
def test_without_its_token_nothing_is_told(service: Process, token: str | None) -> None:
    header = {"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token else {}
    status, headers, body = service.ask(LIST, token=None, headers=header)
    assert (status, json.loads(body)["error"]["code"]) == (401, "unauthorised")
    assert headers["WWW-Authenticate"] == "Bearer"


def test_other_methods_are_refused_and_the_service_goes_on(service: Process) -> None:
    status, headers, body = service.ask("/records", method="POST", body=b"x" * 100_000)
    assert (status, json.loads(body)["error"]["code"]) == (405, "method_not_allowed")
    assert headers["Allow"] == "GET"
    assert service.ask("/health")[0] == 200


def test_what_is_no_http_is_refused_without_repeating_it(service: Process) -> None:
    connection = service.connect()
    connection.connect()
    connection.sock.sendall(b"patient-1 is\r\n\r\n")
    answer = connection.sock.recv(4096)
    connection.close()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"patient-1" not in answer


def test_a_caller_may_bring_a_correlation_id(service: Process) -> None:
    given = "Root=1-67891233-abcdef012345678912345678"
    headers = service.ask("/health", headers={"X-Amzn-Trace-Id": given})[1]
    assert headers["X-Correlation-Id"] == given
    forged = 'x", "level": "error'
    headers = service.ask("/health", headers={"X-Correlation-Id": forged})[1]
    assert headers["X-Correlation-Id"] != forged


def test_requests_are_answered_while_it_ends_and_no_log_line_holds_data(
    start: Start, folder: Path
) -> None:
    process = start("services.application", RECORDS_FOLDER=str(folder), API_TOKEN=TOKEN)
    path = f"/records/ward-a/Patient/{DAY}/{name(1)}"
    idle, busy = process.connect(), process.connect()
    idle.request("GET", "/health")
    idle.getresponse().read()
    busy.connect()
    busy.sock.sendall(f"GET {path} HTTP/1.1\r\n".encode())
    time.sleep(0.2)
    process.popen.terminate()
    time.sleep(0.5)
    busy.sock.sendall(f"Authorization: Bearer {TOKEN}\r\n\r\n".encode())
    answer = http.client.HTTPResponse(busy.sock)
    answer.begin()
    assert (answer.status, answer.read()) == (200, PATIENT)
    assert process.end() == 0
    assert process.lines[-1] == {**process.lines[-1], "event": "stopped", "unanswered": 0}
    text = json.dumps(process.lines)
    for secret in (TOKEN, "ward-a", name(1), "resourceType"):
        assert secret not in text


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"RECORDS_FOLDER": "records", "API_TOKEN": "short"}, "API_TOKEN needs at least 32"),
        ({"API_TOKEN": TOKEN}, "IMPORTANT_BUCKET or RECORDS_FOLDER is needed"),
    ],
)
def test_it_does_not_start_without_its_settings(settings: dict[str, str], reason: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.application"],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"].startswith(reason)


@pytest.fixture
def bucket() -> Any:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="important")
        for key, content in OBJECTS.items():
            client.put_object(Bucket="important", Key=key, Body=content)
        yield client


@pytest.mark.parametrize("most", [1, 2, 3, 4, 100])
def test_bucket_and_folder_answer_alike(bucket: Any, folder: Path, most: int) -> None:
    stores: list[Store] = [Bucket(bucket, "important"), Folder(folder)]
    for record_type in (None, "Patient", "Observation"):
        pages = [page(s, WHERE, record_type=record_type, after=None, most=most) for s in stores]
        assert pages[0] == pages[1]
    key = f"source=ward-a/type=Patient/day={DAY}/{name(1)}"
    for store in stores:
        content = store.read(key)
        assert content and b"".join(content.pieces) == PATIENT
        assert store.read(key + "x") is None


def test_a_store_that_does_not_answer_is_named_by_kind(bucket: Any) -> None:
    with pytest.raises(StoreError, match=r"^NoSuchBucket$"):
        Bucket(bucket, "elsewhere").entries("source=", after="", most=1)
