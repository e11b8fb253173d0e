"""The delivered services, as the processes that their containers start, against what was deployed.

The application service has the rights of its deployed task role and nothing more.
"""

import http.client
import json
import secrets
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rehearsal.clients import client
from rehearsal.local_aws import ROOT, LocalAws
from rehearsal.scenario import ScenarioError, Stage

OUTPUT = "ServiceNames"
"""The root stack has it when it has the ECS room."""
APPLICATION, INFERENCE = "application", "inference"
_SECONDS = 20
_OK, _BAD_REQUEST, _UNAUTHORISED = 200, 400, 401
_GOOD = {"instances": [{"age": 61, "systolic": 150}, {"age": 20}]}
_BAD = {"instances": [{"age": 61, "name": "nobody"}]}


@dataclass(frozen=True)
class Service:
    """A service that runs here."""

    port: int

    def ask(
        self, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send a request and return status and, if it is JSON, content.

        Raises ScenarioError without an answer.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # as load balancers of AWS do
        place = ("127.0.0.1", self.port)
        connection = http.client.HTTPSConnection(*place, timeout=_SECONDS, context=context)
        sent = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if sent else {}
        try:
            connection.request("POST" if sent else "GET", path, sent, {**kind, **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
            is_json = answer.headers.get_content_type() == "application/json" and content
            return answer.status, json.loads(content) if is_json else None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ScenarioError(f"{path} was not answered ({type(error).__name__})") from error
        finally:
            connection.close()


def run(stage: Stage) -> list[str]:
    """Ask both services; return a line each, none without the room. Raises ScenarioError."""
    if OUTPUT not in stage.outputs:
        return []
    lines = []
    if role := _task_role(stage, APPLICATION):
        lines.append(_application(stage, role))
    if _task_role(stage, INFERENCE):
        lines.append(_inference())
    return lines


def _task_role(stage: Stage, service: str) -> str | None:
    """Return the ARN of a service's deployed task role, None when it is not deployed."""
    ecs = client(stage.aws, "ecs")
    cluster = f"iryo-{stage.outputs[OUTPUT].partition('.')[0]}"
    families = ecs.list_task_definitions(familyPrefix=f"{cluster}-{service}")["taskDefinitionArns"]
    if not families:
        return None
    found = ecs.describe_task_definition(taskDefinition=families[-1])["taskDefinition"]
    return str(found["taskRoleArn"])


def _application(stage: Stage, role: str) -> str:
    token = secrets.token_urlsafe(40)
    authorised = {"Authorization": f"Bearer {token}"}
    keys = sorted(one.key for one in stage.lake.released() if one.key.startswith("source="))
    source, record_type, day, name = (part.rpartition("=")[2] for part in keys[0].split("/"))
    there = [key for key in keys if key.startswith(f"source={source}/") and f"/day={day}/" in key]
    settings = {
        **_as_role(stage.aws, role),
        "IMPORTANT_BUCKET": stage.outputs["ImportantBucket"],
        "API_TOKEN": token,
    }
    with _started(APPLICATION, settings) as service:
        path = f"/records?source={source}&day={day}&limit=1000"
        status, listed = service.ask(path, headers=authorised)
        if status != _OK or len(listed["records"]) != len(there):
            raise ScenarioError(f"the application answers {status}, not {len(there)} records")
        refused, _ = service.ask(path)
        if refused != _UNAUTHORISED:
            raise ScenarioError(f"the application answers {refused} to whoever has no token")
        status, _ = service.ask(f"/records/{source}/{record_type}/{day}/{name}", headers=authorised)
        if status != _OK:
            raise ScenarioError(f"the application answers {status} to a record that is there")
    return f"{APPLICATION}: {len(there)} records of a day listed with its task role's rights"


def _inference() -> str:
    with tempfile.TemporaryDirectory(prefix="iryo-model-") as folder:
        make = [sys.executable, "-m", "services.inference.example", folder]
        subprocess.run(make, cwd=ROOT, check=True, timeout=_SECONDS, capture_output=True)
        with _started(INFERENCE, {"SM_MODEL_DIR": folder}) as service:
            well, _ = service.ask("/ping")
            good, answer = service.ask("/invocations", _GOOD)
            bad, _ = service.ask("/invocations", _BAD)
    if (well, good, bad) != (_OK, _OK, _BAD_REQUEST):
        raise ScenarioError(f"the inference service answers {well}, {good} and {bad}")
    predicted = len(answer["predictions"])
    return f"{INFERENCE}: {predicted} predictions, a record with an unknown column refused"


def _as_role(aws: LocalAws, role: str) -> dict[str, str]:
    """Return variables that make a program act as a task with that role."""
    # The local AWS makes sessions of roles for functions, so a task goes by a function's name.
    task = f"arn:aws:lambda:{aws.region}:{aws.account}:function:task"
    session = aws.ask("/task-credentials", {"role": role, "task": task})
    return {**aws.environment(), **{name: str(value) for name, value in session.items()}}


@contextmanager
def _started(name: str, settings: dict[str, str]) -> Iterator[Service]:
    """Run a service for the length of a with block; it must end by itself when told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"services.{name}"],
        cwd=ROOT,
        env={"PATH": "", "SERVICE": name, "PORT": "0", "BIND_HOST": "127.0.0.1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Service(_port(name, process))
        process.terminate()
        if process.wait(_SECONDS):
            raise ScenarioError(f"the service {name} ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def _port(name: str, process: "subprocess.Popen[str]") -> int:
    for text in process.stdout or ():
        line = json.loads(text)
        if line["event"] == "serving":
            return int(line["port"])
    raise ScenarioError(f"the service {name} did not start")
