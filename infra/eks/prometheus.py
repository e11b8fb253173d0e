"""Amazon Managed Service for Prometheus: a workspace, and a collector that nobody has to run."""

import base64

from aws_cdk import aws_aps as aps
from aws_cdk import aws_eks as eks
from constructs import Construct

from infra.eks.manifests.scraping import scraping
from infra.eks.room import Room
from infra.eks.security_groups import ClusterGroups
from infra.ingestion.log_group import log_group


class Prometheus(Construct):
    """`url` is where a canary's analysis asks; the collector finds pods by their port's name."""

    url: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: eks.CfnCluster,
        groups: ClusterGroups,
    ) -> None:
        super().__init__(scope, construct_id)
        logs = log_group(
            self,
            "Logs",
            config=room.config,
            key=room.security.log_key,
            name=f"/aws/vendedlogs/prometheus/{room.cluster}",
        )
        workspace = aps.CfnWorkspace(
            self,
            "Workspace",
            alias=room.cluster,
            kms_key_arn=room.key.key_arn,
            logging_configuration=aps.CfnWorkspace.LoggingConfigurationProperty(
                log_group_arn=logs.log_group_arn
            ),
        )
        Scraper = aps.CfnScraper  # noqa: N806 (a class)
        Scraper(
            self,
            "Collector",
            alias=room.cluster,
            source=Scraper.SourceProperty(
                eks_configuration=Scraper.EksConfigurationProperty(
                    cluster_arn=cluster.attr_arn,
                    subnet_ids=room.subnets,
                    security_group_ids=[groups.nodes],
                )
            ),
            destination=Scraper.DestinationProperty(
                amp_configuration=Scraper.AmpConfigurationProperty(workspace_arn=workspace.attr_arn)
            ),
            scrape_configuration=Scraper.ScrapeConfigurationProperty(
                configuration_blob=base64.b64encode(scraping().encode()).decode()
            ),
        )
        self.url = workspace.attr_prometheus_endpoint
