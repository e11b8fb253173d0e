"""A whole rehearsal: start, bootstrap, deploy, send, judge, stop."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from os import getpid
from pathlib import Path

from rehearsal import checks, cluster_check, deployment, faults, local_aws, scenario, services
from rehearsal.clients import ApiError
from rehearsal.deployment import DeploymentError, Target
from rehearsal.local_aws import FOLDER, ROOT, LocalAws, LocalAwsError
from rehearsal.progress import Progress
from rehearsal.scenario import ScenarioError, Stage
from rehearsal.summary import Summary

_AFTER_DEPLOYMENT = (ApiError, ScenarioError)
_FAILURES = (*_AFTER_DEPLOYMENT, DeploymentError, LocalAwsError)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a rehearsal is to do."""

    target: Target
    keep: bool = False
    with_faults: bool = True
    app_folder: Path = ROOT
    name: str = field(default_factory=lambda: f"{datetime.now():%Y%m%d-%H%M%S}-{getpid()}")

    @property
    def folder(self) -> Path:
        """Return where everything of this rehearsal is kept."""
        return FOLDER / self.name

    @property
    def log(self) -> Path:
        """Return where everything that the CLI says is kept."""
        return self.folder / "cdk.log"


def rehearse(plan: Plan, progress: Progress) -> Summary:
    """Rehearse and return the summary; what failed is in it, as one sentence.

    Nothing is left running, whatever happens, except a kept local AWS that was deployed to.
    """
    local_aws.forget_old_runs()
    plan.folder.mkdir(parents=True, exist_ok=True)
    summary = Summary(environment=plan.target.name, folder=_short(plan.folder))
    try:
        with _local_aws(plan, progress) as aws:
            summary.endpoint = aws.endpoint
            stage = deploy(plan, aws, progress)
            summary.resources = aws.ask("/state")["resources"]
            perform(plan, stage, progress, summary)
    except _FAILURES as error:
        summary.failure = str(error)
    finally:
        summary.passed = bool(summary.scenario) and summary.failure is None
        summary.seconds = progress.seconds
        summary.write(plan.folder / "summary.json")
    return summary


def deploy(plan: Plan, aws: LocalAws, progress: Progress) -> Stage:
    """Deploy the environment and return the stage. Raises DeploymentError."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    with progress.phase("deploy"):
        outputs = deployment.deploy(
            aws,
            plan.target,
            app_folder=plan.app_folder,
            output=plan.folder / "cdk.out",
            log=plan.log,
            show=progress.line,
            watch=progress.update,
        )
    # A kept one has seen the usual people: others come, so that what was deployed has work to do.
    first = int(time.time()) if plan.keep else 0
    return Stage(aws, outputs, progress.update, first)


def perform(plan: Plan, stage: Stage, progress: Progress, summary: Summary) -> None:
    """Play the scenario and the faults into the summary. Raises ScenarioError and ApiError."""
    with progress.phase("scenario"):
        summary.scenario = scenario.run(stage)
    summary.services = services.run(stage)
    summary.clusters = cluster_check.run(stage, plan.folder)
    wrong = list(summary.scenario.wrong)
    if plan.with_faults and not wrong:
        with progress.phase("faults"):
            summary.through_faults, summary.faults = faults.run(stage)
        wrong += summary.through_faults.wrong
    if wrong:
        summary.failure = checks.first(wrong)


@contextmanager
def _local_aws(plan: Plan, progress: Progress) -> Iterator[LocalAws]:
    """Give the kept local AWS or a new one, bootstrapped."""
    kept = local_aws.find_kept() if plan.keep else None
    if kept:
        progress.line(f"the kept local AWS at {kept.endpoint}")
        yield kept
    elif plan.keep:
        yield from _new_kept(plan, progress)
    else:
        place = {"account": plan.target.account, "region": plan.target.region}
        with local_aws.started(plan.name, **place) as aws:
            bootstrap(plan, aws, progress)
            yield aws


def _new_kept(plan: Plan, progress: Progress) -> Iterator[LocalAws]:
    aws = local_aws.start_kept(plan.name, account=plan.target.account, region=plan.target.region)
    try:
        bootstrap(plan, aws, progress)
        yield aws
    except _AFTER_DEPLOYMENT:
        raise
    except BaseException:
        local_aws.stop_kept()
        raise


def bootstrap(plan: Plan, aws: LocalAws, progress: Progress) -> None:
    """Bootstrap a new local AWS. Raises DeploymentError."""
    progress.line(f"a local AWS at {aws.endpoint}")
    with progress.phase("bootstrap"):
        deployment.bootstrap(aws, plan.log, plan.target.regions)
        if plan.target.organization:
            aws.ask("/organization", {"id": plan.target.organization})


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
