"""Stops and starts a cluster's nodes without losing jobs; `Custom::ClusterFleet`.

The resource depends on the cluster. An update opens the queues again once the cluster has its new
configuration; a deletion comes before the cluster's own and lets running jobs end first.
Properties: ClusterName, Fingerprint, DrainMinutes.
"""

from collections.abc import Callable

from hpc.runtime.control import STARTING, STOPPING, ClusterControl, Command, NotRunError
from hpc.runtime.engine import Plan, RefusedError, Step, Wait, Work
from hpc.runtime.requests import Request

POLL_SECONDS = 10.0
DRAINING_SINCE = "_draining_since"
TRIES = 3
"""Of a script that ends badly on the head node."""


class Fleet:
    """Builds the plan of a fleet's request."""

    def __init__(self, control: Callable[[str], ClusterControl]) -> None:
        self._control = control

    def plan(self, request: Request) -> Plan:
        """Return what to do for a request."""
        control = self._control(request.cluster)
        minutes = float(request.properties.get("DrainMinutes", 30))
        if request.deletes:
            return Plan(
                steps=[when_there(control, s) for s in drain_steps(control, minutes=minutes)]
            )
        return Plan(steps=[start_fleet(control), resume_queues(control)])


def drain_steps(control: ClusterControl, *, minutes: float) -> list[Step]:
    """Return steps that close the queues, wait for jobs, and stop the nodes."""
    return [_drain_queues(control, minutes=minutes), stop_fleet(control)]


def when_there(control: ClusterControl, step: Step) -> Step:
    """Skip a step when the cluster was never made or is gone."""

    def run(work: Work) -> Wait | None:
        return None if control.fleet() is None else step(work)

    return run


def _drain_queues(control: ClusterControl, *, minutes: float) -> Step:
    def run(work: Work) -> Wait | None:
        if control.fleet() in (None, "STOPPED"):
            return None
        since = float(work.data.setdefault(DRAINING_SINCE, str(work.now)))
        jobs = _run(control, work, "drain.sh")
        if jobs is None:
            return Wait(POLL_SECONDS)
        if jobs in {"0", ""}:
            return None
        if work.now - since > minutes * 60:
            raise RefusedError(
                f"{jobs} jobs still run after {minutes:.0f} minutes; deploy again when they are "
                "done, or raise DrainMinutes"
            )
        return Wait(POLL_SECONDS)

    return run


def stop_fleet(control: ClusterControl) -> Step:
    """Return a step that stops the compute nodes."""
    return _reach(control, target="STOPPED", request="STOP_REQUESTED", under_way=STOPPING)


def start_fleet(control: ClusterControl) -> Step:
    """Return a step that lets compute nodes start again."""
    return _reach(control, target="RUNNING", request="START_REQUESTED", under_way=STARTING)


def _reach(
    control: ClusterControl, *, target: str, request: str, under_way: tuple[str, ...]
) -> Step:
    def run(_: Work) -> Wait | None:
        status = control.fleet()
        if status is None or status == target:
            return None
        if status not in under_way:
            control.request_fleet(request, instead_of=status)
        return Wait(POLL_SECONDS)

    return run


def resume_queues(control: ClusterControl) -> Step:
    """Return a step that opens the queues again."""

    def run(work: Work) -> Wait | None:
        if control.fleet() is None:
            return None
        return None if _run(control, work, "resume.sh") is not None else Wait(POLL_SECONDS)

    return run


def reopen(control: ClusterControl) -> Step:
    """Return a step that asks for nodes and open queues again, without waiting for either."""

    def run(work: Work) -> Wait | None:
        start_fleet(control)(work)
        return resume_queues(control)(work)

    return run


def _run(control: ClusterControl, work: Work, script: str) -> str | None:
    """Run a script on the head node over several calls; "" when there is no head node.

    The command's id is kept with the request, so an interruption asks about the same command.
    """
    key, failures = f"_command {script}", f"_failures {script}"
    if key not in work.data:
        command = control.start(script)
        if command is None:
            return ""
        work.data[key] = f"{command.id} {command.instance}"
        return None
    identifier, instance = work.data[key].split()
    try:
        printed = control.output(Command(identifier, instance))
    except NotRunError as error:
        del work.data[key]
        work.data[failures] = str(int(work.data.get(failures, 0)) + 1)
        if int(work.data[failures]) >= TRIES:
            raise RefusedError(f"{script}: {error}") from None
        return None
    if printed is not None:
        del work.data[key]
    return printed
