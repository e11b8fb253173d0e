"""Who may do what, and who may become whom."""

from compliance.kill.changes import granting, having
from compliance.kill.mutant import Break

MANAGED = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
BUCKET = "arn:aws:s3:::somebody"
DOCUMENT = "PolicyDocument"
TRUST = "AssumeRolePolicyDocument"


def _inline(**statement: object) -> list[dict[str, object]]:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return [{"PolicyName": "Inline", "PolicyDocument": document}]


BREAKS = (
    Break(
        rule="IRYO-IAM-ACTIONS",
        name="every action",
        type=MANAGED,
        change=granting(DOCUMENT, Action="*", Resource=BUCKET),
    ),
    Break(
        rule="IRYO-IAM-ACTIONS",
        name="every action of a service",
        type=MANAGED,
        change=granting(DOCUMENT, Action=["sqs:SendMessage", "s3:*"], Resource=BUCKET),
    ),
    Break(
        rule="IRYO-IAM-ACTIONS",
        name="every action but one",
        type=MANAGED,
        change=granting(DOCUMENT, NotAction="iam:PassRole", Resource=BUCKET),
    ),
    Break(
        rule="IRYO-IAM-ACTIONS",
        name="every action, written inside a role",
        type=ROLE,
        change=having(_inline(Action="*", Resource=BUCKET), "Policies"),
    ),
    Break(
        rule="IRYO-IAM-RESOURCES",
        name="reads every object there is",
        type=MANAGED,
        change=granting(DOCUMENT, Action="s3:GetObject", Resource="*"),
    ),
    Break(
        rule="IRYO-IAM-RESOURCES",
        name="decrypts with every key, written inside a role",
        type=ROLE,
        change=having(_inline(Action=["kms:Decrypt"], Resource=["*"]), "Policies"),
    ),
    Break(
        rule="IRYO-IAM-TRUST",
        name="anyone may assume a role",
        type=ROLE,
        change=granting(TRUST, Principal={"AWS": "*"}, Action="sts:AssumeRole"),
    ),
    Break(
        rule="IRYO-IAM-TRUST",
        name="a service may assume a role for any account",
        type=ROLE,
        change=granting(
            TRUST, Principal={"Service": "states.amazonaws.com"}, Action="sts:AssumeRole"
        ),
    ),
    Break(
        rule="IRYO-IAM-TRUST",
        name="any identity of a provider may assume a role",
        type=ROLE,
        change=granting(
            TRUST, Principal={"Federated": "provider"}, Action="sts:AssumeRoleWithWebIdentity"
        ),
    ),
    Break(
        rule="IRYO-IAM-EXTERNAL",
        name="another account may assume a role without an external id",
        type=ROLE,
        change=granting(
            TRUST, Principal={"AWS": "arn:aws:iam::111122223333:root"}, Action="sts:AssumeRole"
        ),
    ),
    Break(
        rule="IRYO-IAM-MANAGED-POLICIES",
        name="a role that administers everything",
        type=ROLE,
        change=having(["arn:aws:iam::aws:policy/AdministratorAccess"], "ManagedPolicyArns"),
    ),
    Break(
        rule="IRYO-IAM-ESCALATION",
        name="a policy that may rewrite policies",
        type=MANAGED,
        change=granting(DOCUMENT, Action="iam:CreatePolicyVersion", Resource="*"),
    ),
    Break(
        rule="IRYO-IAM-PASS-ROLE",
        name="any role passed to any service",
        type=MANAGED,
        change=granting(DOCUMENT, Action="iam:PassRole", Resource="*"),
    ),
)
