"""`iryo rehearse`: deploy to a local AWS with the real CDK CLI and send records through it."""

import signal
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rehearsal.deployment import Target
    from rehearsal.local_aws import LocalAws


def rehearse(
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A file under environments/, without .toml.")
    ] = "dev",
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave it up; when one is up, deploy the change to it.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the one that was kept.")] = False,
    faults: Annotated[
        bool, typer.Option(help="Send 2,000 records more while things go wrong.")
    ] = True,
) -> None:
    """Deploy to a local AWS, send records in, and judge what comes out. Exit 1 when it is wrong."""
    from rehearsal import local_aws  # noqa: PLC0415 (boto3 takes its time; `iryo --help` does not)

    if stop:
        stopped = local_aws.stop_kept()
        typer.echo("stopped" if stopped else "no rehearsal is kept")
        raise typer.Exit
    from rehearsal import run  # noqa: PLC0415
    from rehearsal.progress import Progress  # noqa: PLC0415

    # A closed terminal or a kill ends the rehearsal as Ctrl-C does: through every finally.
    # A shell starts what it puts in the background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    plan = run.Plan(target=_target(environment), keep=keep, with_faults=faults)
    try:
        summary = run.rehearse(plan, Progress())
    except KeyboardInterrupt:
        typer.echo("interrupted; the local AWS was stopped", err=True)
        raise typer.Exit(130) from None
    typer.echo("\n".join(summary.lines()))
    kept = local_aws.find_kept() if keep else None
    if kept:
        typer.echo(_how_to_reach(kept, environment))
    if not summary.passed:
        typer.echo(
            f"the rehearsal failed: {summary.failure} (log: {summary.folder}/cdk.log)", err=True
        )
        raise typer.Exit(1)


def _target(environment: str) -> "Target":
    from rehearsal.deployment import target_of  # noqa: PLC0415
    from rehearsal.local_aws import ROOT  # noqa: PLC0415

    try:
        return target_of(environment)
    except FileNotFoundError:
        known = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))
        typer.echo(
            f"--environment: {environment!r} is no file under environments/; "
            f"allowed are {', '.join(known)}",
            err=True,
        )
        raise typer.Exit(2) from None


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _how_to_reach(aws: "LocalAws", environment: str) -> str:
    from rehearsal.clients import Api  # noqa: PLC0415
    from rehearsal.deployment import outputs, target_of  # noqa: PLC0415

    shown = outputs(aws, target_of(environment))
    places = {
        "API_URL": Api.of(aws, shown["ApiUrl"]).url + "/",
        "IMPORTANT_BUCKET": shown["ImportantBucket"],
        "QUARANTINE_BUCKET": shown["QuarantineBucket"],
    }
    lines = [f"export {name}={value}" for name, value in (aws.exports() | places).items()]
    exports = "\n".join(lines)
    return f"""
It is still up. In a shell:

{exports}

aws s3 ls --recursive s3://$IMPORTANT_BUCKET
cdk deploy --all -c environment={environment} -c layer_platform=local
curl --aws-sigv4 "aws:amz:{aws.region}:execute-api" \\
  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
  -H 'Content-Type: application/hl7-v2' --data-binary @samples/admissions.hl7 \\
  ${{API_URL}}records

A change: iryo rehearse --keep. The end: iryo rehearse --stop."""
