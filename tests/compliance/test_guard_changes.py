"""Every kind of loss is refused, and the harmless change beside it is not."""

from typing import Any

import pytest

from compliance.guard.replacement import What
from tests.compliance.guard_sides import (
    Body,
    answer,
    between,
    holder,
    only,
    resource,
    side,
)

BUCKET = resource("S3::Bucket")
TABLE = resource("DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])


def rule(**members: Any) -> Body:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **members}]}}


def lock(**members: Any) -> Body:
    return {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": members}}}


def at_rest(kind: str, before: Any, after: Any, *path: str) -> tuple[Body, Body]:
    """A resource before and after, of which one property (under a path) changes; None: not set."""
    made = []
    for value in (before, after):
        nested = value
        for name in reversed(path):
            nested = {name: nested}
        made.append(resource(kind, **nested) if value is not None else resource(kind))
    return made[0], made[1]


# --- removed, renamed, moved


def test_a_removed_resource_is_refused() -> None:
    found = only(
        answer(side({"Data/Store": BUCKET, "Data/Other": TABLE}), side({"Data/Other": TABLE}))
    )
    assert (found.what, found.stack, found.logical_id) == (What.REMOVED, "iryo-dev/Data", "Store")
    assert "would be removed" in found.sentence
    assert "stays with its objects, but nothing here uses or guards it" in found.sentence
    assert (
        'declare(Replacement(what=What.REMOVED, of="Data/Store", ...)) on its stack'
        in found.sentence
    )


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("Delete", "deleted with its objects"),
        ("Snapshot", "stays in a snapshot only"),
        ("Retain", "the old one stays"),
        ("RetainExceptOnCreate", "the old one stays"),
    ],
)
def test_the_sentence_says_what_the_policy_does(policy: str, said: str) -> None:
    before = side({"Data/Store": resource("S3::Bucket", policy), "Data/Other": TABLE})
    assert said in only(answer(before, side({"Data/Other": TABLE}))).sentence


def test_the_default_policy_of_a_cluster_is_a_snapshot() -> None:
    body = {"Type": "AWS::RDS::DBCluster", "Properties": {}}
    found = only(
        answer(side({"Data/Store": body, "Data/Other": TABLE}), side({"Data/Other": TABLE}))
    )
    assert "stays in a snapshot only" in found.sentence


def test_a_renamed_resource_is_refused() -> None:
    found = only(answer(side({"Data/StoreA1": BUCKET}), side({"Data/StoreB2": BUCKET})))
    assert (found.what, found.of) == (What.RENAMED, "Data/StoreA1")
    assert found.at == f"iryo-dev/{holder('Data')}/StoreB2"
    assert "address from Data/StoreA1 to Data/StoreB2" in found.sentence


def test_a_resource_that_moved_to_another_stack_is_renamed() -> None:
    found = only(answer(side({"Data/Store": BUCKET}), side({"Lake/Store": BUCKET})))
    assert (found.what, found.at) == (What.RENAMED, f"iryo-dev/{holder('Lake')}/Store")


def test_a_renamed_nested_stack_loses_all_that_is_in_it() -> None:
    found = answer(
        side({"Data/A": BUCKET, "Data/B": TABLE}), side({"Lake/A": BUCKET, "Lake/B": TABLE})
    )
    assert [one.what for one in found.refused] == [What.RENAMED, What.RENAMED]


def test_a_removed_nested_stack_is_named() -> None:
    found = only(answer(side({"Data/A": BUCKET, "B": TABLE}), side({"B": TABLE})))
    assert "would be removed: nested stack Data is gone; " in found.sentence


def test_another_type_of_resource_is_no_new_name() -> None:
    assert (
        only(answer(side({"Data/Store": BUCKET}), side({"Data/Store2": TABLE}))).what
        is What.REMOVED
    )


def test_a_renamed_root_stack_is_refused_and_a_new_one_is_not() -> None:
    before, after = side({"Data/A": BUCKET}), side({"Data/A": BUCKET}, root="iryo-other")
    found = only(answer(before, after))
    assert (found.what, found.of, found.at) == (What.RENAMED, "iryo-dev", "iryo-other")
    two = side({"Data/A": BUCKET})
    roots = {**two.roots, **side({"Lake/B": TABLE}, root="iryo-other").roots}
    added = answer(before, type(two)("new", roots))
    assert added.passes
    assert added.notes == ("iryo-other is in new only: side has nothing to lose of it",)


def test_what_is_new_or_stateless_may_come_and_go() -> None:
    role = resource("IAM::Role", "Delete")
    found = answer(side({"A": BUCKET, "Role": role}), side({"A": BUCKET, "New": TABLE}))
    assert (found.passes, found.stateful, found.resources) == (True, 1, 2)


def test_a_condition_can_remove_a_resource() -> None:
    conditional = {**BUCKET, "Condition": "Wanted"}
    sections: dict[str, Body] = {"Data": {"Conditions": {"Wanted": {"Fn::Equals": ["a", "b"]}}}}
    before, after = side({"Data/S": BUCKET}), side({"Data/S": conditional}, **sections)
    assert only(answer(before, after)).what is What.REMOVED
    assert answer(after, after).passes
    assert answer(after, before).passes
    other: dict[str, Body] = {"Data": {"Conditions": {"Wanted": {"Fn::Equals": ["a", "c"]}}}}
    assert not answer(after, side({"Data/S": conditional}, **other)).passes


# --- replaced


@pytest.mark.parametrize(
    ("before", "after"),
    [
        at_rest("S3::Bucket", "old", "new", "BucketName"),
        at_rest("S3::Bucket", None, "new", "BucketName"),
        at_rest("Kinesis::Stream", "old", "new", "Name"),
        at_rest("EFS::FileSystem", None, True, "Encrypted"),
        at_rest("RDS::DBInstance", "mysql", "postgres", "Engine"),
        at_rest("FSx::Volume", "RW", "DP", "OntapConfiguration", "OntapVolumeType"),
        at_rest(
            "DynamoDB::Table",
            [{"AttributeName": "id", "AttributeType": "S"}],
            [{"AttributeName": "id", "AttributeType": "N"}],
            "AttributeDefinitions",
        ),
        (TABLE, resource("DynamoDB::Table", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])),
        (resource("S3::Bucket", **lock(Days=9)), resource("DynamoDB::Table", "Delete")),
    ],
)
def test_a_create_only_property_replaces(before: Body, after: Body) -> None:
    found = only(between(before, after))
    assert found.what is What.REPLACED
    assert "an empty one takes its place" in found.sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        at_rest("S3::Bucket", [{"Key": "a"}], [{"Key": "b"}], "Tags"),
        at_rest("Kinesis::Stream", 1, 2, "ShardCount"),
        at_rest("RDS::DBInstance", "15.1", "15.2", "EngineVersion"),
        at_rest(
            "DynamoDB::Table",
            [{"AttributeName": "id", "AttributeType": "S"}],
            [{"AttributeName": n, "AttributeType": "S"} for n in ("id", "other")],
            "AttributeDefinitions",
        ),
        at_rest("SecretsManager::Secret", "a", "b", "Description"),
    ],
)
def test_other_properties_do_not(before: Body, after: Body) -> None:
    found = between(before, after)
    assert (found.passes, found.unsure) == (True, [])


def test_a_secret_that_is_generated_anew_is_refused_and_never_shown() -> None:
    before, after = at_rest("SecretsManager::Secret", "hunter2", "hunter3", "SecretString")
    found = only(between(before, after))
    assert "written anew over the old one" in found.sentence
    assert "hunter" not in found.sentence
    generated = at_rest("SecretsManager::Secret", 64, 32, "GenerateSecretString", "PasswordLength")
    assert only(between(*generated)).what is What.REPLACED


def test_what_only_aws_decides_is_unsure_and_not_refused() -> None:
    found = between(*at_rest("RDS::DBInstance", False, True, "MultiAZ"))
    assert found.passes
    assert ["may be replaced" in one.sentence for one in found.unsure] == [True]


# --- through references


def group(name: str) -> Body:
    return resource("RDS::DBSubnetGroup", "Delete", DBSubnetGroupName=name)


INSTANCE = resource("RDS::DBInstance", DBSubnetGroupName={"Ref": "Group"})


def test_a_replaced_target_replaces_what_is_made_from_it() -> None:
    found = answer(
        side({"Data/Group": group("a"), "Data/Db": INSTANCE}),
        side({"Data/Group": group("b"), "Data/Db": INSTANCE}),
    )
    assert only(found).logical_id == "Db"
    assert (
        "DBSubnetGroupName from ${Group.Ref} to the ${Group.Ref} that replaces it"
        in only(found).sentence
    )


def test_a_target_that_changes_in_place_replaces_nothing() -> None:
    tagged = resource("RDS::DBSubnetGroup", "Delete", DBSubnetGroupName="a", Tags=[{"Key": "x"}])
    found = answer(
        side({"Data/Group": group("a"), "Data/Db": INSTANCE}),
        side({"Data/Group": tagged, "Data/Db": INSTANCE}),
    )
    assert found.passes


def handed(argument: Any, *, default: str | None = None) -> dict[str, Body]:
    """A room with a parameter for the name of its stream, and what is handed to it."""
    parameter: Body = {"Type": "String", **({"Default": default} if default else {})}
    parameters = {"Parameters": {"Name": argument}} if argument is not None else {}
    return {"Data": {"Parameters": {"Name": parameter}}, "Data_holder": parameters}


STREAM = resource("Kinesis::Stream", Name={"Ref": "Name"})


@pytest.mark.parametrize(
    ("before", "after", "passes"),
    [
        (handed("a"), handed("a"), True),
        (handed("a"), handed("b"), False),
        (handed("a"), handed(None, default="a"), True),
        (handed(None, default="a"), handed(None, default="b"), False),
        (
            handed({"Fn::Sub": "${AWS::Region}-a"}),
            handed({"Fn::Join": ["", [{"Ref": "AWS::Region"}, "-a"]]}),
            True,
        ),
        (handed({"Fn::ImportValue": "a"}), handed({"Fn::ImportValue": "b"}), False),
        (handed({"Ref": "AWS::NoValue"}), handed({"Ref": "AWS::NoValue"}), True),
    ],
)
def test_parameters_are_followed(before: Any, after: Any, passes: bool) -> None:
    found = answer(side({"Data/S": STREAM}, **before), side({"Data/S": STREAM}, **after))
    assert found.passes is passes


def test_a_name_that_only_the_template_writes_out_is_the_same() -> None:
    written = resource("Kinesis::Stream", Name="a")
    assert answer(side({"Data/S": STREAM}, **handed("a")), side({"Data/S": written})).passes


def test_outputs_of_other_rooms_are_followed() -> None:
    def both(name: str) -> Any:
        output = {"Outputs": {"Group": {"Value": {"Ref": "Group"}}}}
        argument = {"Fn::GetAtt": [holder("Network"), "Outputs.Group"]}
        db = resource("RDS::DBInstance", DBSubnetGroupName={"Ref": "Name"})
        rooms = handed(argument)
        return side({"Network/Group": group(name), "Data/Db": db}, Network=output, **rooms)

    assert answer(both("a"), both("a")).passes
    assert only(answer(both("a"), both("b"))).logical_id == "Db"


def test_rooms_that_hand_each_other_parameters_come_to_an_end() -> None:
    one = {"Parameters": {"P": {"Type": "String"}}, "Outputs": {"O": {"Value": {"Ref": "P"}}}}

    def both(name: str) -> Any:
        stream = resource("Kinesis::Stream", Name={"Ref": "P"}, Tags=[name])
        return side(
            {"A/S": stream, "B/S": stream},
            A=one,
            B=one,
            A_holder={"Parameters": {"P": {"Fn::GetAtt": [holder("B"), "Outputs.O"]}}},
            B_holder={"Parameters": {"P": {"Fn::GetAtt": [holder("A"), "Outputs.O"]}}},
        )

    assert answer(both("a"), both("b")).passes


def test_resources_that_refer_to_each_other_come_to_an_end() -> None:
    def pair(name: str) -> Any:
        one = resource("Kinesis::Stream", Name=name, Tags=[{"Ref": "B"}])
        two = resource("Kinesis::Stream", Name={"Fn::Sub": "${A.Arn}-x"})
        return side({"A": one, "B": two})

    # CloudFormation refuses such a circle itself; the guard must only come back.
    assert "A" in [one.logical_id for one in answer(pair("a"), pair("b")).refused]


def test_hashes_of_assets_are_no_change() -> None:
    def stream(digit: str) -> Body:
        return resource("Kinesis::Stream", Name=f"https://assets/{digit * 64}.zip")

    assert between(stream("a"), stream("b")).passes


# --- retention


WEAKER = [
    at_rest("S3::Bucket", "Enabled", "Suspended", "VersioningConfiguration", "Status"),
    at_rest("S3::Bucket", "Enabled", None, "VersioningConfiguration", "Status"),
    at_rest("S3::Bucket", True, None, "ObjectLockEnabled"),
    (resource("S3::Bucket", **lock(Days=365)), resource("S3::Bucket", **lock(Days=364))),
    (resource("S3::Bucket", **lock(Years=5)), resource("S3::Bucket", **lock(Days=365))),
    (
        resource("S3::Bucket", **lock(Mode="COMPLIANCE")),
        resource("S3::Bucket", **lock(Mode="GOVERNANCE")),
    ),
    (BUCKET, resource("S3::Bucket", **rule(ExpirationInDays=30))),
    (BUCKET, resource("S3::Bucket", **rule(ExpirationDate="2027-01-01"))),
    (BUCKET, resource("S3::Bucket", **rule(NoncurrentVersionExpiration={"NoncurrentDays": 1}))),
    (
        resource("S3::Bucket", **rule(Prefix="a/", ExpirationInDays=9)),
        resource("S3::Bucket", **rule(ExpirationInDays=9)),
    ),
    (
        resource("S3::Bucket", **rule(ExpirationInDays=30)),
        resource("S3::Bucket", **rule(ExpirationInDays=29)),
    ),
    at_rest(
        "DynamoDB::Table",
        True,
        False,
        "PointInTimeRecoverySpecification",
        "PointInTimeRecoveryEnabled",
    ),
    at_rest("DynamoDB::Table", "true", None, "DeletionProtectionEnabled"),
    at_rest("DynamoDB::Table", True, {"Fn::ImportValue": "x"}, "DeletionProtectionEnabled"),
    at_rest("DynamoDB::Table", None, True, "TimeToLiveSpecification", "Enabled"),
    at_rest(
        "DynamoDB::GlobalTable",
        [{"Region": "a", "DeletionProtectionEnabled": True}, {"Region": "b"}],
        [{"Region": "b"}, {"Region": "a", "DeletionProtectionEnabled": False}],
        "Replicas",
    ),
    at_rest("RDS::DBCluster", 7, None, "BackupRetentionPeriod"),
    at_rest("RDS::DBInstance", True, False, "DeletionProtection"),
    at_rest("Logs::LogGroup", 731, 30, "RetentionInDays"),
    at_rest("Logs::LogGroup", None, 3653, "RetentionInDays"),
    at_rest("KMS::Key", None, 7, "PendingWindowInDays"),
    at_rest("KMS::Key", None, False, "Enabled"),
    at_rest("Kinesis::Stream", 168, None, "RetentionPeriodHours"),
    at_rest("Events::Archive", 0, 30, "RetentionDays"),
    at_rest("SQS::Queue", 1209600, 60, "MessageRetentionPeriod"),
    at_rest("Cognito::UserPool", "ACTIVE", "INACTIVE", "DeletionProtection"),
    at_rest("ECR::Repository", "IMMUTABLE", "MUTABLE", "ImageTagMutability"),
    at_rest("Backup::BackupVault", 30, 7, "LockConfiguration", "MinRetentionDays"),
    at_rest("CloudTrail::EventDataStore", True, False, "TerminationProtectionEnabled"),
    (BUCKET, resource("S3::Bucket", "Delete")),
    (BUCKET, {**BUCKET, "UpdateReplacePolicy": "Snapshot"}),
    (BUCKET, {key: value for key, value in BUCKET.items() if key != "DeletionPolicy"}),
    (
        resource("Logs::LogGroup", "Delete", RetentionInDays=30),
        resource("Logs::LogGroup", "Delete", RetentionInDays=1),
    ),
]


@pytest.mark.parametrize(("before", "after"), WEAKER)
def test_weaker_retention_is_refused_and_stronger_is_not(before: Body, after: Body) -> None:
    found = only(between(before, after))
    assert found.what is What.RETENTION
    assert found.changes
    assert between(after, before).passes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        at_rest("DynamoDB::Table", True, "true", "DeletionProtectionEnabled"),
        at_rest("KMS::Key", None, 30, "PendingWindowInDays"),
        at_rest("KMS::Key", 7, "7", "PendingWindowInDays"),
        at_rest("Events::Archive", None, 0, "RetentionDays"),
        at_rest("SQS::Queue", None, 345600, "MessageRetentionPeriod"),
        (BUCKET, resource("S3::Bucket", **rule(ExpirationInDays=30, Status="Disabled"))),
        (BUCKET, resource("S3::Bucket", **rule(ExpiredObjectDeleteMarker=True))),
        (
            resource("S3::Bucket", **rule(Id="a", ExpirationInDays=30)),
            resource("S3::Bucket", **rule(Id="b", Prefix="", ExpirationInDays=30)),
        ),
        (resource("S3::Bucket", **lock(Years=1)), resource("S3::Bucket", **lock(Days=365))),
        (BUCKET, {**BUCKET, "DeletionPolicy": "RetainExceptOnCreate"}),
    ],
)
def test_the_same_retention_in_other_words_is_no_change(before: Body, after: Body) -> None:
    assert between(before, after).passes
    assert between(after, before).passes


def test_a_narrower_rule_of_the_same_age_keeps_more() -> None:
    narrow = resource("S3::Bucket", **rule(Prefix="a/", ExpirationInDays=30))
    assert between(resource("S3::Bucket", **rule(ExpirationInDays=30)), narrow).passes


def test_all_that_gets_weaker_on_one_resource_is_one_finding() -> None:
    before = resource("S3::Bucket", ObjectLockEnabled=True, **lock(Days=3))
    found = only(between(before, resource("S3::Bucket", "Delete")))
    told = [change.what for change in found.changes]
    assert told == [
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "ObjectLockEnabled",
        "days of Object Lock",
    ]


# --- what holds no data of its own


def test_a_log_group_that_its_template_deletes_is_no_archive() -> None:
    def logs(policy: str) -> Body:
        return resource("Logs::LogGroup", policy, LogGroupName="a")

    other = {"Data/Other": TABLE}
    assert answer(side({"Data/Logs": logs("Delete"), **other}), side(other)).passes
    assert not answer(side({"Data/Logs": logs("Retain"), **other}), side(other)).passes


def test_an_instance_of_a_cluster_holds_no_data() -> None:
    member = resource("RDS::DBInstance", "Delete", DBClusterIdentifier="c")
    alone = resource("RDS::DBInstance", "Delete")
    other = {"Data/Other": TABLE}
    assert answer(side({"Data/Db": member, **other}), side(other)).passes
    assert not answer(side({"Data/Db": alone, **other}), side(other)).passes


def test_a_vendors_nested_stack_is_not_opened() -> None:
    vendor = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://vendor/cluster.yaml"},
    }
    both = side({"Vendor": vendor, "A": BUCKET})
    assert answer(both, both).stacks == 1


def test_a_type_that_nobody_classified_is_noted() -> None:
    new = side({"A": BUCKET, "B": resource("New::Thing")})
    assert answer(side({"A": BUCKET}), new).notes == (
        "AWS::New::Thing: whether it holds data is not in stateful.toml, so nobody guards it",
    )
