"""The data room: what is promised of the trail."""

from collections.abc import Callable

import pytest

from tests.conftest import Assembly
from tests.templates.lake import (
    CLASSES,
    LAKE,
    SERVICE,
    SSE,
    SSE_KEY,
    TLS,
    config_of,
    decided,
    key_named,
    named,
)
from tests.templates.policies import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    Request,
    decide,
    plain,
)

TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/iryo-production"


@pytest.fixture
def production(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


def test_the_trail_is_whole_and_proves_it(every: Assembly) -> None:
    trail = every.resource("Data", "AWS::CloudTrail::Trail")
    assert trail["TrailName"] == f"iryo-{every.environment}"
    assert trail["IsLogging"] is trail["IsMultiRegionTrail"] is True
    assert trail["EnableLogFileValidation"] is trail["IncludeGlobalServiceEvents"] is True
    assert key_named(every, trail["KMSKeyId"]["Ref"]) == "logs"
    assert trail["S3BucketName"] == {"Ref": named(every, "AWS::S3::Bucket", "TrailAudit")[0]}


def test_the_trail_sees_every_access_to_the_lake(every: Assembly) -> None:
    trail = every.resource("Data", "AWS::CloudTrail::Trail")
    selectors = {
        selector["Name"]: {field["Field"]: field for field in selector["FieldSelectors"]}
        for selector in trail["AdvancedEventSelectors"]
    }
    assert selectors["Management"] == {
        "eventCategory": {"Field": "eventCategory", "Equals": ["Management"]}
    }
    watched = {name: plain(fields.get("resources.ARN")) for name, fields in selectors.items()}
    ids = {name: f"{{{named(every, 'AWS::S3::Bucket', name)[0]}}}/" for name in CLASSES}
    assert set(watched["Lake"]["StartsWith"]) == {ids[name] for name in LAKE}
    assert set(watched["Logs"]["StartsWith"]) == {ids["TrailAudit"], ids["AccessLogs"]}
    assert set(selectors["Lake"]) == {"eventCategory", "resources.type", "resources.ARN"}
    assert selectors["Logs"]["eventName"]["NotEquals"] == ["PutObject"]


def test_the_trail_can_be_searched(every: Assembly) -> None:
    trail = every.resource("Data", "AWS::CloudTrail::Trail")
    ((logical, group),) = every.resources("Data", "AWS::Logs::LogGroup").items()
    assert trail["CloudWatchLogsLogGroupArn"] == {"Fn::GetAtt": [logical, "Arn"]}
    assert group["Properties"]["RetentionInDays"] == config_of(every).logs.retention_days
    assert key_named(every, group["Properties"]["KmsKeyId"]["Ref"]) == "logs"
    policy = plain(every.resource("Data", "AWS::IAM::ManagedPolicy")["PolicyDocument"])
    (statement,) = policy["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == (
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{{logical}}}"
        f":log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
    )


def test_unusual_activity_is_looked_for_outside_development(every: Assembly) -> None:
    insights = every.resource("Data", "AWS::CloudTrail::Trail").get("InsightSelectors", [])
    kinds = {insight["InsightType"] for insight in insights}
    wanted = {"ApiCallRateInsight", "ApiErrorRateInsight"}
    assert kinds == (set() if every.environment == "dev" else wanted)


@pytest.mark.parametrize(
    ("source", "path", "answer"),
    [
        (TRAIL, f"/AWSLogs/{ACCOUNT}/CloudTrail/file", "allow"),
        (TRAIL, f"/AWSLogs/{OTHER_ACCOUNT}/CloudTrail/file", "silent"),
        (f"{TRAIL}-copy", f"/AWSLogs/{ACCOUNT}/CloudTrail/file", "silent"),
        (TRAIL.replace(ACCOUNT, OTHER_ACCOUNT), f"/AWSLogs/{ACCOUNT}/CloudTrail/file", "silent"),
    ],
)
def test_only_our_trail_is_delivered(
    production: Assembly, source: str, path: str, answer: str
) -> None:
    context = {
        **TLS,
        **SERVICE,
        "aws:SourceArn": source,
        "s3:x-amz-acl": "bucket-owner-full-control",
        SSE: "aws:kms",
        SSE_KEY: "as the trail names it",
    }
    service = "cloudtrail.amazonaws.com"
    request = {"path": path, "context": context}
    assert decided(production, "TrailAudit", service, "s3:PutObject", **request) == answer


def test_only_our_trail_writes_to_the_log_group(production: Assembly) -> None:
    role = production.resource("Data", "AWS::IAM::Role")["AssumeRolePolicyDocument"]
    trust = {"Statement": [{**item, "Resource": "*"} for item in role["Statement"]]}
    for source, answer in ((TRAIL, "allow"), (f"{TRAIL}-copy", "silent")):
        context = {"aws:SourceArn": source}
        request = Request(
            principal="cloudtrail.amazonaws.com", action="sts:AssumeRole", context=context
        )
        assert decide(trust, request) == answer
