"""What is set once for the registry of an account in a Region."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_signer as signer
from constructs import Construct

from infra.config import EnvironmentConfig


class WholeRegistry(Construct):
    """Scanning, copies in another Region, who may copy in, signing: each only if it is set."""

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id)
        registry = config.registry
        if registry.scanning != "none":
            self._scan(config)
        if registry.replica_region:
            self._replicate(config, registry.replica_region)
        if registry.replicas_from:
            self._admit(config)
        if registry.signing:
            self._sign(config)

    def _scan(self, config: EnvironmentConfig) -> None:
        enhanced = config.registry.scanning == "enhanced"
        Scanning = ecr.CfnRegistryScanningConfiguration  # noqa: N806 (a class)
        Scanning(
            self,
            "Scanning",
            scan_type="ENHANCED" if enhanced else "BASIC",
            rules=[
                Scanning.ScanningRuleProperty(
                    scan_frequency="CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                    repository_filters=[
                        Scanning.RepositoryFilterProperty(filter="*", filter_type="WILDCARD")
                    ],
                )
            ],
        )

    def _replicate(self, config: EnvironmentConfig, region: str) -> None:
        Replication = ecr.CfnReplicationConfiguration  # noqa: N806 (a class)
        Replication(
            self,
            "Replication",
            replication_configuration=Replication.ReplicationConfigurationProperty(
                rules=[
                    Replication.ReplicationRuleProperty(
                        destinations=[
                            Replication.ReplicationDestinationProperty(
                                region=region, registry_id=Aws.ACCOUNT_ID
                            )
                        ],
                        repository_filters=[
                            Replication.RepositoryFilterProperty(
                                filter=f"iryo-{config.name}/", filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
        )

    def _admit(self, config: EnvironmentConfig) -> None:
        """Let registries of named accounts copy images in, under this environment's prefix.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
        """
        organization = config.account.organization_id
        condition = {"StringEquals": {"aws:PrincipalOrgID": organization}} if organization else None
        ecr.CfnRegistryPolicy(
            self,
            "Policy",
            policy_text=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="Replicas",
                        principals=[
                            iam.AccountPrincipal(account)
                            for account in config.registry.replicas_from
                        ],
                        actions=["ecr:CreateRepository", "ecr:ReplicateImage"],
                        resources=[
                            f"arn:{Aws.PARTITION}:ecr:{Aws.REGION}:{Aws.ACCOUNT_ID}"
                            f":repository/iryo-{config.name}/*"
                        ],
                        conditions=condition,
                    )
                ]
            ),
        )

    def _sign(self, config: EnvironmentConfig) -> None:
        """Have AWS Signer sign what is pushed; whether only signed images run is for EKS to say."""
        profile = signer.CfnSigningProfile(self, "Profile", platform_id="Notation-OCI-SHA384-ECDSA")
        profile.apply_removal_policy(RemovalPolicy[config.data.removal.upper()])
        Signing = ecr.CfnSigningConfiguration  # noqa: N806 (a class)
        Signing(
            self,
            "Signing",
            rules=[
                Signing.RuleProperty(
                    signing_profile_arn=profile.attr_arn,
                    repository_filters=[
                        Signing.RepositoryFilterProperty(
                            filter=f"iryo-{config.name}/*", filter_type="WILDCARD_MATCH"
                        )
                    ],
                )
            ],
        )
