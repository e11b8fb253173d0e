"""Where confidential data is, and what it must not reach."""

from compliance.kill.changes import Properties, granting, having
from compliance.kill.mutant import Break, Via
from compliance.kill.mutants.data import BUCKET, DEFAULT, POLICY, STREAM, TABLE
from compliance.kill.mutants.databases import DATABASE, FSX
from compliance.kill.mutants.network import lead_out, way_out

FOREIGN_KEY = "arn:aws:kms:ap-northeast-1:111122223333:key/1"
NOT_ELIGIBLE = "AWS::GameLift::Fleet"


def _unclassed(properties: Properties) -> None:
    properties["Tags"] = [tag for tag in properties["Tags"] if tag["Key"] != "data-class"]


def _as_it_is(_: Properties) -> None:
    """Change no property: the type is the mutant."""


BREAKS = (
    Break(
        rule="IRYO-DATA-CLASS-KEY",
        name="confidential objects under another key",
        type=BUCKET,
        change=having(FOREIGN_KEY, *DEFAULT, "KMSMasterKeyID"),
    ),
    Break(
        rule="IRYO-DATA-CLASS-KEY",
        name="a confidential table under another key",
        type=TABLE,
        change=having(FOREIGN_KEY, "SSESpecification", "KMSMasterKeyId"),
    ),
    Break(
        rule="IRYO-DATA-CLASS-PATH",
        name="confidential objects for everyone",
        type=BUCKET,
        change=granting("PolicyDocument", Principal="*", Action="s3:GetObject", Resource="*"),
        via=POLICY,
    ),
    Break(
        rule="IRYO-DATA-CLASS-PATH",
        name="failed records for everyone",
        type="AWS::SQS::Queue",
        change=granting("PolicyDocument", Principal="*", Action="sqs:ReceiveMessage"),
        via=Via("AWS::SQS::QueuePolicy", "Queues"),
    ),
    Break(
        rule="IRYO-DATA-CLASS-PATH",
        name="confidential records in a cluster whose API server is on the Internet",
        type="AWS::EKS::Cluster",
        change=having(True, "ResourcesVpcConfig", "EndpointPublicAccess"),
    ),
    Break(
        rule="IRYO-DATA-CLASS-PATH",
        name="a function that reads confidential records, in subnets that lead to the Internet",
        type="AWS::Lambda::Function",
        change=lead_out,
        via=way_out("Application"),
    ),
    Break(
        rule="IRYO-DATA-CLASS-SERVICES",
        name="confidential records in a service that is not HIPAA-eligible",
        type=STREAM,
        change=_as_it_is,
        retype=NOT_ELIGIBLE,
    ),
    *(
        Break(rule="IRYO-DATA-CLASS-TAG", name="no data class", type=type_, change=_unclassed)
        for type_ in (TABLE, STREAM, FSX, DATABASE)
    ),
)
