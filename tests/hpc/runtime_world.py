"""A cluster, a journal and CloudFormation in memory, where every call may go wrong once."""

# mypy: disable-error-code="arg-type,return-value"
import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from hpc.runtime.control import Command
from hpc.runtime.engine import Engine, Plan
from hpc.runtime.fleet import Fleet
from hpc.runtime.gate import Gate
from hpc.runtime.journal import Accepted, BusyError, Entry
from hpc.runtime.requests import Answer, Request

INVOCATION_SECONDS = 90.0
RETRY_AFTER = 61.0
LAMBDA_RETRIES = 2


class KilledError(BaseException):
    """The function ends here: out of memory, out of time, host lost."""


class Faults:
    """Lets the n-th call go wrong, before or after its effect."""

    def __init__(self, at: int | None = None, kind: str = "") -> None:
        self.at, self.kind, self.calls = at, kind, 0

    def call(self, effect: Callable[[], Any]) -> Any:
        number = self.calls
        self.calls += 1
        if number != self.at:
            return effect()
        if self.kind == "throttled":
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "Call")
        if self.kind == "killed before":
            raise KilledError
        effect()
        raise KilledError


class World:
    """What is outside of the function."""

    def __init__(self, *, jobs_end: float = 150.0, fleet: str | None = "RUNNING") -> None:
        self.now = 1000.0
        self.jobs_end = self.now + jobs_end
        self._fleet = fleet
        self._changes_at = 0.0
        self.queues = "UP"
        self.stopped_with_jobs = False
        self.requests: list[str] = []
        self.commands: dict[str, tuple[str, float]] = {}
        self.faults = Faults()
        self.entries: dict[str, Entry] = {}
        self.leases: dict[str, tuple[str, float]] = {}
        self.kept: dict[str, Accepted] = {}
        self.answers: list[dict[str, Any]] = []
        self.listening = True
        self.encrypted, self.key = True, "arn:aws:kms:r:1:key/ours"
        self.quota = 10_000.0
        self.script_fails = False

    # ----- the cluster, as hpc.runtime.control.ClusterControl offers it

    def fleet(self) -> str | None:
        return self.faults.call(self._status)  # type: ignore[no-any-return]

    def _status(self) -> str | None:
        if self._fleet is not None and self.now >= self._changes_at:
            self._fleet = {"STOP_REQUESTED": "STOPPED", "START_REQUESTED": "RUNNING"}.get(
                self._fleet, self._fleet
            )
        return self._fleet

    def request_fleet(self, status: str, *, instead_of: str) -> None:
        def effect() -> None:
            if self._fleet == instead_of:
                self._fleet, self._changes_at = status, self.now + 25
                self.requests.append(status)
                if status == "STOP_REQUESTED" and self.now < self.jobs_end:
                    self.stopped_with_jobs = True

        self.faults.call(effect)

    def start(self, script: str) -> Command | None:
        def effect() -> Command | None:
            if self._fleet is None:
                return None
            identifier = f"c{len(self.commands)}"
            self.commands[identifier] = (script, self.now + 3)
            self.queues = "DRAIN" if script == "drain.sh" else "UP"
            return Command(identifier, "i-1")

        return self.faults.call(effect)  # type: ignore[no-any-return]

    def output(self, command: Command) -> str | None:
        from hpc.runtime.control import NotRunError

        def effect() -> str | None:
            script, done = self.commands[command.id]
            if self.now < done:
                return None
            if self.script_fails:
                raise NotRunError("the head node's script ended as Failed")
            return ("0" if self.now >= self.jobs_end else "3") if script == "drain.sh" else "6"

        return self.faults.call(effect)  # type: ignore[no-any-return]

    # ----- the account, as boto3's clients offer it

    def get_ebs_encryption_by_default(self) -> dict[str, bool]:
        return self.faults.call(lambda: {"EbsEncryptionByDefault": self.encrypted})  # type: ignore[no-any-return]

    def get_ebs_default_kms_key_id(self) -> dict[str, str]:
        return self.faults.call(lambda: {"KmsKeyId": self.key})  # type: ignore[no-any-return]

    def describe_capacity_reservations(self, **_: Any) -> dict[str, Any]:
        found = [{"CapacityReservationId": "cr-good", "State": "active"}]
        found += [{"CapacityReservationId": "cr-over", "State": "expired"}]
        return self.faults.call(lambda: {"CapacityReservations": found})  # type: ignore[no-any-return]

    def get_paginator(self, _: str) -> "World":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        page = {"Quotas": [{"QuotaName": "P", "Value": self.quota}]}
        return self.faults.call(lambda: [page])  # type: ignore[no-any-return]

    # ----- the journal

    def open(self, request: str, *, owner: str, now: float, lease: float) -> Entry:
        def effect() -> Entry:
            holder, until = self.leases.get(request, ("", 0.0))
            if until >= now and holder != owner:
                raise BusyError(request)
            self.leases[request] = (owner, now + lease)
            return copy.deepcopy(self.entries.setdefault(request, Entry(started=now)))

        return self.faults.call(effect)  # type: ignore[no-any-return]

    def save(self, request: str, entry: Entry) -> None:
        self.faults.call(lambda: self.entries.__setitem__(request, copy.deepcopy(entry)))

    def release(self, request: str, *, owner: str) -> None:
        def effect() -> None:
            if self.leases.get(request, ("", 0))[0] == owner:
                del self.leases[request]

        self.faults.call(effect)

    def accepted(self, cluster: str) -> Accepted | None:
        return self.faults.call(lambda: self.kept.get(cluster))  # type: ignore[no-any-return]

    def accept(self, cluster: str, accepted: Accepted) -> None:
        self.faults.call(lambda: self.kept.__setitem__(cluster, accepted))

    # ----- CloudFormation and Lambda

    def send(self, request: Request, answer: Answer) -> bool:
        def effect() -> bool:
            if self.listening:
                self.answers.append(json.loads(answer.body(request)))
            return self.listening

        return self.faults.call(effect)  # type: ignore[no-any-return]

    def deliver(self, event: Mapping[str, Any]) -> int:
        """Deliver an event as Lambda does until nothing is left; return how many invocations."""
        waiting = [(dict(event), LAMBDA_RETRIES)]
        invocations = 0
        while waiting:
            current, retries = waiting.pop(0)
            invocations += 1
            ends = self.now + INVOCATION_SECONDS

            def again(request: Request) -> None:
                self.faults.call(lambda: waiting.append((dict(request.event), LAMBDA_RETRIES)))

            engine = Engine(
                journal=self,
                plan=self.plan,
                send=self.send,
                again=again,
                clock=lambda: self.now,
                sleep=self.sleep,
            )
            try:
                engine.handle(
                    current,
                    owner=f"invocation-{invocations}",
                    seconds_left=lambda ends=ends: ends - self.now,
                )
            except (KilledError, Exception):
                self.now += RETRY_AFTER
                if retries:
                    waiting.append((current, retries - 1))
            assert invocations < 100, "it never ends"
        return invocations

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def plan(self, request: Request) -> Plan:
        if request.resource == "Custom::ClusterGate":
            gate = Gate(ec2=self, quotas=self, control=lambda _: self)  # type: ignore[arg-type]
            return gate.plan(request)
        return Fleet(lambda _: self).plan(request)  # type: ignore[arg-type,return-value]


def event(kind: str, resource: str = "Custom::ClusterGate", **properties: Any) -> dict[str, Any]:
    """A request of CloudFormation."""
    return {
        "RequestType": kind,
        "RequestId": f"{kind}-{resource}-{properties.get('Fingerprint', '')}",
        "ResourceType": resource,
        "ResponseURL": "https://cloudformation.example/answer",
        "StackId": "arn:aws:cloudformation:r:1:stack/iryo/1",
        "LogicalResourceId": "Gate",
        "ResourceProperties": {"ClusterName": "research", **properties},
    }
