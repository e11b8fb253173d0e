"""AWS's own provider of `Custom::PclusterCluster`: a nested stack of theirs, at a fixed version.

Its template is not ours to judge; `compliance/external.toml` admits this address and no other.
https://docs.aws.amazon.com/parallelcluster/latest/ug/tutorials_09_cfn-custom-resource-v3.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from hpc.room import provider_permissions as permissions
from hpc.room.node_policies import NodePolicies
from hpc.room.role import Role
from hpc.room.room import Room
from infra.config.hpc import PARALLELCLUSTER_VERSION


class Provider(Construct):
    """`service_token` is what a cluster names; `before` lets it wait for the role's policies."""

    service_token: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        clusters: Sequence[str],
        policies: Sequence[NodePolicies],
        secrets: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        boundaries = tuple(each.boundary for each in policies)
        attached = tuple(arn for each in policies for arn in (each.nodes, each.head))
        self._role = Role(
            self,
            "Role",
            service="lambda",
            description="AWS ParallelCluster's provider: makes and changes clusters",
            policies={
                "Network": permissions.network(room),
                "Identities": permissions.identities(
                    room, clusters=tuple(clusters), boundaries=boundaries, policies=attached
                ),
                "Stacks": permissions.stacks(
                    room, clusters=tuple(clusters), secrets=tuple(secrets)
                ),
            },
        )
        self._stack = cdk.CfnStack(
            self,
            "Stack",
            template_url=template_url(),
            parameters={"CustomLambdaRole": self._role.arn},
            timeout_in_minutes=30,
        )
        self._role.before(self._stack)
        self.service_token = self._stack.get_att("Outputs.ServiceToken").to_string()

    def before(self, cluster: cdk.CfnResource) -> None:
        """Keep the role's policies as long as a cluster, which it has to delete with them."""
        self._role.before(cluster)


def template_url() -> str:
    """Return the address of the vendor's template in the Region of the deployment."""
    host = f"{cdk.Aws.REGION}-aws-parallelcluster.s3.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
    path = f"parallelcluster/{PARALLELCLUSTER_VERSION}/templates/custom_resource/cluster.yaml"
    return f"https://{host}/{path}"
