"""Archives, requests and the server."""

import http.client
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlops.inference.archive import ArchiveError, pack, seal, unpack, verify
from mlops.inference.contract import Contract, load_contract
from mlops.inference.model import load_model, model_from
from mlops.inference.requests import RequestError, predict, rows_of
from mlops.inference.server import LARGEST_BODY, Server
from mlops.steps import table
from mlops.steps.contracts import contract_named
from tests.mlops.conftest import Run

CANCER = contract_named("breast_cancer")


@pytest.fixture
def copied(model_folder: Path, tmp_path: Path) -> Path:
    """A model to be spoilt."""
    shutil.copytree(model_folder, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="session")
def rows(cold: Run) -> list[list[float]]:
    values: list[list[float]] = table.read(cold.output("Prepare", "test"), CANCER).values.tolist()
    return values


def test_the_archive_holds_model_contract_and_code(cold: Run) -> None:
    with tarfile.open(cold.model) as archive:
        names = archive.getnames()
    assert {"model.json", "contract.json", "manifest.json", "code/requirements.txt"} <= set(names)
    assert "code/mlops/inference/server.py" in names
    assert not [name for name in names if name.endswith((".pkl", ".joblib", ".pyc"))]


def test_packing_is_reproducible(model_folder: Path, cold: Run, tmp_path: Path) -> None:
    pack(model_folder, tmp_path / "again.tar.gz")
    assert (tmp_path / "again.tar.gz").read_bytes() == cold.model.read_bytes()


def test_a_whole_archive_is_accepted(model_folder: Path, cold: Run) -> None:
    fingerprint = cold.json("Evaluate", "evaluation", "evaluation.json")["model"]["fingerprint"]
    assert verify(model_folder, fingerprint) == fingerprint


def remove_code(folder: Path) -> None:
    shutil.rmtree(folder / "code")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {k: v for k, v in manifest["files"].items() if not k.startswith("code/")}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            remove_code,
            "code/mlops/inference/server.py: the archive has no inference code",
        ),
        (
            lambda f: (f / "manifest.json").unlink(),
            "manifest.json: missing; the archive was not made by the train step",
        ),
        (lambda f: (f / "manifest.json").write_text("[]"), "manifest.json: cannot be read"),
        (lambda f: (f / "contract.json").unlink(), "contract.json: missing"),
        (
            lambda f: (f / "code/mlops/inference/model.py").write_text("print('mine')"),
            "code/mlops/inference/model.py: changed since the model was trained",
        ),
        (
            lambda f: (f / "code/extra.py").write_text("print('mine')"),
            "code/extra.py: not named in manifest.json",
        ),
        (
            lambda f: (f / "code/requirements.txt").unlink(),
            "code/requirements.txt: named in manifest.json, but missing",
        ),
    ],
)
def test_a_spoilt_archive_is_refused(copied: Path, spoil: Any, sentence: str) -> None:
    spoil(copied)
    with pytest.raises(ArchiveError) as caught:
        verify(copied)
    assert str(caught.value) == sentence


def test_another_model_is_refused(model_folder: Path) -> None:
    with pytest.raises(ArchiveError, match="this is not the registered model"):
        verify(model_folder, "0" * 64)


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize(
    "bad",
    [
        [entry("../evil")],
        [entry("/evil")],
        [entry("a/../../evil")],
        [entry("../evil", tarfile.DIRTYPE)],
        [entry("out", tarfile.SYMTYPE, ".."), entry("out/evil")],
        [entry("evil", tarfile.LNKTYPE, "../evil")],
        [entry("evil", tarfile.FIFOTYPE)],
    ],
    ids=lambda bad: " ".join(f"{one.type.decode()} {one.name}" for one in bad),
)
def test_an_archive_cannot_write_outside_of_its_folder(
    tmp_path: Path, bad: list[tarfile.TarInfo]
) -> None:
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        for one in bad:
            archive.addfile(one)
    with pytest.raises(ArchiveError, match=r"bad\.tar\.gz: cannot be unpacked"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "folder")
    assert not (tmp_path / "evil").exists()
    assert not list((tmp_path / "folder").rglob("*"))


def test_an_archive_may_hold_folders_as_sagemaker_s_do(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "good.tar.gz", "w:gz") as archive:
        archive.addfile(entry(".", tarfile.DIRTYPE))
        archive.addfile(entry("./code", tarfile.DIRTYPE))
        archive.addfile(entry("./code/a.py"))
    unpack(tmp_path / "good.tar.gz", tmp_path / "folder")
    assert (tmp_path / "folder" / "code" / "a.py").is_file()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.tar.gz").write_bytes(content)
    with pytest.raises(ArchiveError, match=r"m\.tar\.gz: cannot be unpacked"):
        unpack(tmp_path / "m.tar.gz", tmp_path / "folder")


def test_models_and_contracts_survive_their_files(model_folder: Path) -> None:
    model = load_model(model_folder / "model.json")
    again = model_from(json.loads(json.dumps(model.to_json())))
    row = np.ones((1, 30))
    assert model.margin(row) == again.margin(row)
    assert load_contract(model_folder / "contract.json") == CANCER
    with pytest.raises(ValueError, match="kind 'pickle' was given, linear or trees is allowed"):
        model_from({"kind": "pickle"})


def csv_of(rows: list[list[float]]) -> bytes:
    return "\n".join(",".join(map(repr, row)) for row in rows).encode()


def test_csv_and_json_say_the_same(rows: list[list[float]]) -> None:
    head = ",".join(CANCER.names).encode()
    named = [dict(zip(CANCER.names, row, strict=True)) for row in rows[:3]]
    for body, kind in (
        (csv_of(rows[:3]), "text/csv"),
        (head + b"\n" + csv_of(rows[:3]), "text/csv; charset=utf-8"),
        (json.dumps({"instances": rows[:3]}).encode(), "application/json"),
        (json.dumps({"instances": named}).encode(), "application/json"),
        (
            json.dumps({"instances": [{"features": r} for r in rows[:3]]}).encode(),
            "application/json",
        ),
    ):
        np.testing.assert_array_equal(rows_of(body, kind, CANCER), np.asarray(rows[:3]))


def instance(**changes: Any) -> bytes:
    values: dict[str, Any] = dict.fromkeys(CANCER.names, 0.5) | changes
    return json.dumps({"instances": [values]}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "status", "sentence"),
    [
        (b"1,2,3", "text/csv", 400, "record 1: 3 values were given, 30 are allowed"),
        (b"abc" + b",1" * 29, "text/csv", 400, "record 1: column mean_radius: not a number"),
        (
            b",1" * 29,
            "text/csv",
            400,
            "record 1: column mean_radius: the value is missing, a number is needed",
        ),
        (
            b"nan" + b",1" * 29,
            "text/csv",
            400,
            "record 1: column mean_radius: the value is missing, a number is needed",
        ),
        (b"", "text/csv", 400, "no record was given"),
        (b"\xff", "text/csv", 400, "the body is not UTF-8 text"),
        (
            b"mean_radius,mean_wrong\n1,2",
            "text/csv",
            400,
            "the header has mean_wrong where column mean_texture is needed",
        ),
        (b"{", "application/json", 400, "the body is not JSON"),
        (b"[" * 100_000, "application/json", 400, "the body is not JSON"),
        (b"[]", "application/json", 400, 'an object with a list "instances" is needed'),
        (b'{"instances": []}', "application/json", 400, "no record was given"),
        (
            b'{"instances": [3]}',
            "application/json",
            400,
            "record 1: a list of numbers or an object is needed",
        ),
        (
            instance(mean_radius="x"),
            "application/json",
            400,
            "record 1: column mean_radius: not a number",
        ),
        (
            instance(mean_radius=True),
            "application/json",
            400,
            "record 1: column mean_radius: not a number",
        ),
        (
            instance(mean_radius=[1]),
            "application/json",
            400,
            "record 1: column mean_radius: not a number",
        ),
        (
            instance(mean_radius="inf"),
            "application/json",
            400,
            "record 1: column mean_radius: not a number",
        ),
        (
            instance(mean_radius=-1),
            "application/json",
            400,
            "record 1: column mean_radius: outside of what is possible, "
            "0 to 60 image units is allowed",
        ),
        (instance(radius=1), "application/json", 400, "record 1: column radius is unknown"),
        (b"1", "text/plain", 415, "content type application/json or text/csv is allowed"),
        (b"1\n" * 10_001, "text/csv", 413, "10001 records were given, 10000 are allowed"),
    ],
)
def test_wrong_requests_get_a_sentence(body: bytes, kind: str, status: int, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        rows_of(body, kind, CANCER)
    assert (caught.value.status, caught.value.sentence) == (status, sentence)


def test_a_gap_is_filled_where_the_contract_allows_it() -> None:
    diabetes: Contract = contract_named("diabetes")
    body = json.dumps({"instances": [{"age": 50, "bmi": None}]}).encode()
    row = rows_of(body, "application/json", diabetes)[0]
    assert row[diabetes.index["age"]] == 50
    assert math.isnan(row[diabetes.index["bmi"]])


def test_answers(model_folder: Path, rows: list[list[float]]) -> None:
    model = load_model(model_folder / "model.json")
    answer = predict(model, np.asarray(rows[:2]), "f")
    body, kind = answer.encode("application/json")
    assert kind == "application/json"
    decoded = json.loads(body)
    assert decoded["model"] == "f"
    first = decoded["predictions"][0]
    assert first["positive"] is (first["probability"] >= model.threshold)
    assert (
        answer.encode("text/csv")[0].decode().splitlines()[0].endswith(f",{int(first['positive'])}")
    )
    assert answer.encode("*/*")[1] == "application/json"
    with pytest.raises(RequestError) as caught:
        answer.encode("image/png")
    assert caught.value.status == 406


class Client:
    """One connection that stays open."""

    def __init__(self, server: Server) -> None:
        host, port = server.server_address[:2]
        self.connection = http.client.HTTPConnection(str(host), int(port), timeout=10)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        response = self.connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content else None


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    made = Client(server)
    yield made
    made.connection.close()


def test_the_server_keeps_the_contract(client: Client, rows: list[list[float]]) -> None:
    assert client.ask("GET", "/ping") == (200, None)
    status, answer = client.ask("POST", "/invocations", csv_of(rows[:2]), Content_Type="text/csv")
    assert status == 200
    assert len(answer["predictions"]) == 2
    status, parameters = client.ask("GET", "/execution-parameters")
    assert (status, parameters["BatchStrategy"]) == (200, "MULTI_RECORD")
    assert client.ask("GET", "/admin")[0] == 404
    assert client.ask("POST", "/admin", b"1")[0] == 404


def test_the_server_goes_on_after_wrong_requests(client: Client, rows: list[list[float]]) -> None:
    for body in (b"1,2", b"a" + b",1" * 29):
        status, answer = client.ask("POST", "/invocations", body, Content_Type="text/csv")
        assert status == 400
        assert "record 1" in answer["error"]
    good = client.ask("POST", "/invocations", csv_of(rows[:1]), Content_Type="text/csv")
    assert good[0] == 200


def test_a_body_that_is_too_large_is_not_read(client: Client) -> None:
    status, answer = client.ask(
        "POST", "/invocations", b"", Content_Type="text/csv", Content_Length=str(LARGEST_BODY + 1)
    )
    assert status == 413
    assert answer["error"] == f"a body of at most {LARGEST_BODY} bytes is allowed"


def test_a_body_without_length_is_refused(client: Client) -> None:
    # Without a body: the server answers at the head, and would cut off whoever still sends.
    client.connection.putrequest("POST", "/invocations")
    client.connection.putheader("Content-Type", "text/csv")
    client.connection.endheaders()
    response = client.connection.getresponse()
    assert (response.status, json.load(response)["error"]) == (411, "a Content-Length is needed")


ROOT = Path(__file__).parents[2]


def start(model: Path, **environment: str) -> "subprocess.Popen[str]":
    """The image's own command, as SageMaker, ECS and EKS start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "mlops.steps", "serve"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "SM_MODEL_DIR": str(model),
            "SAGEMAKER_BIND_TO_PORT": "0",
            "BIND_HOST": "127.0.0.1",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_archive_serves_with_its_own_code_and_stops_when_told(
    copied: Path, rows: list[list[float]], socket_enabled: None
) -> None:
    server = copied / "code" / "mlops" / "inference" / "server.py"
    server.write_text(server.read_text().replace('{"serving":', '{"of": "the archive", "serving":'))
    fingerprint = seal(copied)
    with start(copied, MODEL_FINGERPRINT=fingerprint) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert (said["serving"], said["of"]) == (fingerprint, "the archive")
        connection = http.client.HTTPConnection("127.0.0.1", said["port"], timeout=10)
        connection.request("POST", "/invocations", csv_of(rows[:1]), {"Content-Type": "text/csv"})
        assert connection.getresponse().status == 200
        connection.close()
        line = process.stdout.readline()
        assert json.loads(line).keys() == {"status", "records", "ms"}, "no payload in the log"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"MODEL_FINGERPRINT": "0" * 64},
            "manifest.json: this is not the registered model (fingerprint differs)\n",
        ),
        ({}, "MODEL_FINGERPRINT: the registered model's fingerprint is needed\n"),
    ],
)
def test_a_wrong_model_does_not_start(
    model_folder: Path, environment: dict[str, str], sentence: str
) -> None:
    with start(model_folder, **environment) as process:
        _, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (1, sentence)
