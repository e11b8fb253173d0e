"""The data room: what is promised of each bucket."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.config import ObjectLock, StoreConfig, load, path_of
from tests.conftest import Assembly
from tests.templates.lake import (
    CLASSES,
    INSIDE,
    KEYS,
    SERVICE,
    SSE,
    SSE_KEY,
    TLS,
    bucket_of,
    config_of,
    decided,
    key_named,
    named,
    store_of,
)
from tests.templates.policies import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_ROLE,
    ROLE,
    plain,
)

ORGANIZATION = "o-exampleorgid"


@pytest.fixture
def production(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


def test_there_are_these_buckets_and_no_other(every: Assembly) -> None:
    clusters = load(path_of(every.environment)).hpc.wanted
    number = len(CLASSES) + (1 if clusters else 0)
    assert len(every.resources("Data", "AWS::S3::Bucket")) == number
    assert len(every.resources("Data", "AWS::S3::BucketPolicy")) == number


def test_what_clusters_keep_is_private_and_encrypted(production: Assembly) -> None:
    bucket = bucket_of(production, "HpcArtefacts")
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]["Ref"]
    assert key_named(production, key) == "important"
    assert all(bucket["PublicAccessBlockConfiguration"].values())


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_encrypted_with_the_key_of_its_class(every: Assembly, name: str, key: str) -> None:
    (rule,) = bucket_of(every, name)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = rule["ServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    assert key_named(every, default["KMSMasterKeyID"]["Ref"]) == key
    assert rule["BucketKeyEnabled"] is True
    assert rule["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}


@pytest.mark.parametrize(("name", "data_class"), CLASSES.items())
def test_private_versioned_and_tagged(every: Assembly, name: str, data_class: str) -> None:
    bucket = bucket_of(every, name)
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert {"Key": "data-class", "Value": data_class} in bucket["Tags"]
    assert "BucketName" not in bucket


@pytest.mark.parametrize("name", CLASSES)
def test_outlives_the_stack_only_where_configured(every: Assembly, name: str) -> None:
    wanted = {"retain": "Retain", "destroy": "Delete"}[config_of(every).data.removal]
    for kind in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
        _, body = named(every, kind, name)
        assert body["DeletionPolicy"] == body["UpdateReplacePolicy"] == wanted


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    ("context", "answer"),
    [
        ({}, "silent"),
        ({"s3:TlsVersion": "1.2"}, "silent"),
        ({"s3:TlsVersion": "1.1"}, "deny"),
        ({"aws:SecureTransport": "false"}, "deny"),
    ],
)
def test_tls_only(every: Assembly, name: str, context: dict[str, str], answer: str) -> None:
    for path, action in (("/object", "s3:GetObject"), ("", "s3:ListBucket")):
        request = {"context": INSIDE | context, "path": path}
        assert decided(every, name, ROLE, action, **request) == answer


@pytest.mark.parametrize("name", CLASSES)
def test_nobody_from_outside_the_account(every: Assembly, name: str) -> None:
    outside = {**TLS, "aws:PrincipalIsAWSService": "false", "aws:PrincipalAccount": OTHER_ACCOUNT}
    for path, action in (("/object", "s3:GetObject"), ("", "s3:ListBucket")):
        assert decided(every, name, ROLE, action, context=INSIDE, path=path) == "silent"
        assert decided(every, name, OTHER_ROLE, action, context=outside, path=path) == "deny"
        assert decided(every, name, "", action, context=TLS, path=path) == "deny"


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({}, "silent"),
        ({SSE: "aws:kms", SSE_KEY: "own"}, "silent"),
        ({SSE: "aws:kms:dsse", SSE_KEY: "own"}, "silent"),
        ({SSE: "aws:kms", SSE_KEY: "other"}, "deny"),
        ({SSE: "aws:kms"}, "deny"),
        ({SSE: "AES256"}, "deny"),
    ],
)
def test_no_upload_with_another_key(
    every: Assembly, name: str, headers: dict[str, str], answer: str
) -> None:
    encryption = bucket_of(every, name)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    own = plain(encryption[0]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    context = INSIDE | {key: own if value == "own" else value for key, value in headers.items()}
    assert decided(every, name, ROLE, "s3:PutObject", context=context) == answer


@pytest.mark.parametrize("name", KEYS)
def test_object_lock_where_the_file_asks_for_it(every: Assembly, name: str) -> None:
    store, bucket = store_of(every, name), bucket_of(every, name)
    if store.object_lock is ObjectLock.NONE:
        assert "ObjectLockConfiguration" not in bucket
        assert "ObjectLockEnabled" not in bucket
    else:
        assert bucket["ObjectLockEnabled"] is True
        assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
            "Mode": store.object_lock.upper(),
            "Days": store.object_lock_days,
        }


def test_raw_records_and_the_trail_are_locked_in_production(production: Assembly) -> None:
    for name in ("Confidential", "TrailAudit"):
        retention = bucket_of(production, name)["ObjectLockConfiguration"]["Rule"]
        assert retention == {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1827}}


@pytest.mark.parametrize("name", KEYS)
def test_objects_age_as_the_file_says(every: Assembly, name: str) -> None:
    store = store_of(every, name)
    (rule,) = bucket_of(every, name)["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert rule["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]
    assert rule.get("ExpirationInDays") == store.expire_after_days
    if store.expire_after_days:
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
        assert "NoncurrentVersionTransitions" not in rule
    else:
        assert "NoncurrentVersionExpiration" not in rule
        assert rule["NoncurrentVersionTransitions"] == [
            {"StorageClass": "GLACIER_IR", "TransitionInDays": store.archive_after_days}
        ]


@pytest.mark.parametrize(("archive", "tiered"), [(29, True), (30, False)])
def test_old_versions_are_archived_only_if_they_live_long_enough(
    archive: int, tiered: bool
) -> None:
    from infra.data.lifecycle import lifecycle

    rule = lifecycle(StoreConfig(archive_after_days=archive, expire_after_days=90))
    assert bool(rule.noncurrent_version_transitions) is tiered


@pytest.mark.parametrize("name", CLASSES)
def test_only_raw_records_move_where_a_restore_takes_hours(every: Assembly, name: str) -> None:
    tiers = [
        tier
        for configuration in bucket_of(every, name).get("IntelligentTieringConfigurations", [])
        for tier in configuration["Tierings"]
    ]
    days = config_of(every).data.confidential.archive_after_days
    raw = [{"AccessTier": "ARCHIVE_ACCESS", "Days": days}]
    assert tiers == (raw if name == "Confidential" else [])


@pytest.mark.parametrize("name", CLASSES)
def test_changes_of_important_and_quarantine_are_announced(every: Assembly, name: str) -> None:
    announced = bucket_of(every, name).get("NotificationConfiguration")
    wanted = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert announced == (wanted if name in ("Important", "Quarantine") else None)


def test_no_function_of_cdk_came_along(every: Assembly) -> None:
    assert every.resources("Data", "AWS::Lambda::Function") == {}


# --- access logs


def test_access_logs_can_be_delivered(every: Assembly) -> None:
    bucket = bucket_of(every, "AccessLogs")
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "ObjectLockEnabled" not in bucket
    assert "LoggingConfiguration" not in bucket
    (age,) = bucket["LifecycleConfiguration"]["Rules"]
    assert age["ExpirationInDays"] == config_of(every).logs.audit_retention_days


@pytest.mark.parametrize("name", KEYS)
def test_every_bucket_logs_under_its_own_prefix(every: Assembly, name: str) -> None:
    logical, _ = named(every, "AWS::S3::Bucket", name)
    target, _ = named(every, "AWS::S3::Bucket", "AccessLogs")
    logging = bucket_of(every, name)["LoggingConfiguration"]
    assert logging["DestinationBucketName"] == {"Ref": target}
    prefix = logging["LogFilePrefix"]

    def delivered(to: str, source: str, account: str = ACCOUNT) -> str:
        context = {**TLS, **SERVICE, "aws:SourceArn": source, "aws:SourceAccount": account}
        service = "logging.s3.amazonaws.com"
        return decided(
            every, "AccessLogs", service, "s3:PutObject", path=f"/{to}log", context=context
        )

    assert delivered(prefix, f"{{{logical}}}") == "allow"
    assert delivered("elsewhere/", f"{{{logical}}}") == "silent"
    assert delivered(prefix, "arn:aws:s3:::another") == "silent"
    assert delivered(prefix, f"{{{logical}}}", OTHER_ACCOUNT) == "silent"


def test_nobody_alters_access_logs_where_data_is_retained(every: Assembly) -> None:
    wanted = {"retain": "deny", "destroy": "silent"}[config_of(every).data.removal]
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"):
        assert decided(every, "AccessLogs", ROLE, action, context=INSIDE) == wanted
    assert decided(every, "AccessLogs", ROLE, "s3:GetObject", context=INSIDE) == "silent"


# --- an organisation


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The two rooms of an account in an organisation."""
    import aws_cdk as cdk

    from infra.data.stack import DataStack
    from infra.security.stack import SecurityStack

    dev = load(path_of("dev"))
    account = dev.account.model_copy(update={"organization_id": ORGANIZATION})
    config = dev.model_copy(update={"account": account})
    outdir: Path = tmp_path_factory.mktemp("organisation")
    app = cdk.App(
        outdir=str(outdir), analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    root = cdk.Stack(app, "iryo-dev")
    security = SecurityStack(root, "Security", config=config).outputs
    DataStack(root, "Data", config=config, security=security)
    app.synth()
    return Assembly(outdir, "dev")


@pytest.mark.parametrize("name", CLASSES)
def test_nobody_from_outside_the_organisation(organisation: Assembly, name: str) -> None:
    other = {**TLS, "aws:PrincipalIsAWSService": "false", "aws:PrincipalAccount": OTHER_ACCOUNT}
    for member, answer in ((ORGANIZATION, "silent"), ("o-someoneelse", "deny")):
        context = {**other, "aws:PrincipalOrgID": member}
        assert decided(organisation, name, OTHER_ROLE, "s3:GetObject", context=context) == answer
    assert decided(organisation, name, OTHER_ROLE, "s3:GetObject", context=other) == "deny"
