"""`iryo replay`: raw objects once more through the stream."""

from typing import Annotated

import typer


def replay(
    bucket: Annotated[str, typer.Option(help="output ConfidentialBucket of the stack")],
    stream: Annotated[str, typer.Option(help="output StreamName of the stack")],
    source: Annotated[str | None, typer.Option(help="only this sender (X-Source)")] = None,
    day: Annotated[str | None, typer.Option(help="only received on this day, YYYY-MM-DD")] = None,
) -> None:
    """De-identify what was received before once more, to the same objects."""
    import boto3  # noqa: PLC0415 (slow to import, and most commands do without)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from infra.ingestion import replay as room  # noqa: PLC0415

    if day is not None and not room.is_day(day):
        typer.echo(f"--day: {day!r} was given; a date such as 2026-01-31 is allowed", err=True)
        raise typer.Exit(2)
    try:
        sent = room.replay(
            boto3.client("s3"),
            boto3.client("kinesis"),
            bucket=bucket,
            stream=stream,
            source=source,
            day=day,
        )
    except (BotoCoreError, ClientError, room.ReplayError) as error:
        typer.echo(f"replay: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{sent} pointers put on {stream}")
