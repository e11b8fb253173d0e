"""Real changes of the real platform, made in its snapshots."""

from typing import Any

import pytest

from compliance.guard.replacement import METADATA, What
from tests.compliance.guard_sides import Body, answer, first, only, platform, replacement

BASE = platform("base")


def test_the_platform_against_itself_passes() -> None:
    found = answer(BASE, platform("new"))
    assert (found.passes, found.stacks) == (True, len(BASE.templates))
    assert found.stateful >= 60
    assert found.findings == ()


def removes_a_bucket(template: Body) -> None:
    del template["Resources"][first(template, "S3::Bucket")]


def renames_a_bucket(template: Body) -> None:
    held = template["Resources"]
    held["NewNameOfIt"] = held.pop(first(template, "S3::Bucket"))


def names_a_bucket(template: Body) -> None:
    template["Resources"][first(template, "S3::Bucket")]["Properties"]["BucketName"] = "a-name"


def drops_the_retention(template: Body) -> None:
    template["Resources"][first(template, "S3::Bucket")]["DeletionPolicy"] = "Delete"


def changes_a_key_schema(template: Body) -> None:
    table = template["Resources"][first(template, "DynamoDB::Table")]["Properties"]
    table["KeySchema"] = [{"AttributeName": "other", "KeyType": "HASH"}]


def shortens_a_stream(template: Body) -> None:
    template["Resources"][first(template, "Kinesis::Stream")]["Properties"][
        "RetentionPeriodHours"
    ] = 24


def generates_the_pseudonym_key_anew(template: Body) -> None:
    secret = template["Resources"][first(template, "SecretsManager::Secret")]["Properties"]
    secret["GenerateSecretString"]["PasswordLength"] = 32


def schedules_keys_sooner(template: Body) -> None:
    template["Resources"][first(template, "KMS::Key")]["Properties"]["PendingWindowInDays"] = 7


def replaces_the_events_bus(template: Body) -> None:
    template["Resources"][first(template, "Events::EventBus")]["Properties"]["Name"] = "another-bus"


@pytest.mark.parametrize(
    ("room", "edit", "what", "kind"),
    [
        ("dev_Data", removes_a_bucket, What.REMOVED, "AWS::S3::Bucket"),
        ("production_Data", renames_a_bucket, What.RENAMED, "AWS::S3::Bucket"),
        ("production_Data", names_a_bucket, What.REPLACED, "AWS::S3::Bucket"),
        ("staging_Data", drops_the_retention, What.RETENTION, "AWS::S3::Bucket"),
        ("production_Ingestion", changes_a_key_schema, What.REPLACED, "AWS::DynamoDB::Table"),
        ("production_Ingestion", shortens_a_stream, What.RETENTION, "AWS::Kinesis::Stream"),
        (
            "dev_Ingestion",
            generates_the_pseudonym_key_anew,
            What.REPLACED,
            "AWS::SecretsManager::Secret",
        ),
        ("production_Security", schedules_keys_sooner, What.RETENTION, "AWS::KMS::Key"),
        # The archive is made of the bus: its SourceArn cannot be changed.
        ("dev_Ingestion", replaces_the_events_bus, What.REPLACED, "AWS::Events::Archive"),
    ],
)
def test_a_real_loss_is_refused(room: str, edit: Any, what: What, kind: str) -> None:
    found = only(answer(BASE, platform("new", **{room: edit})))
    environment, _, name = room.partition("_")
    assert (found.what, found.type) == (what, kind)
    assert found.stack == f"iryo-{environment}/{name}"
    assert found.sentence.startswith(f"{found.stack}: {found.logical_id} ({kind}) would be ")


def adds_a_tag(template: Body) -> None:
    for body in template["Resources"].values():
        body.get("Properties", {}).setdefault("Tags", []).append({"Key": "new", "Value": "tag"})


def changes_the_code(template: Body) -> None:
    function = template["Resources"][first(template, "Lambda::Function")]["Properties"]
    function["Code"]["S3Key"] = f"{'a' * 64}.zip"


def adds_a_bucket(template: Body) -> None:
    body = template["Resources"][first(template, "S3::Bucket")]
    template["Resources"]["OneMore"] = body


@pytest.mark.parametrize(
    ("room", "edit"),
    [
        ("dev_Data", adds_a_tag),
        ("production_Security", adds_a_tag),
        ("dev_Ingestion", changes_the_code),
        ("production_Data", adds_a_bucket),
    ],
)
def test_a_real_harmless_change_passes(room: str, edit: Any) -> None:
    found = answer(BASE, platform("new", **{room: edit}))
    assert (found.passes, found.findings) == (True, ())


def test_a_room_that_is_gone_loses_everything_in_it() -> None:
    def drop(template: Body) -> None:
        holder = next(key for key in template["Resources"] if key.startswith("DataNestedStack"))
        del template["Resources"][holder]

    found = answer(BASE, platform("new", dev_Root=drop))
    held = {one.address for one in BASE.resources.values() if one.template.path == "iryo-dev/Data"}
    buckets = [one for one in found.refused if one.type == "AWS::S3::Bucket"]
    assert len(buckets) == sum(BASE.resources[at].type == "AWS::S3::Bucket" for at in held)
    assert {one.what for one in found.refused} == {What.REMOVED}
    assert "would be removed: nested stack Data is gone; " in buckets[0].sentence


def test_a_declared_change_of_the_platform_passes() -> None:
    def declared(template: Body) -> None:
        changes_a_key_schema(template)
        table = template["Resources"][first(template, "DynamoDB::Table")]
        table["Metadata"] = {METADATA: [replacement(What.REPLACED).to_json()]}

    found = answer(BASE, platform("new", dev_Ingestion=declared))
    assert (found.passes, len(found.declared)) == (True, 1)
