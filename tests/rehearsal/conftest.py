"""One rehearsal serves the whole session: a local AWS with the dev environment deployed to it."""

import os
from collections.abc import Iterator

import pytest

from rehearsal import deployment, local_aws, run, scenario
from rehearsal.local_aws import LocalAws
from rehearsal.progress import Progress
from rehearsal.scenario import Stage

ENVIRONMENT = "dev"


@pytest.fixture(scope="session")
def bare() -> Iterator[LocalAws]:
    """A local AWS with nothing in it."""
    name = f"tests-{os.getpid()}"
    with local_aws.started(name, account="123456789012", region="ap-northeast-1") as aws:
        yield aws


@pytest.fixture(scope="session")
def plan() -> run.Plan:
    return run.Plan(target=deployment.target_of(ENVIRONMENT), name=f"tests-{os.getpid()}")


@pytest.fixture(scope="session")
def stage(bare: LocalAws, plan: run.Plan) -> Stage:
    """The dev environment, deployed by the CDK CLI."""
    progress = Progress()
    deployment.bootstrap(bare, plan.log)
    deployed = run.deploy(plan, bare, progress)
    deployed.lake.listen()
    return deployed


@pytest.fixture(scope="session")
def account(stage: Stage) -> scenario.Account:
    """What the scenario came to."""
    return scenario.run(stage)
