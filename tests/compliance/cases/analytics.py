"""Streams, events and what works on data."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one
from tests.compliance.platform import arn

TRANSIT = "EncryptionInfo.EncryptionInTransit"


def rule(**target: Any) -> Given:
    return one("Events::Rule", Targets=[{"Id": "Target", **target}])


CASES: dict[str, Cases] = {
    "IRYO-MSK-ENCRYPTION": checked(
        "MSK::Cluster",
        {"EncryptionInfo": {"EncryptionAtRest": {"DataVolumeKMSKeyId": arn("Key")}}},
        {"EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId": MISSING},
    ),
    "IRYO-MSK-TLS": checked(
        "MSK::Cluster",
        {},
        {f"{TRANSIT}.ClientBroker": "TLS_PLAINTEXT", f"{TRANSIT}.InCluster": False},
    ),
    "IRYO-MSK-ACCESS": merged(
        checked(
            "MSK::Cluster",
            {"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}},
            {
                "ClientAuthentication.Sasl.Iam.Enabled": False,
                "ClientAuthentication.Unauthenticated.Enabled": True,
                "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type": "SERVICE_PROVIDED_EIPS",
            },
            findings={"ClientAuthentication.Sasl.Iam.Enabled": "ClientAuthentication"},
        ),
        checked(
            "MSK::ServerlessCluster",
            {"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}},
            {"ClientAuthentication.Sasl.Iam.Enabled": False},
            findings={"ClientAuthentication.Sasl.Iam.Enabled": "ClientAuthentication"},
        ),
    ),
    "IRYO-MSK-LOGS": checked(
        "MSK::Cluster",
        {"LoggingInfo": {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True}}}},
        {"LoggingInfo.BrokerLogs.CloudWatchLogs.Enabled": False},
        findings={"LoggingInfo.BrokerLogs.CloudWatchLogs.Enabled": ""},
        more=[{"LoggingInfo": {"BrokerLogs": {"S3": {"Enabled": True}}}}],
    ),
    "IRYO-FIREHOSE-ENCRYPTION": merged(
        checked(
            "KinesisFirehose::DeliveryStream",
            {
                "DeliveryStreamEncryptionConfigurationInput": {
                    "KeyType": "CUSTOMER_MANAGED_CMK",
                    "KeyARN": arn("Key"),
                }
            },
            {
                "DeliveryStreamEncryptionConfigurationInput.KeyType": "AWS_OWNED_CMK",
                "DeliveryStreamEncryptionConfigurationInput.KeyARN": MISSING,
            },
        ),
        Cases(
            good=[],
            bad=[],
            other=[
                one("KinesisFirehose::DeliveryStream", DeliveryStreamType="KinesisStreamAsSource")
            ],
        ),
    ),
    "IRYO-EVENTS-TARGETS": merged(
        Cases(
            good=[
                rule(Arn=arn("Queue"), DeadLetterConfig={"Arn": arn("Dead")}),
                rule(Arn=arn("Log")),
                rule(Arn={"Fn::Sub": "arn:aws:logs:x:1:log-group:name"}),
                one("Events::Rule"),
            ],
            bad=[(rule(Arn=arn("Queue")), {"Target.DeadLetterConfig.Arn"})],
            unknown=[one("Events::Rule", Targets={"Fn::ImportValue": "x"})],
        ),
        checked(
            "Scheduler::Schedule",
            {"Target": {"Arn": arn("Queue"), "DeadLetterConfig": {"Arn": arn("Dead")}}},
            {"Target.DeadLetterConfig": MISSING},
            findings={"Target.DeadLetterConfig": "Target.DeadLetterConfig.Arn"},
        ),
    ),
    "IRYO-EVENTS-ENCRYPTION": merged(
        checked("Scheduler::Schedule", {"KmsKeyArn": arn("Key")}, {"KmsKeyArn": MISSING}),
        checked("Pipes::Pipe", {"KmsKeyIdentifier": arn("Key")}, {"KmsKeyIdentifier": MISSING}),
        checked(
            "Events::Connection",
            {"KmsKeyIdentifier": arn("Key")},
            {"KmsKeyIdentifier": "alias/aws/events"},
        ),
    ),
    "IRYO-PIPES-LOGS": checked(
        "Pipes::Pipe",
        {"LogConfiguration": {"Level": "ERROR"}},
        {"LogConfiguration.Level": "OFF", "LogConfiguration.IncludeExecutionData": ["ALL"]},
    ),
    "IRYO-SNS-SUBSCRIPTION": checked(
        "SNS::Subscription", {"Protocol": "https"}, {"Protocol": "http"}
    ),
    "IRYO-GLUE-ENCRYPTION": checked(
        "Glue::SecurityConfiguration",
        {
            "EncryptionConfiguration": {
                "CloudWatchEncryption": {
                    "CloudWatchEncryptionMode": "SSE-KMS",
                    "KmsKeyArn": arn("Key"),
                },
                "JobBookmarksEncryption": {
                    "JobBookmarksEncryptionMode": "CSE-KMS",
                    "KmsKeyArn": arn("Key"),
                },
                "S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": arn("Key")}],
            }
        },
        {
            "EncryptionConfiguration.CloudWatchEncryption.CloudWatchEncryptionMode": "DISABLED",
            "EncryptionConfiguration.JobBookmarksEncryption.KmsKeyArn": MISSING,
            "EncryptionConfiguration.S3Encryptions": [],
            "EncryptionConfiguration.S3Encryptions.0.S3EncryptionMode": "SSE-S3",
            "EncryptionConfiguration.S3Encryptions.0.KmsKeyArn": MISSING,
        },
        findings={
            "EncryptionConfiguration.S3Encryptions.0.S3EncryptionMode": "S3.S3EncryptionMode",
            "EncryptionConfiguration.S3Encryptions.0.KmsKeyArn": "S3.KmsKeyArn",
        },
    ),
    "IRYO-GLUE-JOBS": merged(
        checked("Glue::Job", {"SecurityConfiguration": "safe"}, {"SecurityConfiguration": MISSING}),
        checked(
            "Glue::Crawler",
            {"CrawlerSecurityConfiguration": "safe"},
            {"CrawlerSecurityConfiguration": MISSING},
        ),
        checked(
            "Glue::DevEndpoint",
            {"SecurityConfiguration": "safe"},
            {"SecurityConfiguration": MISSING},
        ),
    ),
    "IRYO-GLUE-CATALOG": checked(
        "Glue::DataCatalogEncryptionSettings",
        {
            "DataCatalogEncryptionSettings": {
                "EncryptionAtRest": {
                    "CatalogEncryptionMode": "SSE-KMS",
                    "SseAwsKmsKeyId": arn("Key"),
                },
                "ConnectionPasswordEncryption": {
                    "ReturnConnectionPasswordEncrypted": True,
                    "KmsKeyId": arn("Key"),
                },
            }
        },
        {
            f"DataCatalogEncryptionSettings.{path}": value
            for path, value in {
                "EncryptionAtRest.CatalogEncryptionMode": "DISABLED",
                "EncryptionAtRest.SseAwsKmsKeyId": MISSING,
                "ConnectionPasswordEncryption.ReturnConnectionPasswordEncrypted": False,
                "ConnectionPasswordEncryption.KmsKeyId": MISSING,
            }.items()
        },
    ),
    "IRYO-GLUE-CONNECTION": checked(
        "Glue::Connection",
        {
            "ConnectionInput": {
                "ConnectionType": "JDBC",
                "ConnectionProperties": {"JDBC_ENFORCE_SSL": "true", "SECRET_ID": "db"},
            }
        },
        {
            "ConnectionInput.ConnectionProperties.JDBC_ENFORCE_SSL": "false",
            "ConnectionInput.ConnectionProperties.PASSWORD": "hunter2",
        },
        findings={
            "ConnectionInput.ConnectionProperties.JDBC_ENFORCE_SSL": "JDBC_ENFORCE_SSL",
            "ConnectionInput.ConnectionProperties.PASSWORD": "PASSWORD",
        },
        more=[{"ConnectionInput": {"ConnectionType": "NETWORK"}}],
    ),
    "IRYO-ATHENA-WORKGROUP": checked(
        "Athena::WorkGroup",
        {
            "WorkGroupConfiguration": {
                "ResultConfiguration": {
                    "EncryptionConfiguration": {
                        "EncryptionOption": "SSE_KMS",
                        "KmsKey": arn("Key"),
                    }
                }
            }
        },
        {
            f"WorkGroupConfiguration.{path}": value
            for path, value in {
                "EnforceWorkGroupConfiguration": False,
                "ResultConfiguration.EncryptionConfiguration.EncryptionOption": "SSE_S3",
                "ResultConfiguration.EncryptionConfiguration.KmsKey": MISSING,
            }.items()
        },
        more=[
            {
                "WorkGroupConfiguration": {
                    "ManagedQueryResultsConfiguration": {
                        "Enabled": True,
                        "EncryptionConfiguration": {"KmsKey": arn("Key")},
                    }
                }
            }
        ],
    ),
}
