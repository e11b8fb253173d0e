"""Functions and what calls them."""

from compliance.kill.changes import Properties, having, without
from compliance.kill.mutant import Break
from compliance.rules.lambda_permission import BOUNDS

FUNCTION = "AWS::Lambda::Function"
SOURCE = "AWS::Lambda::EventSourceMapping"
PERMISSION = "AWS::Lambda::Permission"
VARIABLES = ("Environment", "Variables")


def _unbounded(permission: Properties) -> None:
    for bound in BOUNDS:
        permission.pop(bound, None)


BREAKS = (
    Break(
        rule="IRYO-LAMBDA-ENVIRONMENT",
        name="environment under AWS's key",
        type=FUNCTION,
        change=without("KmsKeyArn"),
        where=lambda function: "KmsKeyArn" in function.properties,
    ),
    Break(
        rule="IRYO-LAMBDA-ENVIRONMENT",
        name="password in the environment",
        type=FUNCTION,
        change=having("written", *VARIABLES, "DATABASE_PASSWORD"),
        guard=False,
    ),
    Break(
        rule="IRYO-LAMBDA-ENVIRONMENT",
        name="secret resolved into the environment",
        type=FUNCTION,
        change=having("{{resolve:secretsmanager:db:SecretString:user}}", *VARIABLES, "USER"),
    ),
    Break(
        rule="IRYO-LAMBDA-RUNTIME",
        name="runtime that has ended",
        type=FUNCTION,
        change=having("python3.8", "Runtime"),
    ),
    Break(
        rule="IRYO-LAMBDA-TRACING",
        name="tracing off",
        type=FUNCTION,
        change=without("TracingConfig"),
    ),
    Break(
        rule="IRYO-LAMBDA-VPC",
        name="function out of our network",
        type=FUNCTION,
        change=without("VpcConfig"),
    ),
    Break(
        rule="IRYO-LAMBDA-VPC",
        name="function without a security group",
        type=FUNCTION,
        change=having([], "VpcConfig", "SecurityGroupIds"),
    ),
    Break(
        rule="IRYO-LAMBDA-EVENT-SOURCE",
        name="failures go nowhere",
        type=SOURCE,
        change=without("DestinationConfig"),
    ),
    Break(
        rule="IRYO-LAMBDA-EVENT-SOURCE",
        name="tries for ever",
        type=SOURCE,
        change=having(-1, "MaximumRetryAttempts"),
    ),
    Break(
        rule="IRYO-LAMBDA-PERMISSION",
        name="invoked on behalf of any account",
        type=PERMISSION,
        change=_unbounded,
    ),
)
