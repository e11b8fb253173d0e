"""Clusters of EKS."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one
from tests.compliance.platform import arn

CUSTOM = "Custom::AWSCDK-EKS-Cluster"
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def older(**config: Any) -> Given:
    return one(CUSTOM, Config=config)


def logging(*kinds: str) -> dict[str, Any]:
    return {"Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": kind} for kind in kinds]}}}


def entry(**properties: Any) -> Given:
    return one("EKS::AccessEntry", **properties)


def granted(scope: str) -> Given:
    policy = {"PolicyArn": ADMINISTRATOR, "AccessScope": {"Type": scope}}
    return entry(AccessPolicies=[policy])


CASES: dict[str, Cases] = {
    "IRYO-EKS-ENDPOINT": merged(
        checked(
            "EKS::Cluster",
            {
                "ResourcesVpcConfig": {
                    "EndpointPublicAccess": False,
                    "EndpointPrivateAccess": True,
                }
            },
            {
                "ResourcesVpcConfig.EndpointPublicAccess": MISSING,
                "ResourcesVpcConfig.EndpointPrivateAccess": False,
            },
        ),
        Cases(
            good=[
                older(
                    resourcesVpcConfig={
                        "endpointPublicAccess": "false",
                        "endpointPrivateAccess": "true",
                    }
                )
            ],
            bad=[
                (
                    older(resourcesVpcConfig={"endpointPrivateAccess": True}),
                    {"ResourcesVpcConfig.EndpointPublicAccess"},
                )
            ],
        ),
    ),
    "IRYO-EKS-SECRETS": merged(
        checked(
            "EKS::Cluster",
            {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": arn("Key")}}]},
            {
                "EncryptionConfig.0.Provider.KeyArn": "alias/aws/eks",
                "EncryptionConfig.0.Resources": [],
                "EncryptionConfig": MISSING,
            },
            findings={
                "EncryptionConfig.0.Provider.KeyArn": "Provider.KeyArn",
                "EncryptionConfig.0.Resources": "",
                "EncryptionConfig": "",
            },
        ),
        Cases(
            good=[
                one("EKS::Cluster", EncryptionConfig=[{"Provider": {"KeyArn": arn("Key")}}]),
                older(
                    encryptionConfig=[
                        {"resources": ["secrets"], "provider": {"keyArn": arn("Key")}}
                    ]
                ),
            ],
            bad=[(older(), {""})],
        ),
    ),
    "IRYO-EKS-LOGS": Cases(
        good=[
            one("EKS::Cluster", **logging(*LOGS)),
            older(logging={"clusterLogging": [{"enabled": True, "types": list(LOGS)}]}),
        ],
        bad=[
            (one("EKS::Cluster"), set(LOGS)),
            (one("EKS::Cluster", **logging(*LOGS[1:])), {"api"}),
            (
                older(
                    logging={
                        "clusterLogging": [
                            {"enabled": True, "types": list(LOGS[1:])},
                            {"enabled": False, "types": ["api"]},
                        ]
                    }
                ),
                {"api"},
            ),
        ],
    ),
    "IRYO-EKS-ACCESS": checked(
        "EKS::Cluster",
        {
            "AccessConfig": {
                "AuthenticationMode": "API",
                "BootstrapClusterCreatorAdminPermissions": False,
            }
        },
        {
            "AccessConfig.AuthenticationMode": "API_AND_CONFIG_MAP",
            "AccessConfig.BootstrapClusterCreatorAdminPermissions": MISSING,
        },
    ),
    "IRYO-EKS-ACCESS-ENTRY": Cases(
        good=[entry(), granted("namespace"), entry(KubernetesGroups=["readers"])],
        bad=[
            (entry(KubernetesGroups=["system:masters"]), {"system:masters"}),
            (granted("cluster"), {"AmazonEKSClusterAdminPolicy"}),
        ],
    ),
    "IRYO-EKS-VERSION": Cases(
        good=[
            one("EKS::Cluster", Version="1.35"),
            older(version="1.36"),
            one("EKS::Nodegroup"),
            one("EKS::Nodegroup", Version="1.35"),
        ],
        bad=[
            (one("EKS::Cluster", Version="1.29"), {""}),
            (one("EKS::Cluster"), {""}),
            (one("EKS::Nodegroup", Version="1.28"), {""}),
        ],
    ),
    "IRYO-EKS-NODES": checked(
        "EKS::Nodegroup",
        {"LaunchTemplate": {"Id": "lt-1", "Version": "1"}},
        {"LaunchTemplate": MISSING, "RemoteAccess": {"Ec2SshKey": "key"}},
    ),
    "IRYO-EKS-HELM": checked(
        "Custom::AWSCDK-EKS-HelmChart",
        {"Version": "1.2.3", "Repository": "https://charts.example", "Chart": "x"},
        {"Version": MISSING, "Repository": "http://charts.example"},
        more=[{"ChartAssetURL": "s3://assets/chart.zip"}],
    ),
}
