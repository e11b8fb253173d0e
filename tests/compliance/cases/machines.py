"""State machines."""

from tests.compliance.cases.base import MISSING, UNKNOWN, Cases, checked, merged, one
from tests.compliance.cases.jobs import MACHINE, WAIT, call, machine, trained
from tests.compliance.platform import arn, ref

RUN = "ecs:runTask.sync"
PUBLIC = {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}}
ADDRESS = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"

CASES: dict[str, Cases] = {
    "IRYO-STATES-LOGS": checked(
        MACHINE,
        {
            "LoggingConfiguration": {
                "Level": "ALL",
                "IncludeExecutionData": False,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": arn("Log")}}],
            }
        },
        {
            "LoggingConfiguration.Level": "OFF",
            "LoggingConfiguration.Destinations": MISSING,
            "LoggingConfiguration.IncludeExecutionData": True,
        },
    ),
    "IRYO-STATES-ENCRYPTION": merged(
        *(
            checked(
                kind,
                {
                    "EncryptionConfiguration": {
                        "Type": "CUSTOMER_MANAGED_KMS_KEY",
                        "KmsKeyId": arn("Key"),
                    }
                },
                {
                    "EncryptionConfiguration.Type": "AWS_OWNED_KEY",
                    "EncryptionConfiguration.KmsKeyId": MISSING,
                },
            )
            for kind in (MACHINE, "StepFunctions::Activity")
        )
    ),
    "IRYO-STATES-TRACING": checked(
        MACHINE,
        {"TracingConfiguration": {"Enabled": True}},
        {"TracingConfiguration": MISSING},
        findings={"TracingConfiguration": "TracingConfiguration.Enabled"},
    ),
    "IRYO-STATES-DEFINITION": Cases(
        good=[
            trained(),
            machine({"Call": call("http:invoke", {"ApiEndpoint": "https://api.example"})}),
            one(
                MACHINE,
                DefinitionString={
                    "Fn::Join": [
                        "",
                        [
                            '{"States":{"Put":{"Type":"Task","Resource":"x","Parameters":{"Token":"',
                            ref("Secret"),
                            '"}}}}',
                        ],
                    ]
                },
            ),
            one(MACHINE, Definition={"States": {"Wait": WAIT}}),
        ],
        bad=[
            (machine({"Call": call("x", {"ApiKey": "hunter2"})}), {"Call.ApiKey"}),
            (
                machine({"Call": call("http:invoke", {"ApiEndpoint": "http://api.example"})}),
                {"Call.ApiEndpoint"},
            ),
            (
                machine({"Call": {"Type": "Task", "Arguments": {"Password": "hunter2"}}}),
                {"Call.Password"},
            ),
        ],
        unknown=[one(MACHINE, DefinitionString=UNKNOWN), one(MACHINE)],
    ),
    "IRYO-STATES-END": Cases(
        good=[
            machine({"Call": call("x", {})}, TimeoutSeconds=60),
            machine({"Call": call("x", {}, TimeoutSeconds=60)}),
            machine({"Wait": WAIT}),
        ],
        bad=[(machine({"Call": call("x", {})}), {"Call"})],
        unknown=[one(MACHINE)],
    ),
    "IRYO-STATES-NETWORK": Cases(
        good=[machine({"Run": call(RUN, {})})],
        bad=[(machine({"Run": call(RUN, PUBLIC)}), {f"Run.{ADDRESS}"})],
        other=[machine({"Wait": WAIT})],
        unknown=[one(MACHINE)],
    ),
}
