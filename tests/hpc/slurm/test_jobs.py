"""The job templates under a real Slurm."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpc.jobs.genomics import main as genomics
from tests.hpc.slurm.cluster import SlurmCluster, missing

JOBS = Path(__file__).parents[3] / "hpc" / "jobs"
SCRIPTS = JOBS.parent / "runtime" / "scripts"
METADATA = Path(__file__).parent / "metadata.py"
NOBODY = "http://127.0.0.1:9"
"""No metadata service answers there."""
STEPS = 100
SUM = sum(step**2 for step in range(STEPS))

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"Slurm does not run here: {missing()}"),
    # One cluster for all of them: workers of xdist must not start one each.
    pytest.mark.xdist_group("slurm"),
]


@pytest.fixture(scope="module")
def slurm() -> Iterator[SlurmCluster]:
    cluster = SlurmCluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def folder(slurm: SlurmCluster, request: pytest.FixtureRequest) -> Path:
    return slurm.folder / request.node.name


def output(folder: Path, pattern: str = "*.out") -> str:
    return "\n".join(file.read_text() for file in sorted(folder.glob(pattern)))


needs_mpi = pytest.mark.skipif(
    shutil.which("mpicc") is None, reason="no mpicc (Debian: openmpi-bin libopenmpi-dev)"
)


@needs_mpi
def test_mpi_ranks_find_each_other(slurm: SlurmCluster, folder: Path) -> None:
    job = slurm.submit(folder, f"{JOBS}/mpi_hello.sh", IRYO_JOBS=str(JOBS))
    assert slurm.finish(job) == "COMPLETED", f"{output(folder)}\n{slurm.logs()}"
    said = output(folder)
    assert "ranks=4 sum=6" in said
    assert all(f"rank {rank} of 4" in said for rank in range(4))
    assert list(folder.glob(".mpi-hello.*")) == []


def test_mpi_says_that_efa_is_missing(slurm: SlurmCluster, folder: Path) -> None:
    environment = {"IRYO_JOBS": str(JOBS), "IRYO_REQUIRE_EFA": "1"}
    job = slurm.submit(folder, f"{JOBS}/mpi_hello.sh", **environment)
    assert slurm.finish(job) == "FAILED"
    assert "this node has no EFA" in output(folder)


STEP = """
import json, os, pathlib
names = ("SM_CHANNEL_TRAIN", "SM_HOSTS", "SM_CURRENT_HOST", "SM_NUM_GPUS", "SM_HPS", "MASTER_ADDR")
text = json.dumps({name: os.environ[name] for name in names})
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(text)
"""


def test_training_finds_the_container_contract(slurm: SlurmCluster, folder: Path) -> None:
    folder.mkdir()
    (folder / "step.py").write_text(STEP)
    job = slurm.submit(
        folder,
        f"{JOBS}/gpu_training.sh {sys.executable} -m step",
        IRYO_TRAIN="/data/train",
        IRYO_MODEL=str(folder / "model"),
        IRYO_PARAMETERS='{"epochs": "3"}',
    )
    assert slurm.finish(job) == "COMPLETED", f"{output(folder)}\n{slurm.logs()}"
    seen = json.loads((folder / "model" / "model.json").read_text())
    assert json.loads(seen["SM_HOSTS"]) == [seen["SM_CURRENT_HOST"]] == [seen["MASTER_ADDR"]]
    assert (seen["SM_CHANNEL_TRAIN"], seen["SM_NUM_GPUS"]) == ("/data/train", "0")
    assert json.loads(seen["SM_HPS"]) == {"epochs": "3"}


def test_training_that_cannot_be_done_fails(slurm: SlurmCluster, folder: Path) -> None:
    here = {"IRYO_TRAIN": "/d", "IRYO_MODEL": str(folder / "model")}
    no_command = slurm.submit(folder, f"{JOBS}/gpu_training.sh", **here)
    no_data = slurm.submit(folder, f"{JOBS}/gpu_training.sh true", IRYO_MODEL=here["IRYO_MODEL"])
    bad_step = slurm.submit(folder, f"{JOBS}/gpu_training.sh false", **here)
    for job in (no_command, no_data, bad_step):
        assert slurm.finish(job) == "FAILED", output(folder)
    assert "no command was given" in output(folder, f"*-{no_command}.out")
    assert "IRYO_TRAIN is required" in output(folder, f"*-{no_data}.out")


def run_genomics(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["genomics.py", *arguments])
    return genomics()


def test_array_job_and_its_merge_count_every_read_once(
    slurm: SlurmCluster, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, results = folder / "reads", folder / "results"
    assert run_genomics("generate", str(reads), monkeypatch=monkeypatch) == 0
    environment = {
        "IRYO_JOBS": str(JOBS),
        "IRYO_READS": str(reads),
        "IRYO_RESULTS": str(results),
    }
    array = slurm.submit(folder, f"{JOBS}/genomics_array.sh", **environment)
    merge = slurm.submit(
        folder,
        f"--dependency=afterok:{array} --array=0 --export=ALL,IRYO_MERGE=1 {JOBS}/genomics_array.sh",
        **environment,
    )
    assert slurm.finish(merge) == "COMPLETED", output(folder)
    summary = json.loads((results / "summary.json").read_text())
    assert (summary["shards"], summary["reads"]) == (4, 400)
    assert sum(summary["kmers"].values()) == 400 * (80 - 4 + 1)
    # A task that is repeated changes nothing.
    again = slurm.submit(folder, f"--array=2 {JOBS}/genomics_array.sh", **environment)
    assert slurm.finish(again) == "COMPLETED"
    assert run_genomics("merge", str(results), monkeypatch=monkeypatch) == 0
    assert json.loads((results / "summary.json").read_text()) == summary


def test_array_task_with_names_of_people_fails_and_quotes_nothing(
    slurm: SlurmCluster, folder: Path
) -> None:
    (folder / "reads").mkdir(parents=True)
    (folder / "reads" / "shard-0.fasta").write_text(">Hanako Yamada/1\nACGT\n")
    job = slurm.submit(
        folder,
        f"--array=0 {JOBS}/genomics_array.sh",
        IRYO_JOBS=str(JOBS),
        IRYO_READS=str(folder / "reads"),
        IRYO_RESULTS=str(folder / "results"),
    )
    assert slurm.finish(job) == "FAILED"
    assert "line 1 has no pseudonym" in output(folder)
    assert "Hanako" not in output(folder)
    assert not (folder / "results" / "counts-0.json").exists()


@pytest.fixture
def metadata(folder: Path) -> Iterator[str]:
    """An instance metadata service that gives notice once `folder/notice` is there."""
    folder.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, str(METADATA), str(folder / "notice")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)


def checkpoint_job(slurm: SlurmCluster, folder: Path, imds: str) -> str:
    program = f"{sys.executable} {JOBS}/checkpoint.py --state {folder}/state"
    return slurm.submit(
        folder,
        f"--partition=spot {JOBS}/checkpoint.sh {program} --steps {STEPS} --save-every 10",
        IRYO_IMDS=imds,
        IRYO_NOTICE_SECONDS="0.2",
    )


def state(folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / "state" / "state.json").read_text())
    return found


def requeued(slurm: SlurmCluster, job: str) -> None:
    """Wait for a job's requeueing and start it again soon: Slurm would let it wait two minutes.

    Not at once: slurmd refuses a credential as old, in seconds, as the one that was revoked.
    """
    slurm.until(f"squeue --noheader --jobs={job} --format=%t | grep -q PD")
    slurm.run(f"scontrol update JobId={job} StartTime=now+2")


def test_interrupted_jobs_go_on_where_they_were(
    slurm: SlurmCluster, folder: Path, metadata: str
) -> None:
    by_notice, by_operator, never = (folder / name for name in ("notice-job", "operator", "never"))
    noticed = checkpoint_job(slurm, by_notice, metadata)
    moved = checkpoint_job(slurm, by_operator, NOBODY)
    left = checkpoint_job(slurm, never, NOBODY)
    for place in (by_notice, by_operator):
        slurm.until(f"grep -q '\"step\": [1-9]' {place}/state/state.json")
    (folder / "notice").touch()
    slurm.run(f"scontrol requeue {moved}")
    requeued(slurm, noticed)
    assert 0 < state(by_notice)["step"] < STEPS
    (folder / "notice").unlink()
    requeued(slurm, moved)
    for job in (noticed, moved, left):
        assert slurm.finish(job) == "COMPLETED", slurm.logs()
    for place, starts in ((by_notice, 2), (by_operator, 2), (never, 1)):
        assert state(place) == {"step": STEPS, "sum": SUM, "starts": starts}, output(place)
    assert "notice: this Spot node ends" in output(by_notice)
    assert "requeueing after start 1" in output(by_notice)
    assert output(never) == ""


def test_a_program_that_fails_is_not_repeated(slurm: SlurmCluster, folder: Path) -> None:
    job = slurm.submit(folder, f"{JOBS}/checkpoint.sh false", IRYO_IMDS=NOBODY)
    given = slurm.submit(folder, f"{JOBS}/checkpoint.sh")
    assert slurm.finish(job) == slurm.finish(given) == "FAILED"
    assert "requeueing" not in output(folder)
    assert "no command was given" in output(folder)


def test_draining_lets_running_jobs_end_and_resuming_lets_waiting_ones_start(
    slurm: SlurmCluster, folder: Path
) -> None:
    running = slurm.submit(folder, "--wrap 'sleep 1.5'")
    slurm.until(f"squeue --noheader --jobs={running} --format=%t | grep -q R")
    try:
        assert slurm.run(f"bash {SCRIPTS}/drain.sh") == "1"
        waiting = slurm.submit(folder, "--wrap 'sleep 0.1'")
        slurm.until(f"! squeue --noheader --jobs={running} 2>/dev/null | grep -q .")
        assert slurm.run(f"bash {SCRIPTS}/drain.sh") == "0"
        assert "PENDING" in slurm.run(f"scontrol show job {waiting}")
        assert "COMPLETED" in slurm.run(f"scontrol show job {running}")
    finally:
        assert slurm.run(f"bash {SCRIPTS}/resume.sh") == "2"
    assert slurm.finish(waiting) == "COMPLETED"


def test_over_the_budget_limited_queues_start_nothing_until_it_is_open_again(
    slurm: SlurmCluster, folder: Path
) -> None:
    folder.mkdir()
    ask, mark = f"bash {SCRIPTS}/queues.sh", str(folder / "mark")
    slurm.until("! squeue --noheader | grep -q .")
    slurm.until("sinfo --noheader --format=%T | sort -u | grep -qx idle")
    assert slurm.run(ask, IRYO_MARK=mark).splitlines() == ["general 1 0 0 0", "spot 1 0 0 0"]
    slurm.run(ask, IRYO_MARK=mark, STOPPED="1", LIMITED="spot")
    limited = slurm.submit(folder, "--partition=spot --array=0-2 --wrap true")
    other = slurm.submit(folder, "--wrap true")
    try:
        assert slurm.finish(other) == "COMPLETED"
        slurm.until("sinfo --noheader --partition=general --format=%T | grep -qx idle")
        told = slurm.run(ask, IRYO_MARK=mark, STOPPED="1", LIMITED="spot").splitlines()
        assert told == ["general 1 0 0 0", "spot 1 0 0 3"]
    finally:
        slurm.run(ask, IRYO_MARK=mark, STOPPED="0", LIMITED="spot")
    slurm.until("! squeue --noheader | grep -q .")
    assert "COMPLETED" in slurm.run(f"scontrol show job {limited}_0")


def test_queues_closed_by_somebody_else_stay_closed(slurm: SlurmCluster, folder: Path) -> None:
    folder.mkdir()
    slurm.run("scontrol update PartitionName=spot State=DOWN")
    try:
        mark = str(folder / "mark")
        slurm.run(f"bash {SCRIPTS}/queues.sh", IRYO_MARK=mark, STOPPED="0", LIMITED="spot")
        assert "down" in slurm.run("sinfo --noheader --partition=spot --format=%a")
    finally:
        slurm.run("scontrol update PartitionName=spot State=UP")


def test_nothing_of_a_cluster_stays_behind() -> None:
    cluster = SlurmCluster()
    try:
        cluster.start()
        cluster.submit(cluster.folder / "job", "--wrap 'sleep 60'")
    finally:
        cluster.stop()
    assert len(cluster._daemons) == 3
    assert all(daemon.returncode is not None for daemon in cluster._daemons)
    assert not cluster.folder.exists()
    processes = subprocess.check_output(["ps", "-eo", "args"], text=True)
    assert str(cluster.folder) not in processes
