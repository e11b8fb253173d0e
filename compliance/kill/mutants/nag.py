"""How each rule of cdk-nag that meets a resource of the platform is broken."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3

from compliance.kill.tree import TreeBreak

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
BUCKET = "AWS::S3::Bucket"
DATABASE = "AWS::RDS::DBInstance"
FUNCTION = "AWS::Lambda::Function"
GROUP = "AWS::Logs::LogGroup"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
SECURITY = "AWS::EC2::SecurityGroup"
MANAGED = "AWS::IAM::ManagedPolicy"
PERMISSION = "AWS::Lambda::Permission"
ROLE = "AWS::IAM::Role"
STAGE = "AWS::ApiGateway::Stage"
TASK = "AWS::ECS::TaskDefinition"
TABLE = "AWS::DynamoDB::Table"
TRAIL = "AWS::CloudTrail::Trail"
ELSEWHERE = "arn:aws:service:::elsewhere"


def _document(action: str) -> dict[str, object]:
    """Return a policy with its keys in the order of the CDK, which cdk-nag's pattern relies on."""
    statement = {"Action": action, "Effect": "Allow", "Resource": "*"}
    return {"Statement": [statement], "Version": "2012-10-17"}


def _from_anywhere(port: int) -> list[ec2.CfnSecurityGroup.IngressProperty]:
    return [
        ec2.CfnSecurityGroup.IngressProperty(
            ip_protocol="tcp", cidr_ip="0.0.0.0/0", from_port=port, to_port=port
        )
    ]


def _break(rule: str, type_: str, /, **values: object) -> TreeBreak:
    return TreeBreak(rule=rule, type=type_, values=values)


EVERYTHING = _document("*")
FULL_ACCESS = _document("s3:*")
HALF_OPEN = s3.CfnBucket.PublicAccessBlockConfigurationProperty(
    block_public_acls=True, ignore_public_acls=True
)
# Of a load balancer without any attribute the rule about logs stops instead of judging.
PLAIN = [elb.CfnLoadBalancer.LoadBalancerAttributeProperty(key="idle_timeout", value="60")]
NOBODY = [ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="solver", image="solver:1")]

BREAKS = (
    _break("ALBHttpDropInvalidHeaderEnabled", BALANCER, load_balancer_attributes=PLAIN),
    _break("ALBHttpToHttpsRedirection", LISTENER, protocol="HTTP"),
    TreeBreak(
        rule="ALBWAFEnabled",
        type=BALANCER,
        values={"resource_arn": ELSEWHERE},
        via="AWS::WAFv2::WebACLAssociation",
    ),
    TreeBreak(
        rule="APIGWAssociatedWithWAF",
        type=STAGE,
        values={"resource_arn": ELSEWHERE},
        via="AWS::WAFv2::WebACLAssociation",
    ),
    _break("APIGWExecutionLoggingEnabled", STAGE, method_settings=[]),
    _break("APIGWXrayEnabled", STAGE, tracing_enabled=False),
    _break("CloudTrailCloudWatchLogsEnabled", TRAIL, cloud_watch_logs_log_group_arn=None),
    _break("CloudTrailEncryptionEnabled", TRAIL, kms_key_id=None),
    _break("CloudTrailLogFileValidationEnabled", TRAIL, enable_log_file_validation=False),
    _break("CloudWatchAlarmAction", "AWS::CloudWatch::Alarm", actions_enabled=False),
    _break("CloudWatchLogGroupEncrypted", GROUP, kms_key_id=None),
    _break("CloudWatchLogGroupRetentionPeriod", GROUP, retention_in_days=None),
    _break("DynamoDBAutoScalingEnabled", TABLE, billing_mode="PROVISIONED"),
    _break("DynamoDBPITREnabled", TABLE, point_in_time_recovery_specification=None),
    _break("EC2RestrictedCommonPorts", SECURITY, security_group_ingress=_from_anywhere(3389)),
    _break("EC2RestrictedSSH", SECURITY, security_group_ingress=_from_anywhere(22)),
    _break(
        "ECSTaskDefinitionUserForHostMode", TASK, network_mode="host", container_definitions=NOBODY
    ),
    _break("EFSEncrypted", "AWS::EFS::FileSystem", encrypted=False),
    _break("ELBDeletionProtectionEnabled", BALANCER, load_balancer_attributes=PLAIN),
    _break("ELBLoggingEnabled", BALANCER, load_balancer_attributes=PLAIN),
    _break("ELBv2ACMCertificateRequired", LISTENER, certificates=None),
    _break("IAMNoInlinePolicy", ROLE, policies=[]),
    _break("IAMPolicyNoStatementsWithAdminAccess", MANAGED, policy_document=EVERYTHING),
    _break("IAMPolicyNoStatementsWithFullAccess", MANAGED, policy_document=FULL_ACCESS),
    _break("IAMUserNoPolicies", MANAGED, users=["somebody"]),
    _break("KMSBackingKeyRotationEnabled", "AWS::KMS::Key", enable_key_rotation=False),
    _break("LambdaConcurrency", FUNCTION, reserved_concurrent_executions=None),
    _break("LambdaDLQ", FUNCTION, dead_letter_config=None),
    _break(
        "LambdaFunctionPublicAccessProhibited",
        PERMISSION,
        principal="*",
        source_arn=None,
        source_account=None,
    ),
    _break("LambdaInsideVPC", FUNCTION, vpc_config=None),
    _break("RDSAutomaticMinorVersionUpgradeEnabled", DATABASE, auto_minor_version_upgrade=False),
    _break("RDSEnhancedMonitoringEnabled", DATABASE, monitoring_interval=0),
    _break("RDSInstanceBackupEnabled", DATABASE, backup_retention_period=0),
    _break("RDSInstanceDeletionProtectionEnabled", DATABASE, deletion_protection=False),
    _break("RDSInstancePublicAccess", DATABASE, publicly_accessible=None),
    _break("RDSMultiAZSupport", DATABASE, multi_az=False),
    _break("RDSStorageEncrypted", DATABASE, storage_encrypted=False),
    # Of a bucket that blocks nothing at all this rule says nothing; the next two do.
    _break(
        "S3BucketLevelPublicAccessProhibited", BUCKET, public_access_block_configuration=HALF_OPEN
    ),
    _break("S3BucketPublicReadProhibited", BUCKET, public_access_block_configuration=None),
    _break("S3BucketPublicWriteProhibited", BUCKET, public_access_block_configuration=None),
    TreeBreak(
        rule="S3BucketLoggingEnabled",
        type=BUCKET,
        values={"logging_configuration": None},
        where=lambda bucket: "LoggingConfiguration" in bucket.properties,
    ),
    _break("S3BucketSSLRequestsOnly", "AWS::S3::BucketPolicy", policy_document=EVERYTHING),
    _break("S3BucketVersioningEnabled", BUCKET, versioning_configuration=None),
    _break("S3DefaultEncryptionKMS", BUCKET, bucket_encryption=None),
    _break("SNSEncryptedKMS", "AWS::SNS::Topic", kms_master_key_id=None),
    _break("SecretsManagerUsingKMSKey", "AWS::SecretsManager::Secret", kms_key_id=None),
    TreeBreak(
        rule="VPCFlowLogsEnabled",
        type="AWS::EC2::VPC",
        values={"resource_id": "vpc-1"},
        via="AWS::EC2::FlowLog",
    ),
    _break("VPCNoUnrestrictedRouteToIGW", "AWS::EC2::Route", gateway_id="igw-1"),
    _break("VPCSubnetAutoAssignPublicIpDisabled", "AWS::EC2::Subnet", map_public_ip_on_launch=True),
    TreeBreak(
        rule="WAFv2LoggingEnabled",
        type="AWS::WAFv2::WebACL",
        values={"resource_arn": ELSEWHERE},
        via="AWS::WAFv2::LoggingConfiguration",
    ),
)
