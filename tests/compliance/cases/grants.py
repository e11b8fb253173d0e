"""What identities may do, and to whom they give it."""

from typing import Any

from tests.compliance.cases.base import MISSING, UNKNOWN, Cases, Given, checked, one
from tests.compliance.platform import allow, arn, named, ref

ROLE = "arn:aws:iam::111122223333:role/job"
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
BOUNDARY = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/boundary"}}


def policy(*actions: str, on: Any = "*", **members: Any) -> Given:
    return one("IAM::Policy", PolicyDocument=allow(Action=list(actions), Resource=on, **members))


def passes(on: Any = ROLE, **members: Any) -> Given:
    return policy("iam:PassRole", on=on, **members)


def role(**properties: Any) -> Given:
    return one("IAM::Role", **properties)


def trusted(principal: str, **members: Any) -> Given:
    statement = allow(Principal={"AWS": principal}, Action="sts:AssumeRole", **members)
    return role(AssumeRolePolicyDocument=statement)


def two_policies(second: str) -> Given:
    """A role that is given two halves of a way by two policies."""
    document = allow(Action="iam:PassRole", Resource="*")
    other = allow(Action=second, Resource="*")
    return {
        **role(ManagedPolicyArns=[ref("Attached")]),
        "Inline": named("IAM::Policy", Roles=[ref("Tested")], PolicyDocument=document),
        "Attached": named("IAM::ManagedPolicy", PolicyDocument=other),
    }


def told_elsewhere() -> Given:
    document = allow(Action="iam:CreateAccessKey", Resource="*")
    return {
        **role(),
        "Inline": named("IAM::Policy", Roles=[ref("Tested")], PolicyDocument=document),
    }


CASES: dict[str, Cases] = {
    "IRYO-IAM-USERS": Cases(
        good=[one("IAM::AccessKey", UserName="user", Status="Inactive")],
        bad=[
            (one("IAM::User"), {""}),
            (one("IAM::Group"), {""}),
            (one("IAM::AccessKey", UserName="user"), {""}),
        ],
    ),
    "IRYO-IAM-MANAGED-POLICIES": checked(
        "IAM::Role",
        {
            "ManagedPolicyArns": [
                "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                ref("Policy"),
            ]
        },
        {"ManagedPolicyArns.0": "arn:aws:iam::aws:policy/AdministratorAccess"},
        findings={"ManagedPolicyArns.0": "AdministratorAccess"},
        more=[{}],
        beside={"Policy": named("IAM::ManagedPolicy")},
    ),
    "IRYO-IAM-PASS-ROLE": Cases(
        good=[passes(Condition=PASSED), passes(arn("B"), Condition=PASSED)],
        bad=[
            (passes(), {"service"}),
            (passes("*", Condition=PASSED), {"resource"}),
            (passes("arn:aws:iam::111122223333:role/*", Condition=PASSED), {"resource"}),
            (policy("iam:Pass*"), {"service", "resource"}),
            (
                one("IAM::Policy", PolicyDocument=allow(NotAction="s3:*", Resource="*")),
                {"service", "resource"},
            ),
        ],
        other=[policy("s3:GetObject")],
        unknown=[passes(UNKNOWN, Condition=PASSED)],
    ),
    "IRYO-IAM-ESCALATION": Cases(
        good=[
            policy("s3:GetObject"),
            policy("iam:PassRole", "sagemaker:CreateTrainingJob", on=ROLE, Condition=PASSED),
            policy("iam:PutRolePolicy", on=ROLE, Condition=BOUNDARY),
            policy("lambda:UpdateFunctionCode", on="arn:aws:lambda:x:1:function:deidentify"),
            policy("iam:PassRole"),
            two_policies("s3:GetObject"),
            told_elsewhere(),
            role(),
        ],
        bad=[
            (policy("iam:CreatePolicyVersion", on=ROLE), {"create-policy-version"}),
            (policy("iam:PutRolePolicy", on=ROLE), {"put-role-policy"}),
            (
                policy("lambda:UpdateFunctionC*"),
                {"lambda-update-code", "lambda-update-configuration"},
            ),
            (policy("iam:PassRole", "sagemaker:CreateTrainingJob"), {"sagemaker-training-job"}),
            (
                policy("iam:PassRole", "sagemaker:CreateTrainingJob", on=ROLE),
                {"sagemaker-training-job"},
            ),
            (two_policies("ec2:RunInstances"), {"run-instances"}),
            (policy("sts:AssumeRole"), {"assume-any-role"}),
        ],
        unknown=[one("IAM::Policy", PolicyDocument=UNKNOWN)],
    ),
    "IRYO-IAM-BOUNDARY": checked(
        "IAM::Role",
        {"PermissionsBoundary": "arn:aws:iam::111122223333:policy/iryo-boundary"},
        {"PermissionsBoundary": MISSING},
        more=[{"PermissionsBoundary": "iryo-boundary"}],
    ),
    "IRYO-IAM-EXTERNAL": Cases(
        good=[
            role(),
            trusted(
                "arn:aws:iam::111122223333:root",
                Condition={"StringEquals": {"sts:ExternalId": "x"}},
            ),
            trusted("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            role(
                AssumeRolePolicyDocument=allow(
                    Principal={"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
                )
            ),
        ],
        bad=[
            (trusted("arn:aws:iam::111122223333:root"), {"arn:aws:iam::111122223333:root"}),
            (trusted("111122223333"), {"111122223333"}),
        ],
        unknown=[role(AssumeRolePolicyDocument=UNKNOWN)],
    ),
}
