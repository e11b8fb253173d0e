"""The local AWS starts on a free port, answers, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import local_aws
from rehearsal.clients import client
from rehearsal.local_aws import LocalAws, LocalAwsError
from tests.rehearsal.helpers import children, running, wait_until

pytestmark = [pytest.mark.rehearsal, pytest.mark.enable_socket]
PLACE = {"account": "123456789012", "region": "ap-northeast-1"}

# Starts a local AWS and an endless program in it, tells both, and waits.
PARENT = """
import sys, time
from rehearsal import local_aws
with local_aws.started(sys.argv[1], account="123456789012", region="ap-northeast-1") as aws:
    print(aws.pid, flush=True)
    time.sleep(60)
"""


def test_it_is_reached_on_loopback_only_with_its_account_and_region(bare: LocalAws) -> None:
    assert bare.endpoint.startswith("http://127.0.0.1:")
    port = f"{int(bare.endpoint.rsplit(':', 1)[1]):04X}"
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in (Path("/proc/net") / name).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")
    ]
    assert listening == [f"0100007F:{port}"]
    assert client(bare, "sts").get_caller_identity()["Account"] == PLACE["account"]
    queue = client(bare, "sqs").create_queue(QueueName="one")["QueueUrl"]
    assert queue.endswith("/123456789012/one")


def test_two_at_once_have_ports_and_states_of_their_own(bare: LocalAws) -> None:
    client(bare, "sqs").create_queue(QueueName="mine")
    with local_aws.started(f"tests-second-{os.getpid()}", **PLACE) as second:
        assert second.endpoint != bare.endpoint
        assert not client(second, "sqs").list_queues(QueueNamePrefix="mine").get("QueueUrls")
        members = children(second.pid)
    assert running(members) == set()
    assert not second.scratch.exists()
    assert bare.alive()


def test_a_failure_inside_stops_it() -> None:
    with (
        pytest.raises(RuntimeError, match="inside"),
        local_aws.started(f"tests-failure-{os.getpid()}", **PLACE) as aws,
    ):
        raise RuntimeError("inside")
    assert running({aws.pid}) == set()
    assert not aws.alive()


def test_it_ends_when_whoever_started_it_is_killed_outright() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, f"tests-orphan-{os.getpid()}"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=local_aws.ROOT,
    )
    assert parent.stdout is not None
    launcher = int(parent.stdout.readline())
    assert running({launcher}) == {launcher}
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_until(lambda: not running({launcher}))


def test_a_start_that_fails_is_told_with_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_aws, "_START_SECONDS", 0.0)
    name = f"tests-late-{os.getpid()}"
    with (
        pytest.raises(LocalAwsError, match=rf"did not start; its log is .*{name}"),
        local_aws.started(name, **PLACE),
    ):
        pytest.fail("it must not be given out")


def test_a_kept_one_stays_is_found_and_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local_aws, "KEPT", tmp_path / "kept.json")
    assert local_aws.find_kept() is None
    assert local_aws.stop_kept() is False
    aws = local_aws.start_kept(f"tests-kept-{os.getpid()}", **PLACE)
    try:
        assert local_aws.find_kept() == aws
    finally:
        assert local_aws.stop_kept() is True
    assert running({aws.pid}) == set()
    assert local_aws.find_kept() is None


def test_a_stale_note_of_a_kept_one_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bare: LocalAws
) -> None:
    monkeypatch.setattr(local_aws, "KEPT", tmp_path / "kept.json")
    note = (local_aws.FOLDER / f"tests-{os.getpid()}" / "state.json").read_text()
    local_aws.KEPT.write_text(note.replace(bare.endpoint, "http://127.0.0.1:9"))
    assert local_aws.find_kept() is None
    assert not local_aws.KEPT.exists()


def test_old_runs_are_forgotten_but_never_one_in_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bare: LocalAws
) -> None:
    in_use = local_aws.FOLDER / f"tests-{os.getpid()}"
    monkeypatch.setattr(local_aws, "FOLDER", tmp_path)
    monkeypatch.setattr(local_aws, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(local_aws, "_OLD_RUNS", 2)
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "aws.log").touch()
        os.utime(tmp_path / str(number), (number, number))
    note = (in_use / "state.json").read_text()
    (tmp_path / "0" / "state.json").write_text(
        note.replace(str(bare.log), str(tmp_path / "0" / "aws.log"))
    )
    os.utime(tmp_path / "0", (0, 0))
    local_aws.forget_old_runs()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "3", "4"]


def test_settings_of_this_users_aws_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    aws = LocalAws(1, "http://127.0.0.1:1", "1" * 12, "ap-northeast-1", Path("l"), Path("s"))
    environment = aws.environment()
    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
