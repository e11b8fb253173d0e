"""The command: exit codes, one sentence, and no process left however it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal import local_aws, run
from rehearsal.deployment import Target, target_of
from rehearsal.progress import Progress
from tests.rehearsal.helpers import children, running, wait_until

COMMAND = [
    *(sys.executable, "-c"),
    "import typer; from rehearsal.commands import rehearse; typer.run(rehearse)",
]


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=local_aws.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_unknown_environment_is_wrong_use() -> None:
    done = command("--environment", "nowhere")
    assert done.returncode == 2
    assert done.stderr == (
        "--environment: 'nowhere' is no file under environments/; "
        "allowed are dev, production, staging\n"
    )


def test_a_target_is_read_from_a_path_too(tmp_path: Path) -> None:
    file = tmp_path / "try.toml"
    file.write_text('name = "clinic"\n[account]\nid = "210987654321"\nregion = "ap-northeast-3"\n')
    assert target_of(str(file)) == Target(
        environment=str(file), name="clinic", account="210987654321", region="ap-northeast-3"
    )
    assert target_of("dev").stack == "iryo-dev"


@pytest.mark.rehearsal
@pytest.mark.enable_socket
def test_an_app_that_fails_is_told_in_one_sentence_and_nothing_is_left(tmp_path: Path) -> None:
    app = "echo 'gate: 3 pass, 1 fail'; exit 1"
    (tmp_path / "cdk.json").write_text(json.dumps({"app": f'sh -c "{app}"'}))
    name = f"tests-broken-{os.getpid()}"
    plan = run.Plan(target=target_of("dev"), name=name, app_folder=tmp_path)
    summary = run.rehearse(plan, Progress())
    assert not summary.passed
    assert summary.failure == "the app could not be synthesised: gate: 3 pass, 1 fail"
    assert summary.folder == f"build/rehearsal/{name}"
    told = json.loads((local_aws.FOLDER / name / "summary.json").read_text())
    assert (told["passed"], told["failure"]) == (False, summary.failure)
    assert set(told["seconds"]) == {"bootstrap", "deploy"}
    assert not running({int(pid) for pid in _launchers(name)})


@pytest.mark.rehearsal
@pytest.mark.enable_socket
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_process(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--no-faults"],
        cwd=local_aws.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    family: set[int] = set()

    def deploying() -> bool:
        family.update(children(process.pid))
        return len(running(family)) >= 3  # itself, the local AWS and the CLI

    assert wait_until(deploying, 20)
    time.sleep(0.5)
    family |= children(process.pid)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)  # other tests share the machine
    assert process.returncode == 130
    assert output.endswith("interrupted; the local AWS was stopped\n")
    assert "Traceback" not in output
    assert wait_until(lambda: not running(family))


def _launchers(name: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if re.search(rf"{name}/state\.json", words):
                found.append(entry.name)
    return found
