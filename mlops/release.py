"""Releasing a model: may it, how is traffic moved, and does it really serve afterwards.

Pure decisions; the functions under runtime/ carry them out in SageMaker, and a rollout controller
can do so on ECS or EKS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FINGERPRINT = "MODEL_FINGERPRINT"
"""The variable by which a container refuses any other model than the registered one."""
EVIDENCE = ("ModelQuality", "Bias", "Explainability")
VARIANT = "primary"
"""The variant that serves."""
EXPECTED_TAG = "expected-config"
"""On the endpoint: the configuration that should serve."""
VERSION_TAG = "model-version"
"""On an endpoint whose configurations are not named after versions."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A yes or no with its reason."""

    good: bool
    reason: str


def may_deploy(package: Mapping[str, Any], *, stage: str | None = None) -> Verdict:
    """Judge a model package as DescribeModelPackage shows it.

    It must be complete and approved by somebody other than its creator, carry its evidence and
    its fingerprint. With a `stage` (for example Production), the package's life cycle must have
    been approved for that stage as well: the second, manual approval.
    """
    status, approval = package.get("ModelPackageStatus"), package.get("ModelApprovalStatus")
    metrics = package.get("ModelMetrics", {})
    containers = package.get("InferenceSpecification", {}).get("Containers") or [{}]
    creator, approver = _person(package.get("CreatedBy")), _person(package.get("LastModifiedBy"))
    cycle = package.get("ModelLifeCycle", {})
    staged = cycle.get("Stage") == stage and cycle.get("StageStatus") == "Approved"
    rules = (
        (status == "Completed", f"the package is {status}, not Completed"),
        (approval == "Approved", f"the package is {approval}, not Approved"),
        *((bool(metrics.get(kind)), f"the package has no {kind} report") for kind in EVIDENCE),
        (
            all(c.get("Environment", {}).get(FINGERPRINT) for c in containers),
            "the package has no fingerprint of its model",
        ),
        (not creator or creator != approver, "the package was approved by its own creator"),
        (stage is None or staged, f"the package is not approved for stage {stage}"),
    )
    broken = next((reason for kept, reason in rules if not kept), None)
    return Verdict(good=broken is None, reason=broken or "approved")


def _person(context: Mapping[str, Any] | None) -> str | None:
    given = context or {}
    found = given.get("UserProfileArn") or given.get("IamIdentity", {}).get("Arn")
    return str(found) if found else None


class Routing(StrEnum):
    """How SageMaker moves traffic to a new fleet."""

    ALL_AT_ONCE = "ALL_AT_ONCE"
    CANARY = "CANARY"
    LINEAR = "LINEAR"


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A blue/green update that alarms can undo."""

    routing: Routing = Routing.CANARY
    percent: int = 10
    """The canary's size or the linear step; SageMaker allows at most half."""
    wait_seconds: int = 600
    keep_old_seconds: int = 600
    """How long the old fleet stays after all traffic has moved."""
    alarms: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.alarms:
            raise ValueError("rollout: at least one alarm is needed, or nothing can roll it back")
        if self.routing is not Routing.ALL_AT_ONCE and not 1 <= self.percent <= LARGEST_STEP:
            raise ValueError(f"rollout: percent {self.percent}: 1 to {LARGEST_STEP} is allowed")

    def to_request(self) -> dict[str, Any]:
        """Return the DeploymentConfig of UpdateEndpoint."""
        traffic: dict[str, Any] = {
            "Type": self.routing.value,
            "WaitIntervalInSeconds": self.wait_seconds,
        }
        size = {"Type": "CAPACITY_PERCENT", "Value": self.percent}
        if self.routing is Routing.CANARY:
            traffic["CanarySize"] = size
        if self.routing is Routing.LINEAR:
            traffic["LinearStepSize"] = size
        return {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": traffic,
                "TerminationWaitInSeconds": self.keep_old_seconds,
                "MaximumExecutionTimeoutInSeconds": LONGEST_UPDATE,
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": a} for a in self.alarms]},
        }


LARGEST_STEP = 50
LONGEST_UPDATE = 4 * 3600
"""Seconds; SageMaker allows 600 to 28800."""


class Alarm(StrEnum):
    """The states of a CloudWatch alarm."""

    OK = "OK"
    FIRING = "ALARM"
    UNKNOWN = "INSUFFICIENT_DATA"


class Move(StrEnum):
    """What a rollout does next."""

    WAIT = "wait"
    SHIFT = "shift"
    FINISH = "finish"
    ROLL_BACK = "roll back"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A rollout of our own, for ECS and EKS: shares of traffic in percent, and when to go on."""

    shares: tuple[int, ...] = (5, 25, 50, 100)
    bake_seconds: int = 600
    """How long each share must be healthy."""
    patience_seconds: int = 1800
    """How long a share may stay without being judged: then nothing is known, and that is bad."""
    least_requests: int = 100

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.shares, self.shares[1:], strict=False))
        if not self.shares or not rising or self.shares[0] < 1 or self.shares[-1] != FULL:
            raise ValueError("canary: shares must rise from 1 or more to 100 percent")


FULL = 100


@dataclass(frozen=True, kw_only=True)
class Observed:
    """The canary's present share in percent, how long it has had it, and how it did."""

    share: int
    seconds: float
    requests: int
    alarms: Mapping[str, Alarm]


@dataclass(frozen=True, kw_only=True)
class Step:
    """The next move; `share` is the canary's traffic after it, in percent."""

    move: Move
    share: int
    reason: str


def next_step(canary: Canary, observed: Observed) -> Step:
    """Decide what a canary does next. Any alarm that fires ends it, whatever else is known."""
    firing = sorted(n for n, state in observed.alarms.items() if state is Alarm.FIRING)
    if firing:
        return Step(move=Move.ROLL_BACK, share=0, reason=f"alarm {firing[0]} fires")
    if not observed.alarms:
        return Step(move=Move.ROLL_BACK, share=0, reason="no alarm watches the canary")
    unknown = sorted(n for n, state in observed.alarms.items() if state is Alarm.UNKNOWN)
    waits_for = None
    if unknown:
        waits_for = f"alarm {unknown[0]} has no data"
    elif observed.requests < canary.least_requests:
        waits_for = f"{observed.requests} requests, {canary.least_requests} are needed"
    if waits_for and observed.seconds >= canary.patience_seconds:
        return Step(move=Move.ROLL_BACK, share=0, reason=f"{waits_for} for too long")
    if waits_for or observed.seconds < canary.bake_seconds:
        reason = waits_for or f"healthy for {observed.seconds:.0f} s"
        return Step(move=Move.WAIT, share=observed.share, reason=reason)
    further = [share for share in canary.shares if share > observed.share]
    if not further:
        return Step(move=Move.FINISH, share=FULL, reason="healthy with all traffic")
    return Step(move=Move.SHIFT, share=further[0], reason=f"healthy at {observed.share} percent")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What was deployed last: the endpoint configuration's name."""

    config: str


def verify(expected: Expected, endpoint: Mapping[str, Any]) -> Verdict:
    """Judge an endpoint as DescribeEndpoint shows it after an update.

    A guarded update that rolls back leaves the endpoint InService with its old configuration and
    says nothing else: comparing names is the only way to see it.
    """
    status = endpoint.get("EndpointStatus")
    if status != "InService":
        return Verdict(good=False, reason=f"the endpoint is {status}, not InService")
    serving = endpoint.get("EndpointConfigName")
    if serving != expected.config:
        return Verdict(
            good=False,
            reason=f"silently rolled back: {serving} serves, {expected.config} was deployed",
        )
    for variant in endpoint.get("ProductionVariants", []):
        name = variant.get("VariantName")
        if not _served(variant):
            return Verdict(good=False, reason=f"variant {name} has no instance in service")
    return Verdict(good=True, reason=f"{serving} serves")


def _served(variant: Mapping[str, Any]) -> bool:
    # A serverless variant has no instances to count.
    return "CurrentServerlessConfig" in variant or variant.get("CurrentInstanceCount", 1) > 0


def traffic(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the share of requests of each production variant in an A/B test.

    Raises ValueError when a weight is negative or all are zero.
    """
    total = sum(weights.values())
    if total <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("weights: none may be negative and one must be above zero")
    return {name: weight / total for name, weight in weights.items()}


@dataclass(frozen=True, kw_only=True)
class Count:
    """How a variant did: requests and those that went well (a correct prediction, an answer)."""

    requests: int
    good: int


def better(old: Count, new: Count, *, margin: float = 0.01, least: int = 1000) -> Verdict:
    """Judge an A/B test: good when the new variant is not worse than the old by the margin.

    Compares the 95% lower bound of the difference of two shares (normal approximation); with too
    few requests the answer is no.
    """
    if min(old.requests, new.requests) < least:
        return Verdict(good=False, reason=f"fewer than {least} requests: nothing is known yet")
    shares = [count.good / count.requests for count in (old, new)]
    variance = sum(
        share * (1 - share) / count.requests
        for share, count in zip(shares, (old, new), strict=True)
    )
    difference = shares[1] - shares[0]
    low = difference - Z95 * variance**0.5
    reason = f"difference {difference:+.4f}, at least {low:+.4f}, {-margin:+.4f} is tolerated"
    return Verdict(good=low > -margin, reason=reason)


Z95 = 1.959964


def alarms_of(states: Sequence[Mapping[str, Any]]) -> dict[str, Alarm]:
    """Return alarm states as DescribeAlarms shows them."""
    return {state["AlarmName"]: Alarm(state["StateValue"]) for state in states}
