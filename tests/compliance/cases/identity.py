"""Identities, keys and secrets."""

from tests.compliance.cases.base import DENY_ALL, Cases, encrypted, one, policy, role
from tests.compliance.platform import ACCOUNT, allow, arn, deny_plain_text

CASES: dict[str, Cases] = {
    "IRYO-IAM-ACTIONS": Cases(
        good=[
            policy(Action=["s3:GetObject", "s3:List*"], Resource=arn("B")),
            one("IAM::ManagedPolicy", PolicyDocument=DENY_ALL),
            one("IAM::Role"),
        ],
        bad=[
            (policy(Action="*", Resource=arn("B")), {"*"}),
            (policy(Action=["s3:*", "sqs:SendMessage"], Resource=arn("B")), {"s3:*"}),
            (policy(NotAction="iam:*", Resource=arn("B")), {"NotAction", "iam:*"}),
            (
                one(
                    "IAM::Role",
                    Policies=[
                        {"PolicyName": "P", "PolicyDocument": allow(Action="kms:*", Resource="*")}
                    ],
                ),
                {"kms:*"},
            ),
        ],
    ),
    "IRYO-IAM-RESOURCES": Cases(
        good=[
            policy(Action=["xray:PutTraceSegments"], Resource="*"),
            policy(
                Action=[
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetHealth",
                    "ssmmessages:OpenDataChannel",
                ],
                Resource="*",
            ),
            policy(
                Action=[
                    *("autoscaling:DescribeAutoScalingGroups", "batch:ListJobs"),
                    *("ec2:DescribeInstanceTypes", "ec2:GetEbsEncryptionByDefault"),
                    *("ec2:ModifyEbsDefaultKmsKeyId", "ec2messages:GetMessages"),
                    *("servicequotas:ListServiceQuotas", "ssm:GetCommandInvocation"),
                ],
                Resource="*",
            ),
            policy(Action="s3:GetObject", Resource={"Fn::Join": ["", [arn("B"), "/*"]]}),
        ],
        bad=[
            (policy(Action="ssm:SendCommand", Resource="*"), {"ssm:SendCommand"}),
            (policy(Action="ec2:ModifyVolume", Resource="*"), {"ec2:ModifyVolume"}),
            (
                policy(Action=["s3:GetObject", "xray:PutTraceSegments"], Resource=["*"]),
                {"s3:GetObject"},
            ),
            (
                policy(Action="ec2:TerminateInstances", Resource={"Fn::Sub": "*"}),
                {"ec2:TerminateInstances"},
            ),
            (
                policy(Action="elasticloadbalancing:ModifyRule", Resource="*"),
                {"elasticloadbalancing:ModifyRule"},
            ),
        ],
    ),
    "IRYO-IAM-RESOURCE-POLICY": Cases(
        good=[
            one(
                "SQS::QueuePolicy",
                PolicyDocument=allow(
                    Principal={"Service": "events.amazonaws.com"},
                    Action="sqs:SendMessage",
                    Condition=ACCOUNT,
                ),
            ),
            one("S3::BucketPolicy", PolicyDocument=deny_plain_text("s3:*")),
            one(
                "KMS::Key",
                KeyPolicy=allow(
                    Principal={"Service": "logs.amazonaws.com"},
                    Action="kms:Decrypt",
                    Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*"}},
                ),
            ),
            one("Events::EventBus"),
        ],
        bad=[
            (
                one("S3::BucketPolicy", PolicyDocument=allow(Principal="*", Action="s3:GetObject")),
                {"*"},
            ),
            (
                one(
                    "SNS::TopicPolicy",
                    PolicyDocument=allow(
                        Principal={"Service": ["s3.amazonaws.com"]}, Action="sns:Publish"
                    ),
                ),
                {"s3.amazonaws.com"},
            ),
            (
                one(
                    "Events::EventBusPolicy",
                    Statement={
                        "Effect": "Allow",
                        "Principal": {"AWS": "*"},
                        "Action": "events:PutEvents",
                    },
                ),
                {"*"},
            ),
            (
                one(
                    "Logs::ResourcePolicy",
                    PolicyDocument='{"Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents",'
                    '"Principal":{"Service":"es.amazonaws.com"},"Resource":"*"}]}',
                ),
                {"es.amazonaws.com"},
            ),
        ],
    ),
    "IRYO-IAM-TRUST": Cases(
        good=[
            role(Principal={"Service": "lambda.amazonaws.com"}),
            role(Principal={"Service": "vpc-flow-logs.amazonaws.com"}, Condition=ACCOUNT),
            role(
                Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/x"},
                Condition={"StringEquals": {"x:aud": "sts.amazonaws.com"}},
            ),
        ],
        bad=[
            (
                role(Principal={"Service": "vpc-flow-logs.amazonaws.com"}),
                {"vpc-flow-logs.amazonaws.com"},
            ),
            (role(Principal={"AWS": "*"}), {"*"}),
            (role(Principal={"Federated": "provider"}), {"provider"}),
        ],
    ),
    "IRYO-KMS-DELETION": Cases(
        good=[one("KMS::Key"), one("KMS::Key", PendingWindowInDays=30)],
        bad=[(one("KMS::Key", PendingWindowInDays=7), {""})],
    ),
    "IRYO-KMS-POLICY": Cases(
        good=[
            one(
                "KMS::Key",
                KeyPolicy=allow(
                    Principal={"AWS": "arn:aws:iam::111122223333:root"},
                    Action=["kms:DescribeKey", "kms:Put*"],
                    Resource="*",
                ),
            )
        ],
        bad=[
            (one("KMS::Key"), {""}),
            (
                one(
                    "KMS::Key",
                    KeyPolicy=allow(Principal={"AWS": "*"}, Action="kms:*", Resource="*"),
                ),
                {"*", "kms:*"},
            ),
            (
                one("KMS::Key", KeyPolicy=allow(Principal={"AWS": "x"}, NotAction="kms:Decrypt")),
                {"NotAction"},
            ),
        ],
    ),
    "IRYO-KMS-ROTATION": Cases(
        good=[
            one("KMS::Key", EnableKeyRotation=True),
            one("KMS::Key", KeySpec="RSA_4096"),
            one("KMS::Key", Origin="EXTERNAL"),
        ],
        bad=[(one("KMS::Key"), {""}), (one("KMS::Key", EnableKeyRotation=False), {""})],
    ),
    "IRYO-SECRETS-ENCRYPTION": encrypted("SecretsManager::Secret", "KmsKeyId"),
    "IRYO-SECRETS-PLAINTEXT": Cases(
        good=[one("SecretsManager::Secret", GenerateSecretString={})],
        bad=[(one("SecretsManager::Secret", SecretString="hunter2"), {""})],
    ),
}
