"""Records go in through the API of the deployed stack, and come out without an identifier.

All tests share one deployment; each leaves it as it found it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rehearsal import checks, faults, scenario
from rehearsal.clients import client
from rehearsal.people import person
from rehearsal.records import patients
from rehearsal.scenario import ScenarioError, Stage
from rehearsal.uploads import Upload
from tests.rehearsal.helpers import wait_until

pytestmark = [
    pytest.mark.rehearsal,
    pytest.mark.enable_socket,
    pytest.mark.xdist_group("rehearsal"),
]


FAULTY = faults.RECORDS // 3


def one_upload(edition: int) -> Upload:
    """An upload of two patients that no other test sends."""
    content = patients([person(500 + edition), person(600 + edition)], edition=edition)
    return Upload(name=f"upload {edition}", kind="ndjson", content=content)


def role_of(stage: Stage, output: str) -> str:
    """The name of a function's role."""
    found = client(stage.aws, "lambda").get_function(FunctionName=stage.outputs[output])
    return str(found["Configuration"]["Role"].rsplit("/", 1)[-1])


@contextmanager
def without(stage: Stage, role: str, action: str) -> Iterator[None]:
    """Take an action out of a role's policies, and put it back."""
    iam = client(stage.aws, "iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    before: dict[str, dict[str, Any]] = {}
    for arn in (one["PolicyArn"] for one in attached):
        now = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=now)["PolicyVersion"]
        document = reduced(version["Document"], action)
        if document != version["Document"]:
            before[arn] = version["Document"]
            _set_policy(iam, arn, document, instead_of=now)
    assert before, f"{role} has no {action}"
    try:
        yield
    finally:
        for arn, document in before.items():
            now = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            _set_policy(iam, arn, document, instead_of=now)


def _set_policy(iam: Any, arn: str, document: dict[str, Any], *, instead_of: str) -> None:
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=arn, VersionId=instead_of)


def reduced(document: dict[str, Any], action: str) -> dict[str, Any]:
    """A policy document without an action."""
    statements = []
    for statement in document["Statement"]:
        actions = statement["Action"]
        listed = [actions] if isinstance(actions, str) else actions
        if kept := [one for one in listed if one != action]:
            statements.append({**statement, "Action": actions if kept == listed else kept})
    return {**document, "Statement": statements}


def test_everything_comes_out_or_is_in_quarantine(account: scenario.Account) -> None:
    assert account.wrong == []
    assert account.records_in > 200
    assert account.records_in == account.records_out + account.quarantined
    assert account.quarantined >= 7


def test_events_tell_of_both_and_hold_no_payload(stage: Stage, account: scenario.Account) -> None:
    kinds = {event["detail-type"] for event in stage.events}
    assert kinds == {"RecordsDeidentified", "RecordQuarantined"}
    assert all("resourceType" not in json.dumps(event) for event in stage.events)


def test_an_identifier_that_gets_out_is_found(stage: Stage, account: scenario.Account) -> None:
    s3, bucket = client(stage.aws, "s3"), stage.outputs["ImportantBucket"]
    key = f"source=test/type=Patient/day=2026-01-01/{'0' * 64}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=f'{{"x": "{stage.people[3].kanji}"}}'.encode())
    try:
        released = stage.lake.released()
    finally:
        s3.delete_object(Bucket=bucket, Key=key)
    places = checks.places(released, [], [], [])
    assert checks.leaks(stage.identifiers(), places) == [f"1 identifiers in the object {key}"]


def test_through_the_faults_nothing_is_lost_and_nothing_doubled(
    stage: Stage, account: scenario.Account
) -> None:
    # `make rehearse` sends all 2,000; a third of them meets every fault as well.
    came, struck = faults.run(stage, FAULTY)
    assert came.wrong == []
    assert came.records_in >= FAULTY
    assert (came.lost, came.doubled, came.leaks) == (0, 0, 0)
    assert struck.missing() == []


@pytest.mark.parametrize("action", ["s3:PutObject", "kms:Decrypt", "secretsmanager:GetSecretValue"])
def test_without_a_permission_nothing_comes_out_until_it_is_back(
    stage: Stage, account: scenario.Account, action: str
) -> None:
    upload = one_upload(len(action))
    with without(stage, role_of(stage, "DeidentifyFunction"), action):
        _forget_warm_functions(stage)
        stage.send([upload])
        assert wait_until(lambda: _denied(stage, action), 15)
        assert checks.settle([upload], stage.lake.released(), []).lost == 2
    stage.settle()
    assert checks.settle([upload], stage.lake.released(), []).wrong == []


def test_without_a_permission_the_api_refuses_politely(
    stage: Stage, account: scenario.Account
) -> None:
    upload = one_upload(1)
    with without(stage, role_of(stage, "ReceiveFunction"), "kinesis:PutRecord"):
        status, body = stage.api._once("records", upload.body, upload.all_headers, signed=True)
    assert status == 503
    assert json.loads(body)["reason"] == "unavailable"


def test_a_wrong_answer_is_told_in_one_sentence(stage: Stage) -> None:
    wrong = Upload(name="a good one", kind="ndjson", content=one_upload(2).content, status=422)
    with pytest.raises(ScenarioError, match=r"^a good one was answered with 202 .*wanted is 422$"):
        stage.send([wrong])
    stage.settle()


def test_wrong_properties_fail_a_deployment_by_their_name(stage: Stage) -> None:
    reason = _deploy(
        stage, "AWS::EC2::FlowLog", {"ResourceId": "v", "ResourceType": "VPC", "Traffic": 1}
    )
    assert "extraneous key [Traffic] is not permitted" in reason
    reason = _deploy(stage, "AWS::SQS::Queue", {"DelaySecond": 1})
    assert "extraneous key [DelaySecond] is not permitted" in reason


def test_a_nested_stack_is_updated_beside_what_it_leaves_alone(stage: Stage) -> None:
    cloudformation, s3 = client(stage.aws, "cloudformation"), client(stage.aws, "s3")
    s3.create_bucket(
        Bucket="templates", CreateBucketConfiguration={"LocationConstraint": stage.aws.region}
    )
    attribute = {"Fn::GetAtt": ["Ip", "AllocationId"]}
    description = {"Fn::Sub": ["${Ip} ${Change}", {"Ip": attribute}]}
    group = {"GroupDescription": "x", "Tags": [{"Key": "ip", "Value": description}]}
    child = {
        "Parameters": {"Change": {"Type": "String"}},
        "Resources": {
            "Ip": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
        },
        "Outputs": {"Ip": {"Value": attribute}},
    }
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child))

    def template(change: str) -> str:
        nested = {
            "TemplateURL": f"{stage.aws.endpoint}/templates/child.json",
            "Parameters": {"Change": change},
        }
        resources = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": nested}}
        outputs = {"Ip": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Ip"]}}}
        return json.dumps({"Resources": resources, "Outputs": outputs})

    def outcome() -> tuple[str, str]:
        found = cloudformation.describe_stacks(StackName="parent")["Stacks"][0]
        return found["StackStatus"], next((o["OutputValue"] for o in found.get("Outputs", [])), "")

    cloudformation.create_stack(StackName="parent", TemplateBody=template("one"))
    assert wait_until(lambda: outcome()[0] == "CREATE_COMPLETE")
    before = outcome()[1]
    cloudformation.update_stack(StackName="parent", TemplateBody=template("two"))
    assert wait_until(lambda: outcome()[0] == "UPDATE_COMPLETE"), outcome()
    assert outcome()[1] == before


def test_buckets_and_stream_are_encrypted_with_a_key_of_ours(stage: Stage) -> None:
    s3 = client(stage.aws, "s3")
    for output in ("ConfidentialBucket", "ImportantBucket", "QuarantineBucket"):
        found = s3.get_bucket_encryption(Bucket=stage.outputs[output])
        (rule,) = found["ServerSideEncryptionConfiguration"]["Rules"]
        assert ":key/" in rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    stream = client(stage.aws, "kinesis").describe_stream(StreamName=stage.outputs["StreamName"])
    assert stream["StreamDescription"]["EncryptionType"] == "KMS"


def test_an_unknown_type_is_refused_before_anything_is_made(stage: Stage) -> None:
    cloudformation = client(stage.aws, "cloudformation")
    template = json.dumps({"Resources": {"Tea": {"Type": "AWS::EC2::Teapot"}}})
    with pytest.raises(cloudformation.exceptions.ClientError, match="AWS::EC2::Teapot"):
        cloudformation.create_stack(StackName="teapot", TemplateBody=template)


def _deploy(stage: Stage, kind: str, properties: dict[str, object]) -> str:
    """Deploy a stack of one resource; return why it failed."""
    cloudformation = client(stage.aws, "cloudformation")
    name = f"wrong-{kind.rsplit('::', 1)[1]}"
    template = json.dumps({"Resources": {"One": {"Type": kind, "Properties": properties}}})
    cloudformation.create_stack(StackName=name, TemplateBody=template)

    def events() -> list[str]:
        found = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [
            one.get("ResourceStatusReason", "")
            for one in found
            if "FAILED" in one["ResourceStatus"]
        ]

    assert wait_until(lambda: bool(events()))
    return " ".join(events())


def _denied(stage: Stage, action: str) -> bool:
    return any(one["action"] == action for one in stage.aws.ask("/state")["denials"])


def _forget_warm_functions(stage: Stage) -> None:
    """Have the next invocation start afresh, without what it read before."""
    function = stage.outputs["DeidentifyFunction"]
    stage.aws.ask("/kill", {"function": function, "idle": True})
