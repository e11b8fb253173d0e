"""On which of our rules Guard has an opinion, on which types, and what it cannot see."""

from dataclasses import dataclass

A_KEY = "whose key it is, where the template names it by an intrinsic function"
LESS = "what lets a denial deny less: a further condition, an exception"
MADE = "what an intrinsic function makes of a policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A Guard rule and the rule of ours that it answers; it bears the same id with underscores.

    `needs` is the property without which it says nothing of a resource; `blind` is what it cannot
    see and our rule can.
    """

    rule: str
    types: tuple[str, ...]
    needs: str = ""
    blind: str = ""


def _on(*types: str) -> tuple[str, ...]:
    return tuple(f"AWS::{type_}" for type_ in types)


BUCKET = _on("S3::Bucket")
KEY = _on("KMS::Key")
FUNCTION = _on("Lambda::Function")
SECRET = _on("SecretsManager::Secret")
LOG_GROUP = _on("Logs::LogGroup")
BOXES = _on("SQS::Queue", "SNS::Topic")
HOLDERS = _on("IAM::Role", "IAM::User", "IAM::Group")
POLICIES = _on(
    *("IAM::Policy", "IAM::ManagedPolicy", "IAM::RolePolicy"),
    *("IAM::UserPolicy", "IAM::GroupPolicy"),
)
STAGES = _on("ApiGateway::Stage", "ApiGatewayV2::Stage")

OPINIONS = (
    Opinion(
        rule="IRYO-APIGATEWAY-AUTHORISATION",
        types=_on("ApiGateway::Method", "ApiGatewayV2::Route"),
    ),
    Opinion(rule="IRYO-APIGATEWAY-LOGS", types=STAGES),
    Opinion(rule="IRYO-APIGATEWAY-TLS", types=_on("ApiGateway::RestApi", "ApiGateway::DomainName")),
    Opinion(rule="IRYO-CLOUDTRAIL-TRAIL", types=_on("CloudTrail::Trail"), blind=A_KEY),
    Opinion(
        rule="IRYO-DYNAMODB-ENCRYPTION",
        types=_on("DynamoDB::Table", "DynamoDB::GlobalTable"),
        blind=A_KEY,
    ),
    Opinion(
        rule="IRYO-DYNAMODB-RECOVERY",
        types=_on("DynamoDB::Table", "DynamoDB::GlobalTable"),
        blind="whether the environment wants deletion protection",
    ),
    Opinion(rule="IRYO-EC2-EGRESS", types=_on("EC2::SecurityGroup", "EC2::SecurityGroupEgress")),
    Opinion(rule="IRYO-EC2-ENDPOINT-POLICY", types=_on("EC2::VPCEndpoint"), blind=MADE),
    Opinion(rule="IRYO-EC2-INGRESS", types=_on("EC2::SecurityGroup", "EC2::SecurityGroupIngress")),
    Opinion(rule="IRYO-EC2-NETWORK-ACL", types=_on("EC2::NetworkAclEntry")),
    Opinion(rule="IRYO-IAM-ACTIONS", types=(*POLICIES, *HOLDERS), blind=MADE),
    Opinion(
        rule="IRYO-IAM-RESOURCE-POLICY",
        types=_on(
            *("S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy", "KMS::Key"),
            "Events::EventBusPolicy",
        ),
        blind=f"{MADE}; which condition bounds the statement of a key or an event bus",
    ),
    Opinion(
        rule="IRYO-IAM-RESOURCES",
        types=(*POLICIES, *HOLDERS),
        blind=f"{MADE}; actions are told apart by family only",
    ),
    Opinion(rule="IRYO-IAM-TRUST", types=_on("IAM::Role"), blind=MADE),
    Opinion(rule="IRYO-KINESIS-ENCRYPTION", types=_on("Kinesis::Stream"), blind=A_KEY),
    Opinion(rule="IRYO-KMS-POLICY", types=KEY, blind=MADE),
    Opinion(rule="IRYO-KMS-ROTATION", types=KEY),
    Opinion(
        rule="IRYO-LAMBDA-ENVIRONMENT",
        types=FUNCTION,
        blind=f"{A_KEY}; a secret that only the name of its variable gives away",
    ),
    Opinion(
        rule="IRYO-LAMBDA-EVENT-SOURCE",
        types=_on("Lambda::EventSourceMapping"),
        needs="StartingPosition",
        blind="mappings of queues, whose dead-letter queue another template may tell",
    ),
    Opinion(rule="IRYO-LAMBDA-PERMISSION", types=_on("Lambda::Permission")),
    Opinion(
        rule="IRYO-LAMBDA-RUNTIME",
        types=FUNCTION,
        blind="the day on which a runtime was deprecated",
    ),
    Opinion(rule="IRYO-LAMBDA-TRACING", types=FUNCTION),
    Opinion(rule="IRYO-LAMBDA-VPC", types=FUNCTION),
    Opinion(rule="IRYO-LOGS-ENCRYPTION", types=LOG_GROUP, blind=A_KEY),
    Opinion(rule="IRYO-LOGS-RETENTION", types=LOG_GROUP),
    Opinion(
        rule="IRYO-MESSAGING-ENCRYPTION",
        types=(*BOXES, *_on("Events::EventBus", "Events::Archive")),
        blind=A_KEY,
    ),
    Opinion(
        rule="IRYO-MESSAGING-TLS",
        types=BOXES,
        blind=f"which of two equal queues or topics is meant; {LESS}, other actions",
    ),
    Opinion(rule="IRYO-S3-DATA-CLASS", types=BUCKET),
    Opinion(rule="IRYO-S3-ENCRYPTION", types=BUCKET, blind=A_KEY),
    Opinion(rule="IRYO-S3-PUBLIC-ACCESS", types=BUCKET),
    Opinion(
        rule="IRYO-S3-TLS",
        types=BUCKET,
        blind=f"which of two equal buckets is meant; {LESS}, a part of the bucket",
    ),
    Opinion(rule="IRYO-SECRETS-ENCRYPTION", types=SECRET, blind=A_KEY),
    Opinion(rule="IRYO-SECRETS-PLAINTEXT", types=SECRET),
)
