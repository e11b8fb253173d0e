"""A small platform with nested stacks, good or bad, run by tests in process and as a program."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from compliance import gate
from compliance.defaults import apply_defaults
from compliance.waivers import Waiver, waive
from tests.compliance.platform import TestSettings

SETTINGS = TestSettings()
ADMINISTRATION = ("kms:DescribeKey", "kms:PutKeyPolicy", "kms:EnableKeyRotation")


class Room(cdk.NestedStack):
    """A nested stack with a key and a queue in a nested stack of its own."""

    def __init__(self, scope: cdk.Stack, *, encrypted: bool) -> None:
        super().__init__(scope, "Room")
        self.key = key(self)
        inner = cdk.NestedStack(self, "Inner")
        self.queue = sqs.Queue(
            inner, "Queue", encryption_master_key=self.key if encrypted else None
        )


def key(scope: cdk.Stack) -> kms.Key:
    statement = iam.PolicyStatement(
        principals=[iam.AccountRootPrincipal()], actions=list(ADMINISTRATION), resources=["*"]
    )
    return kms.Key(scope, "Key", policy=iam.PolicyDocument(statements=[statement]))


def excuse(**changes: Any) -> Waiver:
    given: dict[str, Any] = {
        "rule": "IRYO-MESSAGING-ENCRYPTION",
        "reason": "It carries no data.",
        "owner": "team",
        "ticket": "IRYO-1",
        "expires": date.today() + timedelta(days=60),
        "compensating_control": "SQS encrypts with its own key.",
    }
    return Waiver(**{**given, **changes})


def build(
    outdir: Path,
    *,
    encrypted: bool = True,
    waivers: tuple[Waiver, ...] = (),
    context: dict[str, str] | None = None,
) -> cdk.App:
    app = cdk.App(
        outdir=str(outdir),
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:appMode": "inmemory", **(context or {})},
    )
    apply_defaults(app, SETTINGS)
    room = Room(cdk.Stack(app, "small"), encrypted=encrypted)
    if waivers:
        waive(room.queue, *waivers)
    gate.add_packs(app, SETTINGS)
    return app


if __name__ == "__main__":
    sys.exit(
        gate.synthesise(build(Path(sys.argv[1]), encrypted=sys.argv[2] == "encrypted"), SETTINGS)
    )
