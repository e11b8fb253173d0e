"""Identity policies name resources, except for actions that have none."""

from collections.abc import Iterator

from compliance.identity import TYPES, grants
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Actions without resource types in the Service Authorization Reference,
# https://docs.aws.amazon.com/service-authorization/latest/reference/: AWS takes only * for them.
WITHOUT_RESOURCE = frozenset(
    (
        *("cloudwatch:getmetricdata", "cloudwatch:listmetrics", "cloudwatch:putmetricdata"),
        *("ec2:describenetworkinterfaces", "ec2:describesubnets", "ec2:describevpcs"),
        *("ec2:describeavailabilityzones", "ec2:describeinstances", "ec2:describesecuritygroups"),
        *("ec2:describedhcpoptions", "ec2:describemanagedprefixlists"),
        *("ec2:describeaddresses", "ec2:describecapacityreservations", "ec2:describeimages"),
        *("ec2:describeinstancestatus", "ec2:describeinstancetypeofferings"),
        *("ec2:describeinstancetypes", "ec2:describekeypairs", "ec2:describelaunchtemplates"),
        *("ec2:describelaunchtemplateversions", "ec2:describeplacementgroups"),
        *("ec2:describeroutetables", "ec2:describesnapshots", "ec2:describetags"),
        *("ec2:describevolumes", "ec2:disableebsencryptionbydefault"),
        *("ec2:enableebsencryptionbydefault", "ec2:getebsdefaultkmskeyid"),
        *("ec2:getebsencryptionbydefault", "ec2:modifyebsdefaultkmskeyid"),
        *("ec2:resetebsdefaultkmskeyid", "servicequotas:listservicequotas"),
        *("ec2messages:acknowledgemessage", "ec2messages:deletemessage"),
        *("ec2messages:failmessage", "ec2messages:getendpoint", "ec2messages:getmessages"),
        *("ec2messages:sendreply", "ssm:getcommandinvocation"),
        *("autoscaling:describeautoscalinggroups", "autoscaling:describeautoscalinginstances"),
        *("autoscaling:describelifecyclehooks", "autoscaling:describescalingactivities"),
        *("batch:describecomputeenvironments", "batch:listjobs", "cloudwatch:listdashboards"),
        "elasticloadbalancing:describeloadbalancerattributes",
        "elasticloadbalancing:describeloadbalancers",
        "elasticloadbalancing:describetargetgroupattributes",
        "elasticloadbalancing:describetags",
        *("elasticloadbalancing:describelisteners", "elasticloadbalancing:describerules"),
        "elasticloadbalancing:describetargetgroups",
        "elasticloadbalancing:describetargethealth",
        *("ssmmessages:createcontrolchannel", "ssmmessages:createdatachannel"),
        *("ssmmessages:opencontrolchannel", "ssmmessages:opendatachannel"),
        *("ecr:getauthorizationtoken", "kms:generaterandom", "kms:listaliases", "kms:listkeys"),
        *("logs:createlogdelivery", "logs:deletelogdelivery", "logs:describeresourcepolicies"),
        *("logs:getlogdelivery", "logs:listlogdeliveries", "logs:putresourcepolicy"),
        *("logs:updatelogdelivery", "s3:listallmybuckets", "secretsmanager:getrandompassword"),
        *("secretsmanager:listsecrets", "ssm:describeparameters", "sts:getcalleridentity"),
        *("sagemaker:listapps", "sagemaker:listspaces", "s3:getaccountpublicaccessblock"),
        *("tag:getresources", "xray:getsamplingrules", "xray:getsamplingstatisticsummaries"),
        *("xray:getsamplingtargets", "xray:puttelemetryrecords", "xray:puttracesegments"),
    )
)


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    for statement in grants(resource):
        if not any(known(value, "a resource") == "*" for value in statement.resources):
            continue
        for action in statement.actions:
            if str(known(action, "an action")).lower() not in WITHOUT_RESOURCE:
                yield Problem(f"it allows {action} on every resource (*)", finding=str(action))


RULE = Rule(
    id="IRYO-IAM-RESOURCES",
    title=Text(
        "Identity policies grant on named resources",
        "ID ポリシーが指定したリソースだけに権限を与える",
    ),
    remedy=Text(
        "Name the ARN; only an action that AWS gives no resource type may have *.",
        "ARN を指定する。* は AWS がリソース種別を設けない操作にだけ許される。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=TYPES,
    check=_check,
)
