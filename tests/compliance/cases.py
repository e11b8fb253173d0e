"""For each rule of our own: resources that satisfy it and resources that do not.

The resource under test is `Tested`. A bad case names the findings (the text in brackets) that it
must have; an empty text is a finding without brackets.
"""

from typing import Any, NamedTuple

from tests.compliance.platform import (
    ACCOUNT,
    KEY,
    TAGS,
    allow,
    arn,
    deny_plain_text,
    named,
    ref,
)

Given = dict[str, dict[str, Any]]


class Cases(NamedTuple):
    good: list[Given]
    bad: list[tuple[Given, set[str]]]


def one(kind: str, /, **properties: Any) -> Given:
    return {"Tested": named(kind, **properties), "Key": KEY}


def encrypted(kind: str, /, *path: str) -> Cases:
    """The cases of a rule that wants one property to be a customer-managed key."""

    def put(value: Any) -> Given:
        for key in reversed(path):
            value = {key: value}
        return one(kind, **value)

    aws_key = "alias/aws/service"
    return Cases(
        good=[put(arn("Key")), put(ref("Key")), put("arn:aws:kms:eu-west-1:111122223333:key/1")],
        bad=[(one(kind), {""}), (put(aws_key), {""}), (put(arn("Tested")), {""})],
    )


def method(**properties: Any) -> Given:
    return one("ApiGateway::Method", **properties)


def role(**statement: Any) -> Given:
    return one("IAM::Role", AssumeRolePolicyDocument=allow(Action="sts:AssumeRole", **statement))


def policy(**statement: Any) -> Given:
    return one("IAM::Policy", PolicyDocument=allow(**statement))


def bucket(**encryption: Any) -> dict[str, Any]:
    return named(
        "S3::Bucket",
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]
        },
    )


def function(**properties: Any) -> Given:
    return one("Lambda::Function", **properties)


def with_policy(kind: str, key: str, policy_kind: str, document: dict[str, Any]) -> Given:
    target: Any = ref("Tested") if key == "Bucket" else [ref("Tested")]
    return {
        "Tested": named(kind),
        "Policy": named(policy_kind, **{key: target, "PolicyDocument": document}),
    }


PUBLIC_ACCESS = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
TABLE: dict[str, Any] = {
    "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn("Key")},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "DeletionProtectionEnabled": True,
}
TRAIL: dict[str, Any] = {
    "KMSKeyId": arn("Key"),
    "EnableLogFileValidation": True,
    "IsLogging": True,
    "IsMultiRegionTrail": True,
}
NETWORK = {"SubnetIds": [ref("Subnet")], "SecurityGroupIds": [ref("Group")]}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
DENY_ALL = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}

CASES: dict[str, Cases] = {
    "IRYO-APIGATEWAY-AUTHORISATION": Cases(
        good=[method(HttpMethod="POST", AuthorizationType="AWS_IAM"), method(HttpMethod="OPTIONS")],
        bad=[
            (method(HttpMethod="POST", AuthorizationType="NONE"), {""}),
            (method(HttpMethod="ANY"), {""}),
            (one("ApiGatewayV2::Route", RouteKey="GET /"), {""}),
        ],
    ),
    "IRYO-APIGATEWAY-LOGS": Cases(
        good=[
            one(
                "ApiGateway::Stage",
                AccessLogSetting={"DestinationArn": arn("Log")},
                MethodSettings=[{"DataTraceEnabled": False}, {"LoggingLevel": "ERROR"}],
            ),
            one("ApiGatewayV2::Stage", AccessLogSettings={"DestinationArn": arn("Log")}),
        ],
        bad=[
            (one("ApiGateway::Stage"), {"access"}),
            (
                one("ApiGateway::Stage", MethodSettings=[{"DataTraceEnabled": True}]),
                {"access", "trace"},
            ),
            (
                one(
                    "ApiGatewayV2::Stage",
                    AccessLogSettings={"DestinationArn": arn("Log")},
                    DefaultRouteSettings={"DataTraceEnabled": True},
                ),
                {"trace"},
            ),
        ],
    ),
    "IRYO-APIGATEWAY-TLS": Cases(
        good=[
            one("ApiGateway::RestApi", SecurityPolicy="SecurityPolicy_TLS13_1_3_2025_09"),
            one("ApiGateway::DomainName", SecurityPolicy="TLS_1_2"),
        ],
        bad=[
            (one("ApiGateway::RestApi"), {""}),
            (one("ApiGateway::DomainName", SecurityPolicy="TLS_1_0"), {""}),
        ],
    ),
    "IRYO-CLOUDTRAIL-TRAIL": Cases(
        good=[one("CloudTrail::Trail", **TRAIL)],
        bad=[
            (one("CloudTrail::Trail", **{**TRAIL, "KMSKeyId": "alias/aws/cloudtrail"}), {""}),
            (
                one("CloudTrail::Trail", KMSKeyId=arn("Key"), IncludeGlobalServiceEvents=False),
                {
                    *("EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail"),
                    "IncludeGlobalServiceEvents",
                },
            ),
        ],
    ),
    "IRYO-DYNAMODB-PROTECTION": Cases(
        good=[
            one("DynamoDB::Table", **TABLE),
            one("DynamoDB::GlobalTable", Replicas=[{"Region": "ap-northeast-1", **TABLE}]),
        ],
        bad=[
            (one("DynamoDB::Table"), {"encryption", "recovery", "deletion"}),
            (one("DynamoDB::Table", **{**TABLE, "DeletionProtectionEnabled": False}), {"deletion"}),
            (
                one("DynamoDB::GlobalTable", Replicas=[TABLE, {**TABLE, "SSESpecification": {}}]),
                {"encryption"},
            ),
        ],
    ),
    "IRYO-EC2-EGRESS": Cases(
        good=[
            one("EC2::SecurityGroup", SecurityGroupEgress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}]),
            one("EC2::SecurityGroupEgress", **HTTPS, CidrIp="0.0.0.0/0"),
        ],
        bad=[
            (one("EC2::SecurityGroup"), {""}),
            (
                one(
                    "EC2::SecurityGroup",
                    SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
                ),
                {"0.0.0.0/0"},
            ),
            (one("EC2::SecurityGroupEgress", IpProtocol=-1, CidrIpv6="::/0"), {"::/0"}),
        ],
    ),
    "IRYO-EC2-ENDPOINT-POLICY": Cases(
        good=[
            one(
                "EC2::VPCEndpoint",
                PolicyDocument=allow(
                    Principal="*",
                    Action="s3:GetObject",
                    Resource="*",
                    Condition={"StringEquals": {"aws:PrincipalAccount": ref("AWS::AccountId")}},
                ),
            ),
            one("EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer"),
            one("EC2::VPCEndpoint", PolicyDocument=DENY_ALL),
        ],
        bad=[
            (one("EC2::VPCEndpoint", VpcEndpointType="Interface"), {""}),
            (
                one(
                    "EC2::VPCEndpoint",
                    PolicyDocument=allow(
                        Sid="All", Principal={"AWS": "*"}, Action="*", Resource="*"
                    ),
                ),
                {"All"},
            ),
        ],
    ),
    "IRYO-EC2-INGRESS": Cases(
        good=[
            one("EC2::SecurityGroup", SecurityGroupIngress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}]),
            one("EC2::SecurityGroupIngress", **HTTPS, SourceSecurityGroupId=ref("Group")),
            one("EC2::SecurityGroup"),
        ],
        bad=[
            (
                one("EC2::SecurityGroup", SecurityGroupIngress=[{**HTTPS, "CidrIp": "0.0.0.0/0"}]),
                {"0.0.0.0/0:443-443"},
            ),
            (
                one("EC2::SecurityGroupIngress", IpProtocol="-1", CidrIpv6="::/0"),
                {"::/0:all-all"},
            ),
        ],
    ),
    "IRYO-EC2-NETWORK-ACL": Cases(
        good=[
            one("EC2::NetworkAclEntry", RuleAction="deny", Protocol=-1, CidrBlock="0.0.0.0/0"),
            one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=6, CidrBlock="0.0.0.0/0"),
            one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=-1, CidrBlock="10.0.0.0/16"),
        ],
        bad=[
            (
                one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=-1, CidrBlock="0.0.0.0/0"),
                {""},
            ),
            (
                one(
                    "EC2::NetworkAclEntry",
                    RuleAction="ALLOW",
                    Protocol="-1",
                    Ipv6CidrBlock="::/0",
                    Egress=True,
                ),
                {""},
            ),
        ],
    ),
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
            policy(Action="s3:GetObject", Resource={"Fn::Join": ["", [arn("B"), "/*"]]}),
        ],
        bad=[
            (
                policy(Action=["s3:GetObject", "xray:PutTraceSegments"], Resource=["*"]),
                {"s3:GetObject"},
            ),
            (
                policy(Action="ec2:TerminateInstances", Resource={"Fn::Sub": "*"}),
                {"ec2:TerminateInstances"},
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
    "IRYO-KINESIS-ENCRYPTION": encrypted("Kinesis::Stream", "StreamEncryption", "KeyId"),
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
    "IRYO-LAMBDA-ENVIRONMENT": Cases(
        good=[
            function(),
            function(
                KmsKeyArn=arn("Key"),
                Environment={
                    "Variables": {"SECRET_ARN": ref("Secret"), "SECRET": ref("Secret"), "A": "b"}
                },
            ),
        ],
        bad=[
            (function(Environment={"Variables": {"A": "b"}}), {""}),
            (
                function(
                    KmsKeyArn=arn("Key"),
                    Environment={
                        "Variables": {
                            "DB_PASSWORD": "hunter2",
                            "KEY_ID": "AKIAABCDEFGHIJKLMNOP",
                            "USER": "{{resolve:secretsmanager:db:SecretString:user}}",
                        }
                    },
                ),
                {"DB_PASSWORD", "KEY_ID", "USER"},
            ),
        ],
    ),
    "IRYO-LAMBDA-EVENT-SOURCE": Cases(
        good=[
            one(
                "Lambda::EventSourceMapping",
                EventSourceArn=arn("Stream"),
                MaximumRetryAttempts=0,
                DestinationConfig={"OnFailure": {"Destination": arn("Queue")}},
            ),
            {
                "Tested": named("Lambda::EventSourceMapping", EventSourceArn=arn("Queue")),
                "Queue": named("SQS::Queue", RedrivePolicy={"deadLetterTargetArn": arn("Dead")}),
            },
        ],
        bad=[
            (
                one("Lambda::EventSourceMapping", EventSourceArn=arn("Stream")),
                {"destination", "retries"},
            ),
            (
                {
                    "Tested": named("Lambda::EventSourceMapping", EventSourceArn=arn("Queue")),
                    "Queue": named("SQS::Queue"),
                },
                {"destination"},
            ),
            (
                one(
                    "Lambda::EventSourceMapping",
                    MaximumRetryAttempts=-1,
                    DestinationConfig={"OnFailure": {"Destination": arn("Queue")}},
                ),
                {"retries"},
            ),
        ],
    ),
    "IRYO-LAMBDA-PERMISSION": Cases(
        good=[
            one("Lambda::Permission", Principal="events.amazonaws.com", SourceArn=arn("Rule")),
            one("Lambda::Permission", Principal="111122223333"),
        ],
        bad=[
            (one("Lambda::Permission", Principal="s3.amazonaws.com"), {""}),
            (one("Lambda::Permission", Principal="*"), {""}),
        ],
    ),
    "IRYO-LAMBDA-RUNTIME": Cases(
        good=[function(Runtime="python3.14"), function(PackageType="Image")],
        bad=[
            (function(Runtime="python3.11"), {""}),
            (function(Runtime="python2.7"), {""}),
            (function(), {""}),
        ],
    ),
    "IRYO-LAMBDA-TRACING": Cases(
        good=[function(TracingConfig={"Mode": "Active"})],
        bad=[(function(), {""}), (function(TracingConfig={"Mode": "PassThrough"}), {""})],
    ),
    "IRYO-LAMBDA-VPC": Cases(
        good=[function(VpcConfig=NETWORK)],
        bad=[
            (function(), {"SubnetIds", "SecurityGroupIds"}),
            (function(VpcConfig={**NETWORK, "SecurityGroupIds": []}), {"SecurityGroupIds"}),
        ],
    ),
    "IRYO-LOGS-ENCRYPTION": encrypted("Logs::LogGroup", "KmsKeyId"),
    "IRYO-LOGS-RETENTION": Cases(
        good=[one("Logs::LogGroup", RetentionInDays=365)],
        bad=[(one("Logs::LogGroup"), {""})],
    ),
    "IRYO-MESSAGING-ENCRYPTION": Cases(
        good=[
            *encrypted("SQS::Queue", "KmsMasterKeyId").good,
            *encrypted("Events::EventBus", "KmsKeyIdentifier").good,
        ],
        bad=[
            *encrypted("SNS::Topic", "KmsMasterKeyId").bad,
            *encrypted("Events::Archive", "KmsKeyIdentifier").bad,
        ],
    ),
    "IRYO-MESSAGING-TLS": Cases(
        good=[
            with_policy("SQS::Queue", "Queues", "SQS::QueuePolicy", deny_plain_text("sqs:*")),
            with_policy("SNS::Topic", "Topics", "SNS::TopicPolicy", deny_plain_text("sns:Publish")),
        ],
        bad=[
            (one("SQS::Queue"), {""}),
            (with_policy("SNS::Topic", "Topics", "SNS::TopicPolicy", DENY_ALL), {""}),
        ],
    ),
    "IRYO-S3-DATA-CLASS": Cases(
        good=[one("S3::Bucket", Tags=[{"Key": "data-class", "Value": "important"}])],
        bad=[
            (one("S3::Bucket"), {""}),
            (one("S3::Bucket", Tags=[{"Key": "data-class", "Value": "secret"}]), {""}),
        ],
    ),
    "IRYO-S3-ENCRYPTION": Cases(
        good=[
            {"Tested": bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=arn("Key")), "Key": KEY},
            {
                "Tested": bucket(SSEAlgorithm="AES256"),
                "Source": named(
                    "S3::Bucket", LoggingConfiguration={"DestinationBucketName": ref("Tested")}
                ),
            },
        ],
        bad=[
            (one("S3::Bucket"), {""}),
            ({"Tested": bucket(SSEAlgorithm="AES256")}, {""}),
            ({"Tested": bucket(SSEAlgorithm="aws:kms")}, {""}),
        ],
    ),
    "IRYO-S3-PUBLIC-ACCESS": Cases(
        good=[one("S3::Bucket", PublicAccessBlockConfiguration=PUBLIC_ACCESS)],
        bad=[
            (one("S3::Bucket"), {""}),
            (
                one(
                    "S3::Bucket",
                    PublicAccessBlockConfiguration={**PUBLIC_ACCESS, "BlockPublicAcls": False},
                ),
                {""},
            ),
        ],
    ),
    "IRYO-S3-TLS": Cases(
        good=[with_policy("S3::Bucket", "Bucket", "S3::BucketPolicy", deny_plain_text("s3:*"))],
        bad=[
            (one("S3::Bucket"), {""}),
            (
                with_policy(
                    "S3::Bucket", "Bucket", "S3::BucketPolicy", deny_plain_text("s3:GetObject")
                ),
                {""},
            ),
            (with_policy("S3::Bucket", "Bucket", "S3::BucketPolicy", DENY_ALL), {""}),
        ],
    ),
    "IRYO-SECRETS-ENCRYPTION": encrypted("SecretsManager::Secret", "KmsKeyId"),
    "IRYO-SECRETS-PLAINTEXT": Cases(
        good=[one("SecretsManager::Secret", GenerateSecretString={})],
        bad=[(one("SecretsManager::Secret", SecretString="hunter2"), {""})],
    ),
    "IRYO-TAGS": Cases(
        good=[
            one("S3::Bucket", Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()]),
            one("SSM::Parameter", Tags=TAGS),
        ],
        bad=[
            (one("S3::Bucket"), {""}),
            (one("SSM::Parameter", Tags={**TAGS, "owner": "somebody"}), {""}),
        ],
    ),
}
