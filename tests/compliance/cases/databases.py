"""Databases, warehouses, caches and search."""

import json
from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one
from tests.compliance.platform import arn, named, ref

DATABASE = "RDS::DBInstance"
MEMBER = one(DATABASE, DBClusterIdentifier="cluster")


def group(kind: str, family: str, **parameters: Any) -> Given:
    return one(f"RDS::{kind}", Family=family, Parameters=parameters)


def policy(kind: str, *parts: dict[str, Any]) -> Given:
    document = list(parts) if kind == "network" else parts[0]
    return one("OpenSearchServerless::SecurityPolicy", Type=kind, Policy=json.dumps(document))


ENCRYPTED = {"StorageEncrypted": True, "KmsKeyId": arn("Key")}
CLUSTER_PARAMETERS = {"DBClusterParameterGroupName": ref("Parameters")}
PARAMETER = [{"ParameterName": "require_ssl", "ParameterValue": "true"}]
CONFIG = [{"ParameterKey": "require_ssl", "ParameterValue": "true"}]

CASES: dict[str, Cases] = {
    "IRYO-RDS-ENCRYPTION": merged(
        checked(
            DATABASE,
            {
                **ENCRYPTED,
                "EnablePerformanceInsights": True,
                "PerformanceInsightsKMSKeyId": arn("Key"),
            },
            {
                "StorageEncrypted": MISSING,
                "KmsKeyId": MISSING,
                "PerformanceInsightsKMSKeyId": MISSING,
            },
        ),
        checked("DocDB::DBCluster", ENCRYPTED, {"StorageEncrypted": False}),
        checked("Neptune::DBCluster", ENCRYPTED, {"KmsKeyId": "alias/aws/rds"}),
        checked("RDS::DBCluster", ENCRYPTED, {"KmsKeyId": MISSING}),
        Cases(good=[], bad=[], other=[MEMBER]),
    ),
    "IRYO-RDS-NETWORK": merged(
        checked(DATABASE, {"PubliclyAccessible": False}, {"PubliclyAccessible": MISSING}),
        checked("RDS::DBCluster", {}, {"PubliclyAccessible": True}),
        Cases(good=[MEMBER], bad=[]),
    ),
    "IRYO-RDS-BACKUP": merged(
        checked(
            DATABASE,
            {"BackupRetentionPeriod": 7, "DeletionProtection": True},
            {"BackupRetentionPeriod": MISSING, "DeletionProtection": False},
        ),
        checked(
            "DocDB::DBCluster",
            {"BackupRetentionPeriod": "35", "DeletionProtection": "true"},
            {"BackupRetentionPeriod": 1},
        ),
        Cases(good=[], bad=[], other=[MEMBER]),
    ),
    "IRYO-RDS-ACCESS": checked(
        DATABASE,
        {"Engine": "postgres", "EnableIAMDatabaseAuthentication": True},
        {"EnableIAMDatabaseAuthentication": MISSING, "MasterUserPassword": "hunter2"},
        more=[
            {"Engine": "oracle-ee"},
            {
                "Engine": "aurora-postgresql",
                "EnableIAMDatabaseAuthentication": True,
                "MasterUserPassword": "{{resolve:secretsmanager:db:SecretString:password}}",
            },
        ],
    ),
    "IRYO-RDS-TLS": Cases(
        good=[
            group("DBParameterGroup", "postgres16", **{"rds.force_ssl": "1"}),
            group("DBClusterParameterGroup", "aurora-mysql8.0", require_secure_transport="ON"),
            one("RDS::DBProxy", RequireTLS=True),
            {
                **one(DATABASE, Engine="mysql", DBParameterGroupName=ref("Parameters")),
                "Parameters": named("RDS::DBParameterGroup", Family="mysql8.4"),
            },
            {
                **one("RDS::DBCluster", Engine="aurora-mysql", **CLUSTER_PARAMETERS),
                "Parameters": named("RDS::DBClusterParameterGroup", Family="aurora-mysql8.0"),
            },
        ],
        bad=[
            (one(DATABASE, Engine="postgres"), {"DBParameterGroupName"}),
            (
                one(DATABASE, Engine="mariadb", DBParameterGroupName="default.mariadb11.4"),
                {"DBParameterGroupName"},
            ),
            (
                one("RDS::DBCluster", Engine="aurora-postgresql"),
                {"DBClusterParameterGroupName"},
            ),
            (group("DBParameterGroup", "sqlserver-ee-16.0"), {"rds.force_ssl"}),
            (group("DBParameterGroup", "postgres16"), {"rds.force_ssl"}),
            (
                group("DBClusterParameterGroup", "aurora-mysql8.0", require_secure_transport=0),
                {"require_secure_transport"},
            ),
            (one("RDS::DBProxy"), {"RequireTLS"}),
        ],
        other=[
            group("DBParameterGroup", "oracle-ee-19"),
            group("DBParameterGroup", "aurora-postgresql16"),
            one(DATABASE, Engine="aurora-mysql", DBClusterIdentifier="cluster"),
            one(DATABASE, Engine="oracle-ee"),
        ],
    ),
    "IRYO-RDS-LOGS": checked(
        DATABASE,
        {"EnableCloudwatchLogsExports": ["postgresql"]},
        {"EnableCloudwatchLogsExports": MISSING},
    ),
    "IRYO-REDSHIFT-ENCRYPTION": merged(
        checked(
            "Redshift::Cluster",
            {"Encrypted": True, "KmsKeyId": arn("Key")},
            {"Encrypted": MISSING, "KmsKeyId": MISSING},
        ),
        checked("RedshiftServerless::Namespace", {"KmsKeyId": arn("Key")}, {"KmsKeyId": MISSING}),
    ),
    "IRYO-REDSHIFT-NETWORK": merged(
        checked(
            "Redshift::Cluster",
            {"PubliclyAccessible": False, "EnhancedVpcRouting": True},
            {"PubliclyAccessible": MISSING, "EnhancedVpcRouting": False},
        ),
        checked(
            "RedshiftServerless::Workgroup",
            {"EnhancedVpcRouting": True},
            {"PubliclyAccessible": True, "EnhancedVpcRouting": MISSING},
        ),
    ),
    "IRYO-REDSHIFT-LOGS": merged(
        checked(
            "Redshift::Cluster",
            {"LoggingProperties": {"LogDestinationType": "cloudwatch"}},
            {"LoggingProperties": MISSING},
        ),
        checked(
            "RedshiftServerless::Namespace",
            {"LogExports": ["connectionlog"]},
            {"LogExports": []},
        ),
    ),
    "IRYO-REDSHIFT-TLS": merged(
        checked(
            "Redshift::ClusterParameterGroup",
            {"Parameters": PARAMETER},
            {"Parameters": MISSING},
            findings={"Parameters": ""},
        ),
        checked(
            "RedshiftServerless::Workgroup",
            {"ConfigParameters": CONFIG},
            {"ConfigParameters.0.ParameterValue": "false"},
            findings={"ConfigParameters.0.ParameterValue": ""},
        ),
    ),
    "IRYO-ELASTICACHE-ENCRYPTION": merged(
        checked(
            "ElastiCache::ReplicationGroup",
            {"AtRestEncryptionEnabled": True, "KmsKeyId": arn("Key")},
            {"AtRestEncryptionEnabled": MISSING, "KmsKeyId": MISSING},
        ),
        checked("ElastiCache::ServerlessCache", {"KmsKeyId": arn("Key")}, {"KmsKeyId": MISSING}),
        checked("MemoryDB::Cluster", {"KmsKeyId": arn("Key")}, {"KmsKeyId": MISSING}),
    ),
    "IRYO-ELASTICACHE-TLS": merged(
        checked(
            "ElastiCache::ReplicationGroup",
            {"TransitEncryptionEnabled": True},
            {"TransitEncryptionEnabled": False, "TransitEncryptionMode": "preferred"},
        ),
        checked(
            "ElastiCache::CacheCluster",
            {"Engine": "memcached", "TransitEncryptionEnabled": True},
            {"TransitEncryptionEnabled": MISSING},
        ),
        checked("MemoryDB::Cluster", {}, {"TLSEnabled": False}),
        Cases(good=[], bad=[], other=[one("ElastiCache::CacheCluster", Engine="redis")]),
    ),
    "IRYO-ELASTICACHE-ACCESS": merged(
        checked(
            "ElastiCache::ReplicationGroup",
            {"UserGroupIds": ["users"]},
            {"UserGroupIds": MISSING},
            more=[{"AuthToken": "{{resolve:secretsmanager:cache}}"}],
            findings={"UserGroupIds": ""},
        ),
        checked("ElastiCache::ServerlessCache", {"UserGroupId": "users"}, {"UserGroupId": MISSING}),
    ),
    "IRYO-OPENSEARCH-ENCRYPTION": checked(
        "OpenSearchService::Domain",
        {"EncryptionAtRestOptions": {"Enabled": True, "KmsKeyId": arn("Key")}},
        {"EncryptionAtRestOptions.Enabled": False, "EncryptionAtRestOptions.KmsKeyId": MISSING},
    ),
    "IRYO-OPENSEARCH-TLS": checked(
        "OpenSearchService::Domain",
        {
            "DomainEndpointOptions": {
                "EnforceHTTPS": True,
                "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
            },
            "NodeToNodeEncryptionOptions": {"Enabled": True},
        },
        {
            "DomainEndpointOptions.EnforceHTTPS": MISSING,
            "DomainEndpointOptions.TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07",
            "NodeToNodeEncryptionOptions.Enabled": False,
        },
    ),
    "IRYO-OPENSEARCH-ACCESS": checked(
        "OpenSearchService::Domain",
        {
            "VPCOptions": {"SubnetIds": ["subnet-1"]},
            "AdvancedSecurityOptions": {"Enabled": True},
        },
        {"VPCOptions.SubnetIds": MISSING, "AdvancedSecurityOptions.Enabled": MISSING},
    ),
    "IRYO-OPENSEARCH-LOGS": checked(
        "OpenSearchService::Domain",
        {"LogPublishingOptions": {"AUDIT_LOGS": {"Enabled": True}}},
        {"LogPublishingOptions.AUDIT_LOGS.Enabled": False},
    ),
    "IRYO-OPENSEARCH-SERVERLESS": Cases(
        good=[
            policy("network", {"AllowFromPublic": False, "SourceVPCEs": ["vpce-1"]}),
            policy("encryption", {"AWSOwnedKey": False, "KmsARN": "arn:aws:kms:x:1:key/1"}),
        ],
        bad=[
            (policy("network", {"AllowFromPublic": True}), {"0.AllowFromPublic"}),
            (policy("encryption", {"AWSOwnedKey": True}), {"0.AWSOwnedKey", "0.KmsARN"}),
        ],
        unknown=[one("OpenSearchServerless::SecurityPolicy", Policy={"Fn::ImportValue": "x"})],
    ),
}
