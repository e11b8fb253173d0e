"""Interfaces, messages, logs, the trail, and the tags of everything."""

from compliance.kill.changes import Change, Properties, granting, having, without
from compliance.kill.mutant import Break, Via
from compliance.verdicts import Verdict

METHOD = "AWS::ApiGateway::Method"
STAGE = "AWS::ApiGateway::Stage"
API = "AWS::ApiGateway::RestApi"
QUEUE = "AWS::SQS::Queue"
QUEUE_POLICY = Via("AWS::SQS::QueuePolicy", "Queues")
BUS = "AWS::Events::EventBus"
ARCHIVE = "AWS::Events::Archive"
FIREWALL = "AWS::WAFv2::WebACL"
SCHEDULE = "AWS::Scheduler::Schedule"
GROUP = "AWS::Logs::LogGroup"
TRAIL = "AWS::CloudTrail::Trail"
TAGGED = (
    *("AWS::KMS::Key", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::S3::Bucket"),
    *("AWS::IAM::Role", "AWS::Lambda::Function", "AWS::SecretsManager::Secret"),
    *("AWS::Batch::ComputeEnvironment", "AWS::ECS::Service", "AWS::EKS::Cluster"),
    *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::RDS::DBInstance"),
)
SWITCHES = (
    *("EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail"),
    "IncludeGlobalServiceEvents",
)


def _owned_by_somebody(properties: Properties) -> None:
    for tag in properties["Tags"]:
        if tag["Key"] == "owner":
            tag["Value"] = "somebody"


def _denying_only(action: str) -> Change:
    """Return a change that leaves of what a policy denies one action."""

    def change(policy: Properties) -> None:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                statement["Action"] = action

    return change


BREAKS = (
    Break(
        rule="IRYO-APIGATEWAY-AUTHORISATION",
        name="a method that anyone may call",
        type=METHOD,
        change=having("NONE", "AuthorizationType"),
    ),
    Break(
        rule="IRYO-APIGATEWAY-LOGS",
        name="no access log",
        type=STAGE,
        change=without("AccessLogSetting"),
    ),
    Break(
        rule="IRYO-APIGATEWAY-LOGS",
        name="payloads in the log",
        type=STAGE,
        change=having(True, "MethodSettings", 0, "DataTraceEnabled"),
    ),
    Break(
        rule="IRYO-APIGATEWAY-TLS",
        name="no security policy",
        type=API,
        change=without("SecurityPolicy"),
    ),
    Break(
        rule="IRYO-APIGATEWAY-TLS",
        name="TLS 1.0 admitted",
        type=API,
        change=having("TLS_1_0", "SecurityPolicy"),
    ),
    Break(
        rule="IRYO-APIGATEWAY-FIREWALL",
        name="the web ACL stands before something else",
        type=STAGE,
        change=having("arn:aws:apigateway:::elsewhere", "ResourceArn"),
        via=Via("AWS::WAFv2::WebACLAssociation"),
    ),
    Break(
        rule="IRYO-WAF-LOGS",
        name="credentials in the log of the web ACL",
        type=FIREWALL,
        change=without("RedactedFields"),
        via=Via("AWS::WAFv2::LoggingConfiguration", "ResourceArn"),
    ),
    Break(rule="IRYO-WAF-RULES", name="no rules", type=FIREWALL, change=having([], "Rules")),
    Break(
        rule="IRYO-WAF-RULES",
        name="samples of requests kept",
        type=FIREWALL,
        change=having(True, "VisibilityConfig", "SampledRequestsEnabled"),
    ),
    Break(
        rule="IRYO-EVENTS-ENCRYPTION",
        name="schedule without a key of ours",
        type=SCHEDULE,
        change=without("KmsKeyArn"),
    ),
    Break(
        rule="IRYO-EVENTS-TARGETS",
        name="events of a rule that failed are lost",
        type="AWS::Events::Rule",
        change=without("Targets", 0, "DeadLetterConfig"),
    ),
    Break(
        rule="IRYO-EVENTS-TARGETS",
        name="events of a schedule that failed are lost",
        type=SCHEDULE,
        change=without("Target", "DeadLetterConfig"),
    ),
    Break(
        rule="IRYO-SNS-SUBSCRIPTION",
        name="delivered in plain text",
        type="AWS::SNS::Subscription",
        change=having("http", "Protocol"),
    ),
    Break(
        rule="IRYO-MESSAGING-ENCRYPTION",
        name="queue without a key of ours",
        type=QUEUE,
        change=without("KmsMasterKeyId"),
    ),
    Break(
        rule="IRYO-MESSAGING-ENCRYPTION",
        name="queue under AWS's key",
        type=QUEUE,
        change=having("alias/aws/sqs", "KmsMasterKeyId"),
    ),
    Break(
        rule="IRYO-MESSAGING-ENCRYPTION",
        name="bus without a key of ours",
        type=BUS,
        change=without("KmsKeyIdentifier"),
    ),
    Break(
        rule="IRYO-MESSAGING-ENCRYPTION",
        name="archive without a key of ours",
        type=ARCHIVE,
        change=without("KmsKeyIdentifier"),
    ),
    Break(
        rule="IRYO-MESSAGING-TLS",
        name="denial of plain text removed",
        type=QUEUE,
        change=having([], "PolicyDocument", "Statement"),
        via=QUEUE_POLICY,
    ),
    Break(
        rule="IRYO-MESSAGING-TLS",
        name="plain text denied for deleting a queue only",
        type=QUEUE,
        change=_denying_only("sqs:DeleteQueue"),
        via=QUEUE_POLICY,
        guard=False,
    ),
    Break(
        rule="IRYO-MESSAGING-TLS",
        name="plain text denied for subscribing to a topic only",
        type="AWS::SNS::Topic",
        change=_denying_only("sns:Subscribe"),
        via=Via("AWS::SNS::TopicPolicy", "Topics"),
        guard=False,
    ),
    Break(
        rule="IRYO-IAM-RESOURCE-POLICY",
        name="a service may send for any account",
        type=QUEUE_POLICY.type,
        change=granting(
            "PolicyDocument",
            Principal={"Service": "events.amazonaws.com"},
            Action="sqs:SendMessage",
            Resource="*",
        ),
    ),
    Break(
        rule="IRYO-LOGS-ENCRYPTION",
        name="logs without a key of ours",
        type=GROUP,
        change=without("KmsKeyId"),
    ),
    Break(
        rule="IRYO-LOGS-ENCRYPTION",
        name="logs under a key that nobody can know",
        type=GROUP,
        change=having({"Fn::ImportValue": "key"}, "KmsKeyId"),
        guard=False,
        verdict=Verdict.INDETERMINATE,
    ),
    Break(
        rule="IRYO-LOGS-RETENTION",
        name="logs kept for nobody knows how long",
        type=GROUP,
        change=without("RetentionInDays"),
    ),
    Break(
        rule="IRYO-CLOUDTRAIL-TRAIL",
        name="trail without a key of ours",
        type=TRAIL,
        change=without("KMSKeyId"),
    ),
    *(
        Break(
            rule="IRYO-CLOUDTRAIL-TRAIL",
            name=f"{switch} off",
            type=TRAIL,
            change=having(False, switch),
        )
        for switch in SWITCHES
    ),
    *(
        Break(rule="IRYO-TAGS", name="no tags", type=type_, change=without("Tags"))
        for type_ in TAGGED
    ),
    Break(
        rule="IRYO-TAGS",
        name="no tags, where they have a name of their own",
        type="AWS::EFS::FileSystem",
        change=without("FileSystemTags"),
    ),
    Break(
        rule="IRYO-TAGS",
        name="another owner than the configured one",
        type="AWS::KMS::Key",
        change=_owned_by_somebody,
    ),
)
