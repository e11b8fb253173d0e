"""The EKS room: what its templates promise, whatever is switched on."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from compliance.chain import longest, reached, waits_of
from compliance.templates import Assembly as Judged
from infra.config import EnvironmentConfig, path_of
from tests.conftest import Assembly

DIGEST = "sha256:" + "0" * 64
CHART = {"version": "1.2.3", "digest": DIGEST}
SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-abcdef"  # noqa: S105
KEY = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"
ROLE = "AWSReservedSSO_Operators_0123456789abcdef"
EVERYTHING: dict[str, Any] = {
    "name": "kube",
    "rooms": {"eks": True, "edge": True},
    "eks": {
        "fargate": ["hpc"],
        "prometheus": True,
        "signing_key": KEY,
        "gpu": {"enabled": True},
        "addons": {"aws_fsx_csi_driver": "v1.9.0-eksbuild.1"},
        "access": {"region": "ap-northeast-1", "operators": [ROLE]},
        "charts": {"mirror": True, "argo_rollouts": CHART, "kyverno": CHART, "vault": CHART},
    },
    "services": {
        "records": {
            "runs_on": "eks",
            "image": ":1.4.2",
            "data_class": "confidential",
            "reads": ["confidential/raw"],
            "secrets": {"PASSWORD": SECRET},
        },
        "model": {
            "runs_on": "eks",
            "image": ":2.0.0",
            "namespace": "ml-inference",
            "data_class": "important",
            "reads": ["important/pipelines"],
            "deployment": "canary",
            "metrics_port": 9090,
        },
        "front": {"runs_on": "eks", "image": ":1.0.0", "path": "/front", "port": 9443},
        "sort": {"runs_on": "eks", "image": ":0.3.1", "namespace": "hpc"},
    },
}

SERVICES = EVERYTHING["services"]


@pytest.fixture(scope="module")
def kube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    """Production with the room as large as it gets, synthesised once."""
    from app import build_app
    from infra.eks import charts

    base = tomllib.loads(path_of("production").read_text())
    for table in ("mlops", "hpc", "ecs", "registry", "services", "eks", "rooms"):
        base.pop(table, None)
    outdir = tmp_path_factory.mktemp("kube")
    layer = tmp_path_factory.mktemp("helm") / "layer.zip"
    layer.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(charts, "helm_layer", lambda: layer)
        config = EnvironmentConfig.model_validate({**base, **EVERYTHING})
        build_app(config, outdir, validate=False).synth()
    yield Assembly(outdir, "kube")


def objects(kube: Assembly, part: str) -> list[dict[str, Any]]:
    """The Kubernetes objects of a custom resource; references are left as text."""
    [resource] = [
        one
        for name, one in kube.resources("Eks", "Custom::KubernetesObjects").items()
        if name.startswith(f"Deployment{part}")
    ]
    manifest = resource["Properties"]["Manifest"]
    if isinstance(manifest, dict):
        manifest = "".join(
            part if isinstance(part, str) else "<reference>" for part in manifest["Fn::Join"][1]
        )
    found: list[dict[str, Any]] = json.loads(manifest)
    return found


def test_the_cluster_is_closed(kube: Assembly) -> None:
    cluster = kube.resource("Eks", "AWS::EKS::Cluster")
    assert cluster["ResourcesVpcConfig"]["EndpointPublicAccess"] is False
    assert cluster["ResourcesVpcConfig"]["EndpointPrivateAccess"] is True
    assert cluster["AccessConfig"] == {
        "AuthenticationMode": "API",
        "BootstrapClusterCreatorAdminPermissions": False,
    }
    kinds = [one["Type"] for one in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]]
    assert sorted(kinds) == ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    assert "KeyArn" in cluster["EncryptionConfig"][0]["Provider"]
    assert cluster["DeletionProtection"] is True
    logs = kube.resource("Eks", "AWS::Logs::LogGroup", LogGroupName="/aws/eks/iryo-kube/cluster")
    assert "KmsKeyId" in logs


def test_nodes_give_pods_nothing(kube: Assembly) -> None:
    templates = kube.resources("Eks", "AWS::EC2::LaunchTemplate").values()
    assert len(templates) == 2
    for template in templates:
        data = template["Properties"]["LaunchTemplateData"]
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
        assert [one["DeviceName"] for one in data["BlockDeviceMappings"]] == [
            "/dev/xvda",
            "/dev/xvdb",
        ]
        assert all(one["Ebs"]["Encrypted"] for one in data["BlockDeviceMappings"])
    kinds = {
        one["Properties"]["AmiType"]
        for one in kube.resources("Eks", "AWS::EKS::Nodegroup").values()
    }
    assert kinds == {"BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64_NVIDIA"}


def test_every_add_on_has_a_version(kube: Assembly) -> None:
    addons = kube.resources("Eks", "AWS::EKS::Addon").values()
    names = {one["Properties"]["AddonName"]: one["Properties"]["AddonVersion"] for one in addons}
    assert {"vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "metrics-server"} <= set(
        names
    )
    assert all("-eksbuild." in version for version in names.values())
    [cni] = kube.resources("Eks", "AWS::EKS::Addon", AddonName="vpc-cni").values()
    assert json.loads(cni["Properties"]["ConfigurationValues"])["enableNetworkPolicy"] == "true"


def test_people_get_groups_and_no_policy(kube: Assembly) -> None:
    [person] = kube.resources(
        "Eks", "AWS::EKS::AccessEntry", KubernetesGroups=["iryo:operators"]
    ).values()
    assert "AccessPolicies" not in person["Properties"]
    arn = "".join(
        part
        for part in person["Properties"]["PrincipalArn"]["Fn::Join"][1]
        if isinstance(part, str)
    )
    assert arn.endswith(f"role/aws-reserved/sso.amazonaws.com/ap-northeast-1/{ROLE}")


def test_a_pod_has_the_role_that_it_declared(kube: Assembly) -> None:
    roles = {
        name: one["Properties"]
        for name, one in kube.resources("Eks", "AWS::IAM::Role").items()
        if name.startswith("Services")
    }
    assert len(roles) == len(SERVICES)
    [trust] = [one["AssumeRolePolicyDocument"] for name, one in roles.items() if "records" in name]
    condition = trust["Statement"][0]["Condition"]["StringEquals"]
    assert condition["aws:RequestTag/kubernetes-namespace"] == "production"
    assert condition["aws:RequestTag/kubernetes-service-account"] == "records"
    policies = kube.resources("Eks", "AWS::IAM::ManagedPolicy")
    [policy] = [one for name, one in policies.items() if name.startswith("Servicesrecords")]
    actions = {
        action
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    assert "s3:GetObject" in actions
    assert "s3:PutObject" not in actions
    assert "secretsmanager:GetSecretValue" in actions
    # What declares nothing may do nothing.
    assert not [name for name in policies if name.startswith("Servicessort")]


def test_pods_on_fargate_use_tokens(kube: Assembly) -> None:
    [trust] = [
        one["Properties"]["AssumeRolePolicyDocument"]
        for name, one in kube.resources("Eks", "AWS::IAM::Role").items()
        if name.startswith("Servicessort")
    ]
    document = json.loads(trust["Fn::Sub"][0])
    assert document["Statement"][0]["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert document["Statement"][0]["Condition"]["StringEquals"] == {
        "${Issuer}:aud": "sts.amazonaws.com",
        "${Issuer}:sub": "system:serviceaccount:hpc:sort",
    }
    [account] = [one for one in objects(kube, "Servicesort") if one["kind"] == "ServiceAccount"]
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == "<reference>"
    associations = kube.resources("Eks", "AWS::EKS::PodIdentityAssociation").values()
    assert "sort" not in {one["Properties"]["ServiceAccount"] for one in associations}


def test_a_service_is_found_in_the_template(kube: Assembly) -> None:
    kinds = {one["kind"] for one in objects(kube, "Servicemodel")}
    assert {"Rollout", "AnalysisTemplate", "NetworkPolicy", "PodDisruptionBudget"} <= kinds
    [policy] = [
        one
        for one in objects(kube, "Foundation")
        if one["metadata"]["name"] == "own-registry" and "validations" in one["spec"]
    ]
    assert "startsWith('<reference>" in policy["spec"]["validations"][0]["expression"]


def test_charts_are_pinned_twice(kube: Assembly) -> None:
    found = kube.resources("Eks", "Custom::HelmChart").values()
    assert {one["Properties"]["Chart"] for one in found} == {"argo-rollouts", "kyverno", "vault"}
    assert {one["Properties"]["Digest"] for one in found} == {DIGEST}
    for one in found:
        repository = one["Properties"]["Repository"]["Fn::Join"][1]
        assert repository[0] == "oci://"
        assert repository[-1].endswith("/iryo-kube/charts")


def test_the_cluster_does_not_wait_for_stores_nor_they_for_it(kube: Assembly) -> None:
    templates = Judged(kube.outdir).templates
    waits = waits_of(templates)
    rooms = {
        template.path.rpartition("/")[2]: {
            (template.file, name) for name in template.section("Resources")
        }
        for template in templates
    }
    stores, clusters = rooms["Data"] | rooms["Ingestion"], rooms["Eks"]
    [cluster] = [node for node in clusters if node[1] in kube.resources("Eks", "AWS::EKS::Cluster")]
    kinds = {
        (template.file, name): body["Type"]
        for template in templates
        for name, body in template.section("Resources").items()
    }
    for node in reached(waits, cluster):
        assert not kinds[node].startswith(("AWS::RDS::", "AWS::Redshift", "AWS::ElastiCache"))
    for node in stores:
        assert not reached(waits, node) & clusters
    assert len(longest(waits)) <= 25


def test_a_path_at_the_edge_leads_to_the_pods(kube: Assembly) -> None:
    [group] = kube.resources("Eks", "AWS::ElasticLoadBalancingV2::TargetGroup").items()
    assert {"Key": "eks:eks-cluster-name", "Value": "iryo-kube"} in group[1]["Properties"]["Tags"]
    assert (group[1]["Properties"]["Protocol"], group[1]["Properties"]["TargetType"]) == (
        "HTTPS",
        "ip",
    )
    rule = kube.resource("Eks", "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert rule["Conditions"][0]["PathPatternConfig"]["Values"] == ["/front", "/front/*"]
    assert rule["Actions"][0]["TargetGroupArn"] == {"Ref": group[0]}

    found = {one["kind"]: one for one in objects(kube, "Servicefront")}
    assert found["TargetGroupBinding"]["spec"]["serviceRef"] == {"name": "front", "port": 443}
    ports = [each["ports"][0]["port"] for each in found["NetworkPolicy"]["spec"]["ingress"]]
    assert ports == [9443, 9443]
    opened = kube.resources("Eks", "AWS::EC2::SecurityGroupIngress", FromPort=9443).values()
    assert [one["Properties"]["ToPort"] for one in opened] == [9443]
    assert "TargetGroupBinding" not in {one["kind"] for one in objects(kube, "Servicerecords")}
