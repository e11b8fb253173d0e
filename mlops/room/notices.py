"""Events that people are told of by themselves."""

from aws_cdk import aws_events as events
from constructs import Construct

from mlops.room.room import Room


class Notices(Construct):
    """What the functions could not decide or mend, and updates that failed."""

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        topic = events.CfnRule.TargetProperty(
            id="Topic",
            arn=room.topic.topic_arn,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=room.failures.queue_arn),
        )
        events.CfnRule(
            self,
            "NeedsAPerson",
            description="Silent rollbacks and retraining that reached its limit",
            event_bus_name=room.bus.event_bus_name,
            event_pattern={"source": ["iryo.mlops"]},
            targets=[topic],
        )
        events.CfnRule(
            self,
            "UpdateFailed",
            description="An update of the endpoint was rolled back or failed",
            event_pattern={
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Endpoint State Change"],
                "detail": {
                    "EndpointName": [room.names.endpoint],
                    "EndpointStatus": ["FAILED", "ROLLING_BACK", "UPDATE_ROLLBACK_FAILED"],
                },
            },
            targets=[topic],
        )
