"""Whatever computes or keeps data stands in subnets that no route leads to from the Internet."""

from collections.abc import Iterator

from compliance.reading.checks import look
from compliance.reading.network import is_public
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Where each type says in which subnets it stands.
PLACES = {
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier",
    "AWS::Batch::ComputeEnvironment": "ComputeResources.Subnets",
    "AWS::CodeBuild::Project": "VpcConfig.Subnets",
    "AWS::DMS::ReplicationSubnetGroup": "SubnetIds",
    "AWS::DocDB::DBSubnetGroup": "SubnetIds",
    "AWS::EC2::Instance": "SubnetId",
    "AWS::ECS::Service": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
    "AWS::EFS::MountTarget": "SubnetId",
    "AWS::EKS::Cluster": "ResourcesVpcConfig.SubnetIds",
    "AWS::EKS::FargateProfile": "Subnets",
    "AWS::EKS::Nodegroup": "Subnets",
    "AWS::ElastiCache::ServerlessCache": "SubnetIds",
    "AWS::ElastiCache::SubnetGroup": "SubnetIds",
    "AWS::FSx::FileSystem": "SubnetIds",
    "AWS::Glue::Connection": "ConnectionInput.PhysicalConnectionRequirements.SubnetId",
    "AWS::Lambda::Function": "VpcConfig.SubnetIds",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo.ClientSubnets",
    "AWS::MemoryDB::SubnetGroup": "SubnetIds",
    "AWS::Neptune::DBSubnetGroup": "SubnetIds",
    "AWS::OpenSearchService::Domain": "VPCOptions.SubnetIds",
    "AWS::PCS::Cluster": "Networking.SubnetIds",
    "AWS::PCS::ComputeNodeGroup": "SubnetIds",
    "AWS::RDS::DBProxy": "VpcSubnetIds",
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
    "AWS::Redshift::ClusterSubnetGroup": "SubnetIds",
    "AWS::RedshiftServerless::Workgroup": "SubnetIds",
    "AWS::SageMaker::Cluster": "VpcConfig.Subnets",
    "AWS::SageMaker::Domain": "SubnetIds",
    "AWS::SageMaker::Model": "VpcConfig.Subnets",
    "AWS::SageMaker::NotebookInstance": "SubnetId",
}


def _is_placed(resource: Resource, _: Context) -> bool:
    return bool(look(resource, PLACES[resource.type]))


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    path = PLACES[resource.type]
    given = look(resource, path)
    for subnet in given if isinstance(given, list) else [given]:
        if is_public(subnet, context.resources):
            yield Problem(f"{path} has {subnet}, which leads to the Internet", finding=str(subnet))


RULE = Rule(
    id="IRYO-EC2-PRIVATE-PLACEMENT",
    title=Text(
        "What computes or keeps data stands in private subnets",
        "計算やデータ保存を行うものがプライベートサブネットにある",
    ),
    remedy=Text(
        "Choose subnets whose route table has no internet gateway.",
        "ルートテーブルにインターネットゲートウェイのないサブネットを選ぶ。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=tuple(PLACES),
    check=_check,
    applies=_is_placed,
)
