"""What is called: APIs, functions, queues and topics."""

from tests.compliance.cases.base import (
    DENY_ALL,
    NETWORK,
    Cases,
    encrypted,
    function,
    method,
    one,
    with_policy,
)
from tests.compliance.platform import arn, deny_less, deny_plain_text, named, ref

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
    "IRYO-LAMBDA-ENVIRONMENT": Cases(
        good=[
            function(),
            function(
                KmsKeyArn=arn("Key"),
                Environment={
                    "Variables": {"SECRET_ARN": ref("Secret"), "SECRET": ref("Secret"), "MODE": "b"}
                },
            ),
        ],
        bad=[
            (function(Environment={"Variables": {"MODE": "b"}}), {""}),
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
            *(
                (with_policy("SQS::Queue", "Queues", "SQS::QueuePolicy", document), {""})
                for document in deny_less("sqs:*")
            ),
            *(
                (with_policy("SNS::Topic", "Topics", "SNS::TopicPolicy", document), {""})
                for document in deny_less("sns:Publish")
            ),
        ],
    ),
}
