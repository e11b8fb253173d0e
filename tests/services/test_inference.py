"""The inference service: SageMaker's contract over TLS, from the code that SageMaker runs."""

import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlops.inference.server import Server
from services.inference.__main__ import InferenceServer
from services.inference.example import CONTRACT, write
from tests.services.conftest import ROOT, Process, Start, environment

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
JSON = {"Content-Type": "application/json"}
GOOD = json.dumps({"instances": [{"age": 61, "systolic": 150}, {"age": 20}]}).encode()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def service(start: Start, model: Path) -> Process:
    return start("services.inference", SM_MODEL_DIR=str(model))


def test_it_is_the_server_that_sagemaker_runs() -> None:
    assert issubclass(InferenceServer, Server)
    assert {name for name in vars(InferenceServer) if not name.startswith("__")} == {
        "note",
        "handle_error",
    }


def test_it_is_well(service: Process) -> None:
    assert service.ask("/ping")[0] == 200


def test_it_predicts(service: Process, model: Path) -> None:
    status, headers, body = service.ask("/invocations", method="POST", body=GOOD, headers=JSON)
    answer = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert [one["positive"] for one in answer["predictions"]] == [True, False]
    assert answer["model"] == write(model)


@pytest.mark.parametrize(
    ("body", "headers", "status", "sentence"),
    [
        (b"{", JSON, 400, "the body is not JSON"),
        (b'{"instances": [{"age": 200}]}', JSON, 400, "column age: outside of what is possible"),
        (b'{"instances": [{"name": "Taro"}]}', JSON, 400, "column name is unknown"),
        (b"<x/>", {"Content-Type": "text/xml"}, 415, "content type application/json or"),
    ],
)
def test_a_bad_request_is_refused_and_it_goes_on(
    service: Process, body: bytes, headers: dict[str, str], status: int, sentence: str
) -> None:
    found, _, answer = service.ask("/invocations", method="POST", body=body, headers=headers)
    assert (found, sentence in json.loads(answer)["error"]) == (status, True)
    assert service.ask("/ping")[0] == 200


def test_ending_answers_what_was_asked(start: Start, model: Path) -> None:
    process = start("services.inference", SM_MODEL_DIR=str(model))
    rows = json.dumps({"instances": [[40 + n % 50, 120] for n in range(5000)]}).encode()
    answers: list[int] = []

    def ask() -> None:
        answers.append(process.ask("/invocations", method="POST", body=rows, headers=JSON)[0])

    process.ask("/ping")
    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    process.heard("request")
    process.popen.terminate()
    for caller in callers:
        caller.join()
    assert process.end() == 0
    assert answers == [200] * 4
    assert process.lines[-1]["unanswered"] == 0
    assert "120" not in {str(value) for line in process.lines for value in line.values()}


def test_who_has_just_connected_may_still_ask(start: Start, model: Path) -> None:
    process = start("services.inference", SM_MODEL_DIR=str(model))
    new, idle = process.connect(), process.connect()
    new.connect()
    idle.request("GET", "/ping")
    assert idle.getresponse().read() == b""
    process.popen.terminate()
    time.sleep(0.3)  # it has heard, and waits for the one that has not asked
    new.request("GET", "/ping")
    answer = new.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    assert process.end() == 0
    assert process.lines[-1]["unanswered"] == 0
    with pytest.raises((http.client.HTTPException, OSError)):
        idle.request("GET", "/ping")
        idle.getresponse()


@pytest.mark.parametrize(
    "settings", [{"MODEL_FINGERPRINT": "0" * 64}, {"SM_MODEL_DIR": "/nowhere"}]
)
def test_another_model_is_not_served(model: Path, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.inference"],
        cwd=ROOT,
        env=environment({"SM_MODEL_DIR": str(model), **settings}),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"].startswith("manifest.json: ")


def test_the_example_says_that_it_is_one() -> None:
    assert "invented" in CONTRACT.caveats
