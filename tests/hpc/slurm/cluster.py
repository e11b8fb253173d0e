"""A Slurm of the tests' own: munged, slurmctld and one slurmd, on this machine, in one folder."""

import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "scontrol")
CPUS = 4
CONF = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MpiDefault=none
KillWait=2
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000
PartitionName=general Nodes={host} Default=YES MaxTime=1440 State=UP
PartitionName=spot Nodes={host} MaxTime=1440 State=UP
"""


def missing() -> str | None:
    """Why no cluster can be started here, or None."""
    absent = [program for program in PROGRAMS if shutil.which(program, path=_path()) is None]
    if absent:
        return f"no {', '.join(absent)} (Debian: slurmctld slurmd slurm-client munge)"
    return None if os.geteuid() == 0 else "slurmd wants to be root"


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


class SlurmCluster:
    """Start it, run commands in it, stop it; nothing of it stays behind."""

    def __init__(self) -> None:
        # Not below pytest's folder: munged runs as another user and must reach its socket.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="iryo-slurm-"))
        folder.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": _path(),
            "SLURM_CONF": str(folder / "slurm.conf"),
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        }
        self._daemons: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        host = socket.gethostname().split(".")[0]
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir()
        conf = CONF.format(
            host=host,
            folder=self.folder,
            cpus=CPUS,
            controller_port=_free_port(),
            node_port=_free_port(),
        )
        (self.folder / "slurm.conf").write_text(conf, encoding="utf-8")
        self._munge()
        self._daemon("slurmctld", "-D", "-i")
        self._daemon("slurmd", "-D", "-N", host)
        self._wait("sinfo --noheader --format=%t | grep -q idle", "slurmd did not register")

    def stop(self) -> None:
        """End jobs, daemons and the folder."""
        subprocess.run(
            [
                "bash",
                "-c",
                "scancel --user=root && while squeue -h | grep -q .; do sleep 0.1; done",
            ],
            check=False,
            capture_output=True,
            timeout=15,
            env=self.environment,
        )
        for daemon in reversed(self._daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in self._daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command: str, **extra: str) -> str:
        """Run a shell command against the cluster and return what it prints."""
        result = subprocess.run(
            ["bash", "-c", command],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            cwd=self.folder,
            env={**self.environment, **extra},
        )
        assert result.returncode == 0, f"{command}: {result.stderr}\n{self.logs()}"
        return result.stdout.strip()

    def submit(self, folder: Path, arguments: str, **extra: str) -> str:
        """Submit a job from a folder; return its id."""
        folder.mkdir(parents=True, exist_ok=True)
        return self.run(f"cd {folder} && sbatch --parsable {arguments}", **extra)

    def finish(self, job: str, *, seconds: float = 20) -> str:
        """Wait for a job, or all tasks of an array, and return its state."""
        self._wait(
            f"! squeue --noheader --jobs={job} 2>/dev/null | grep -q .", f"job {job}", seconds
        )
        return self.run(
            f"scontrol show job {job} | grep -o 'JobState=[A-Z]*' | sort -u | cut -d= -f2"
        )

    def until(self, command: str, *, seconds: float = 20) -> None:
        """Wait until a shell command succeeds."""
        self._wait(command, command, seconds)

    def logs(self) -> str:
        parts = []
        for name in ("munged.err", "slurmctld.log", "slurmd.log"):
            file = self.folder / name
            if file.exists():
                parts.append(f"{name}:\n" + "\n".join(file.read_text().splitlines()[-15:]))
        return "\n".join(parts)

    def _munge(self) -> None:
        """Start munged as user munge, which it insists on, with a key that lives as long as we do."""
        folder = self.folder / "munge"
        (folder / "key").write_bytes(secrets.token_bytes(64))
        (folder / "key").chmod(0o400)
        user, group = pwd.getpwnam("munge"), grp.getgrnam("munge")
        for path in (folder, folder / "key"):
            os.chown(path, user.pw_uid, group.gr_gid)
        folder.chmod(0o755)
        self._daemon(
            *("munged", "--foreground", "--force", f"--key-file={folder}/key"),
            *(
                f"--socket={folder}/socket",
                f"--pid-file={folder}/pid",
                f"--seed-file={folder}/seed",
            ),
            f"--log-file={folder}/log",
            user="munge",
        )
        self._wait(f"munge --no-input --socket={folder}/socket", "munged did not start")

    def _daemon(self, *command: str, user: str | None = None) -> None:
        with (self.folder / f"{command[0]}.err").open("wb") as errors:
            daemon = subprocess.Popen(
                command,
                stdout=errors,
                stderr=errors,
                env=self.environment,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                start_new_session=True,
            )
        self._daemons.append(daemon)

    def _wait(self, command: str, what: str, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            done = subprocess.run(
                ["bash", "-c", command],
                check=False,
                capture_output=True,
                timeout=10,
                env=self.environment,
            )
            if done.returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(f"{what}: not after {seconds} s\n{self.logs()}")


def _free_port() -> str:
    """A free port of the loopback interface; the tests themselves may open no socket."""
    probe = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
    )
    return subprocess.check_output([sys.executable, "-c", probe], text=True).strip()
