"""Bootstrap and deploy with the real CDK CLI, as a user would by hand."""

import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.clients import client
from rehearsal.local_aws import ROOT, LocalAws
from rehearsal.processes import run

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "ap-northeast-1"
EDGE_REGION = "us-east-1"
"""Where CloudFront's stack is, whatever the environment's Region."""
OUTPUTS = (
    *("ApiUrl", "ConfidentialBucket", "ImportantBucket", "QuarantineBucket", "StreamName"),
    *("EventBusName", "PseudonymKeySecret", "ReceiveFunction", "DeidentifyFunction"),
)
"""What the root stack tells a rehearsal."""
_DEPLOY_SECONDS = 300.0
# Lines of the CLI that tell nothing to a person who watches.
_DULL = re.compile(
    r"^\S+: (start|success): |^\s*$|^\S+\.\w+ = |Outputs:|Stack ARN|^arn:|Deployment time"
)
_EVENT = re.compile(r"^\S+ \|\s*(\d+)(?:/(\d+))? \|")
_FAILED = re.compile(r"FAILED$")
_CONSEQUENCES = ("cancelled", "The following resource(s) failed", "failed to create")


class DeploymentError(RuntimeError):
    """The CLI ended with an error; the message is one sentence."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where an environment wants to be deployed. `environment` is what the app is told."""

    environment: str
    name: str
    account: str
    region: str
    edge: bool = False
    organization: str | None = None

    @property
    def stack(self) -> str:
        """Return the root stack's name."""
        return f"iryo-{self.name}"

    @property
    def stacks(self) -> tuple[str, ...]:
        """Return every stack's name, in the order in which they are deployed."""
        return (self.stack, *((f"{self.stack}-edge-global",) if self.edge else ()))

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the Regions that its stacks are in."""
        return tuple(dict.fromkeys((self.region, *((EDGE_REGION,) if self.edge else ()))))


def target_of(environment: str) -> Target:
    """Read name, account and region of an environment: a name, or a path ending in .toml.

    Only these are read here; whether the file is sound is for the app to say. Raises
    FileNotFoundError when it is missing.
    """
    given = environment.endswith(".toml")
    path = Path(environment) if given else ROOT / "environments" / f"{environment}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = {}
    account = content.get("account", {})
    return Target(
        environment=str(path.resolve()) if given else environment,
        name=str(content.get("name", path.stem)),
        account=account.get("id", DEFAULT_ACCOUNT),
        region=account.get("region", DEFAULT_REGION),
        edge=bool(content.get("rooms", {}).get("edge")),
        organization=account.get("organization_id"),
    )


def bootstrap(aws: LocalAws, log: Path, regions: Sequence[str] = ()) -> None:
    """Run `cdk bootstrap`, from an empty folder so that the app is not synthesised for it.

    Without `regions`, only that of the local AWS is prepared.
    """
    places = [f"aws://{aws.account}/{region}" for region in regions or (aws.region,)]
    with tempfile.TemporaryDirectory(prefix="iryo-bootstrap-") as empty:
        command = ["cdk", "bootstrap", *places, "--no-notices"]
        code = run(command, cwd=Path(empty), env=aws.environment(), log=log, timeout=60.0)
    if code:
        raise DeploymentError("cdk bootstrap failed")


def deploy(
    aws: LocalAws,
    target: Target,
    *,
    app_folder: Path,
    output: Path,
    log: Path,
    show: Callable[[str], None],
    watch: Callable[[str], None],
) -> dict[str, str]:
    """Run `cdk deploy` and return the stack's outputs. Raises DeploymentError.

    `show` gets the lines worth keeping, `watch` where the deployment is.
    """
    said: list[str] = []

    def hear(line: str) -> None:
        event = _EVENT.match(line)
        if event:
            watch(f"deploying: step {event.group(1)} of {event.group(2) or 'many'}")
        elif not _DULL.search(line):
            said.append(line)
            if line.startswith(("✨", "✅", target.stack + ":")):
                watch(line)
            else:
                show(line)

    command = [
        *("cdk", "deploy", *target.stacks, "--require-approval", "never", "--progress", "events"),
        *("--no-notices", "--no-version-reporting", "--ci", "--force"),
        *("-c", f"environment={target.environment}", "-c", "layer_platform=local"),
        *("--output", str(output)),
    ]
    code = run(
        command,
        cwd=app_folder,
        env=aws.environment(),
        log=log,
        timeout=_DEPLOY_SECONDS,
        hear=hear,
    )
    if code:
        raise DeploymentError(_reason(aws, target, said))
    found = outputs(aws, target)
    missing = [name for name in OUTPUTS if name not in found]
    if missing:
        raise DeploymentError(f"the stack {target.stack} has no output {', '.join(missing)}")
    return found


def outputs(aws: LocalAws, target: Target) -> dict[str, str]:
    """Return the root stack's outputs. Raises DeploymentError when it is not there."""
    cloudformation = client(aws, "cloudformation")
    try:
        stack = cloudformation.describe_stacks(StackName=target.stack)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        raise DeploymentError(f"the stack {target.stack} is not deployed") from error
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _reason(aws: LocalAws, target: Target, said: list[str]) -> str:
    """Say in one sentence why the CLI failed: the first failed resource, else its last words."""
    for event in _failed_events(aws, target):
        resource = f"{event['LogicalResourceId']} ({event['ResourceType']})"
        return f"{resource} failed: {event['ResourceStatusReason']}"
    words = [line.strip() for line in said if not line.startswith(("  ", "✨"))]
    if words and "Subprocess exited with error" in words[-1]:
        verdict = [line for line in words if line.startswith("gate:")]
        last = (verdict or words[:-1] or ["it said nothing"])[-1]
        return f"the app could not be synthesised: {last}"
    failed = [line.partition(": fail: ")[2] for line in words if ": fail: " in line]
    words += failed[:1]
    return f"cdk deploy failed: {words[-1] if words else 'it said nothing'}"


def _failed_events(aws: LocalAws, target: Target) -> Iterator[dict[str, Any]]:
    """Yield failures with a reason of their own, the deepest nested stacks first."""
    for region in target.regions:
        yield from _failed_in(client(aws, "cloudformation", region=region), target)


def _failed_in(cloudformation: Any, target: Target) -> Iterator[dict[str, Any]]:
    stacks = [
        stack["StackName"]
        for stack in cloudformation.describe_stacks()["Stacks"]
        if stack["StackName"].startswith(target.stack)
    ]
    for stack in sorted(stacks, key=len, reverse=True):
        for event in reversed(cloudformation.describe_stack_events(StackName=stack)["StackEvents"]):
            reason = event.get("ResourceStatusReason", "")
            consequence = not reason or any(text in reason for text in _CONSEQUENCES)
            if _FAILED.search(event["ResourceStatus"]) and not consequence:
                yield event
