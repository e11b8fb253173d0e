"""Approval, rollout, the check after an update, retraining: pure decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.validate import ParamValidator

from mlops.pipeline_definition.service import sagemaker
from mlops.release import (
    Alarm,
    Canary,
    Count,
    Expected,
    Move,
    Observed,
    Rollout,
    Routing,
    alarms_of,
    better,
    may_deploy,
    next_step,
    traffic,
    verify,
)
from mlops.retrain import PastRun, Policy, decide

GOOD: dict[str, Any] = {
    "ModelPackageStatus": "Completed",
    "ModelApprovalStatus": "Approved",
    "ModelMetrics": {k: {"x": 1} for k in ("ModelQuality", "Bias", "Explainability")},
    "InferenceSpecification": {"Containers": [{"Environment": {"MODEL_FINGERPRINT": "f"}}]},
    "CreatedBy": {"UserProfileArn": "arn:creator"},
    "LastModifiedBy": {"UserProfileArn": "arn:approver"},
}


def test_an_approved_package_with_evidence_may_be_deployed() -> None:
    assert may_deploy(GOOD).good
    in_production = {**GOOD, "ModelLifeCycle": {"Stage": "Production", "StageStatus": "Approved"}}
    assert may_deploy(in_production, stage="Production").good


@pytest.mark.parametrize(
    ("change", "stage", "reason"),
    [
        ({"ModelPackageStatus": "Failed"}, None, "the package is Failed, not Completed"),
        (
            {"ModelApprovalStatus": "PendingManualApproval"},
            None,
            "the package is PendingManualApproval, not Approved",
        ),
        ({"ModelApprovalStatus": "Rejected"}, None, "the package is Rejected, not Approved"),
        ({"ModelMetrics": {"ModelQuality": {"x": 1}}}, None, "the package has no Bias report"),
        (
            {"InferenceSpecification": {"Containers": [{"Image": "i"}]}},
            None,
            "the package has no fingerprint of its model",
        ),
        (
            {"LastModifiedBy": {"UserProfileArn": "arn:creator"}},
            None,
            "the package was approved by its own creator",
        ),
        ({}, "Production", "the package is not approved for stage Production"),
        (
            {"ModelLifeCycle": {"Stage": "Production", "StageStatus": "PendingApproval"}},
            "Production",
            "the package is not approved for stage Production",
        ),
    ],
)
def test_other_packages_may_not(change: dict[str, Any], stage: str | None, reason: str) -> None:
    verdict = may_deploy({**GOOD, **change}, stage=stage)
    assert (verdict.good, verdict.reason) == (False, reason)


@pytest.mark.parametrize("routing", list(Routing))
def test_rollouts_are_requests_that_sagemaker_takes(routing: Routing) -> None:
    request = {
        "EndpointName": "e",
        "EndpointConfigName": "c",
        "DeploymentConfig": Rollout(routing=routing, alarms=("errors",)).to_request(),
    }
    shape = sagemaker().operation_model("UpdateEndpoint").input_shape
    assert not ParamValidator().validate(request, shape).has_errors()
    policy = request["DeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]  # type: ignore[index]
    assert ("CanarySize" in policy) is (routing is Routing.CANARY)
    assert ("LinearStepSize" in policy) is (routing is Routing.LINEAR)


def test_a_rollout_needs_alarms_and_a_small_first_step() -> None:
    with pytest.raises(ValueError, match="at least one alarm is needed"):
        Rollout(alarms=())
    with pytest.raises(ValueError, match="percent 60: 1 to 50 is allowed"):
        Rollout(percent=60, alarms=("a",))


CANARY = Canary()


def observed(
    share: int = 5, seconds: float = 700, requests: int = 500, **alarms: Alarm
) -> Observed:
    return Observed(
        share=share, seconds=seconds, requests=requests, alarms=alarms or {"errors": Alarm.OK}
    )


@pytest.mark.parametrize(
    ("seen", "move", "share", "reason"),
    [
        (observed(), Move.SHIFT, 25, "healthy at 5 percent"),
        (observed(share=25), Move.SHIFT, 50, "healthy at 25 percent"),
        (observed(share=100), Move.FINISH, 100, "healthy with all traffic"),
        (observed(seconds=100), Move.WAIT, 5, "healthy for 100 s"),
        (observed(requests=3), Move.WAIT, 5, "3 requests, 100 are needed"),
        (
            observed(seconds=2000, requests=3),
            Move.ROLL_BACK,
            0,
            "3 requests, 100 are needed for too long",
        ),
        (observed(errors=Alarm.FIRING), Move.ROLL_BACK, 0, "alarm errors fires"),
        (
            observed(errors=Alarm.OK, latency=Alarm.FIRING, seconds=1),
            Move.ROLL_BACK,
            0,
            "alarm latency fires",
        ),
        (observed(share=100, errors=Alarm.FIRING), Move.ROLL_BACK, 0, "alarm errors fires"),
        (observed(errors=Alarm.UNKNOWN), Move.WAIT, 5, "alarm errors has no data"),
        (
            observed(errors=Alarm.UNKNOWN, seconds=1800),
            Move.ROLL_BACK,
            0,
            "alarm errors has no data for too long",
        ),
        (
            Observed(share=5, seconds=700, requests=500, alarms={}),
            Move.ROLL_BACK,
            0,
            "no alarm watches the canary",
        ),
    ],
)
def test_a_canary_goes_on_waits_or_rolls_back(
    seen: Observed, move: Move, share: int, reason: str
) -> None:
    step = next_step(CANARY, seen)
    assert (step.move, step.share, step.reason) == (move, share, reason)


def test_a_whole_rollout_and_one_whose_alarm_fires_half_way() -> None:
    def walk(failing_at: int | None) -> list[tuple[Move, int]]:
        share, moves = CANARY.shares[0], []
        while True:
            state = Alarm.FIRING if share == failing_at else Alarm.OK
            step = next_step(CANARY, observed(share=share, errors=state))
            moves.append((step.move, step.share))
            if step.move in (Move.FINISH, Move.ROLL_BACK):
                return moves
            share = step.share

    assert [share for _, share in walk(None)] == [25, 50, 100, 100]
    assert walk(50) == [(Move.SHIFT, 25), (Move.SHIFT, 50), (Move.ROLL_BACK, 0)]


@pytest.mark.parametrize("shares", [(), (50, 25, 100), (0, 100), (10, 90)])
def test_wrong_shares(shares: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shares must rise from 1 or more to 100 percent"):
        Canary(shares=shares)


def endpoint(**changes: Any) -> dict[str, Any]:
    variant = {"VariantName": "primary", "CurrentInstanceCount": 1}
    good = {"EndpointStatus": "InService", "EndpointConfigName": "models-2"}
    return {**good, "ProductionVariants": [variant], **changes}


@pytest.mark.parametrize(
    ("described", "good", "reason"),
    [
        (endpoint(), True, "models-2 serves"),
        (
            endpoint(EndpointConfigName="models-1"),
            False,
            "silently rolled back: models-1 serves, models-2 was deployed",
        ),
        (endpoint(EndpointStatus="Failed"), False, "the endpoint is Failed, not InService"),
        (
            endpoint(ProductionVariants=[{"VariantName": "v", "CurrentInstanceCount": 0}]),
            False,
            "variant v has no instance in service",
        ),
        (
            endpoint(ProductionVariants=[{"VariantName": "v", "CurrentServerlessConfig": {}}]),
            True,
            "models-2 serves",
        ),
    ],
)
def test_the_check_after_an_update(described: dict[str, Any], good: bool, reason: str) -> None:
    verdict = verify(Expected(config="models-2"), described)
    assert (verdict.good, verdict.reason) == (good, reason)


def test_weights_become_shares() -> None:
    assert traffic({"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}
    with pytest.raises(ValueError, match="none may be negative"):
        traffic({"a": -1, "b": 2})
    with pytest.raises(ValueError, match="one must be above zero"):
        traffic({"a": 0})


@pytest.mark.parametrize(
    ("old", "new", "good"),
    [
        (Count(requests=20_000, good=19_000), Count(requests=20_000, good=19_010), True),
        (Count(requests=20_000, good=19_000), Count(requests=20_000, good=18_500), False),
        (Count(requests=20_000, good=19_000), Count(requests=500, good=500), False),
        (Count(requests=1_000, good=900), Count(requests=1_000, good=905), False),
    ],
)
def test_an_ab_test_needs_certainty(old: Count, new: Count, good: bool) -> None:
    assert better(old, new).good is good


def test_alarm_states_are_read() -> None:
    assert alarms_of([{"AlarmName": "a", "StateValue": "ALARM"}]) == {"a": Alarm.FIRING}


NOW = datetime(2026, 4, 1, tzinfo=UTC)
POLICY = Policy(cool_down=timedelta(days=1), most=3, period=timedelta(days=30))


def past(days: float, *, running: bool = False) -> PastRun:
    return PastRun(started=NOW - timedelta(days=days), running=running)


@pytest.mark.parametrize(
    ("history", "start", "escalate", "reason"),
    [
        ([], True, False, "drift"),
        ([past(2)], True, False, "drift"),
        ([past(0.5)], False, False, "cooling down until 2026-04-01T12:00:00+00:00"),
        ([past(1)], True, False, "drift"),
        ([past(5, running=True)], False, False, "a run that an alarm started is still going on"),
        ([past(2), past(5), past(9)], False, True, "3 runs within 30 days, the limit is 3"),
        ([past(2), past(5), past(31)], True, False, "drift"),
    ],
)
def test_retraining(history: list[PastRun], start: bool, escalate: bool, reason: str) -> None:
    decision = decide(NOW, history, POLICY)
    assert (decision.start, decision.escalate, decision.reason) == (start, escalate, reason)


def test_a_policy_without_limits_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative or zero"):
        Policy(most=0)
