"""AWS ParallelCluster's provider, and what an account must answer before there is a cluster.

The provider's template is on the web. Here its nested stack is a record with the output that a
template asks for, and `Custom::PclusterCluster` is taken and remembered as it arrives: no node is
started. Custom resources of ours around it run for real; what they were handed is remembered too,
so that the two can be compared. EC2 and Service Quotas answer what ministack does not know.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import custom_resource, provisioners

from rehearsal.journal import Journal

HOST = "-aws-parallelcluster.s3."
"""Part of the host that serves the provider's template in every Region."""
CLUSTER, GATE = "Custom::PclusterCluster", "Custom::ClusterGate"
QUOTAS = b"ServiceQuotasV20190624.ListServiceQuotas"
VCPUS = 5000
"""Of each quota: as an account that works with clusters has them."""
FAMILIES = ("Standard (A, C, D, H, I, M, R, T, Z)", "G and VT", "P", "HPC")
Properties = dict[str, Any]


class Clusters:
    """What arrived for each cluster: `configuration` at the provider, `gate` at ours."""

    def __init__(self, journal: Journal, *, account: str, region: str) -> None:
        self._journal, self._place = journal, f"{region}:{account}"
        self.arrived: dict[str, dict[str, Any]] = {}

    def install(self, handlers: dict[str, Any]) -> None:
        """Take part in CloudFormation and in EC2."""
        native = handlers["AWS::CloudFormation::Stack"]
        handlers["AWS::CloudFormation::Stack"] = {**native, **self._stack(native)}
        handlers[CLUSTER] = self._cluster()
        handlers[GATE] = self._gate()
        _keep_ebs_settings()

    def quotas(self) -> dict[str, Any]:
        """Return the account's quotas of vCPUs, on demand and for Spot."""
        names = [f"Running On-Demand {family} instances" for family in FAMILIES]
        names += [f"All {family} Spot Instance Requests" for family in FAMILIES]
        return {"Quotas": [{"QuotaName": name, "Value": VCPUS} for name in names]}

    def _stack(self, native: dict[str, Any]) -> dict[str, Callable[..., Any]]:
        token = f"arn:aws:lambda:{self._place}:function:pcluster-cfn-rehearsal"

        def create(logical_id: str, properties: Properties, stack: str, **rest: Any) -> Any:
            if HOST not in str(properties.get("TemplateURL")):
                return native["create"](logical_id, properties, stack, **rest)
            self._note("create", "ParallelCluster::Provider", logical_id)
            stack_id = f"arn:aws:cloudformation:{self._place}:stack/{stack}-{logical_id}/1"
            return stack_id, {"Outputs.ServiceToken": token}

        def update(
            physical_id: str, old: Properties, new: Properties, *rest: Any, **more: Any
        ) -> Any:
            if HOST not in str(new.get("TemplateURL")):
                return native["update"](physical_id, old, new, *rest, **more)
            return physical_id, {"Outputs.ServiceToken": token}

        def delete(physical_id: str, properties: Properties, *rest: Any) -> Any:
            if HOST not in str(properties.get("TemplateURL")):
                return native["delete"](physical_id, properties, *rest)
            return None

        return {"create": create, "update": update, "delete": delete}

    def _cluster(self) -> dict[str, Callable[..., Any]]:
        def take(action: str, properties: Properties) -> Any:
            given = custom_resource._normalise_resource_properties(properties)
            name = given["ClusterName"]
            self.arrived.setdefault(name, {})["configuration"] = given["ClusterConfiguration"]
            self._note(action, CLUSTER, name)
            return name, {"clusterName": name, "clusterStatus": f"{action.upper()}_COMPLETE"}

        def create(_: str, properties: Properties, __: str) -> Any:
            return take("create", properties)

        def update(_: str, __: Properties, new: Properties, *___: Any) -> Any:
            return take("update", new)

        def delete(name: str, _: Properties) -> None:
            self._note("delete", CLUSTER, name)

        return {"create": create, "update": update, "delete": delete}

    def _gate(self) -> dict[str, Any]:
        def remember(properties: Properties) -> None:
            given = custom_resource._normalise_resource_properties(properties)
            self.arrived.setdefault(given["ClusterName"], {})["gate"] = given

        def create(logical_id: str, properties: Properties, stack: str) -> Any:
            remember(properties)
            return provisioners._custom_resource_create(logical_id, properties, stack, GATE)

        def update(
            physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str
        ) -> Any:
            remember(new)
            return provisioners._custom_resource_update(
                physical_id, old, new, stack, logical_id, GATE
            )

        def delete(physical_id: str, properties: Properties, logical_id: str) -> None:
            provisioners._custom_resource_delete(
                physical_id, properties, logical_id=logical_id, resource_type=GATE
            )

        return {
            "create": create,
            "update": update,
            "update_with_logical_id": True,
            "delete": delete,
            "delete_with_logical_id": True,
        }

    def _note(self, action: str, kind: str, name: str) -> None:
        self._journal.write(action=action, how="recorded", resource_type=kind, physical_id=name)


def _keep_ebs_settings() -> None:
    """Let EC2 remember whether new volumes are encrypted, and with which key by default."""
    kept = {"encrypted": "false", "key": "alias/aws/ebs"}

    def answer(name: str, key: str, tag: str) -> Callable[[dict[str, Any]], Any]:
        def run(given: dict[str, Any]) -> Any:
            if name == "EnableEbsEncryptionByDefault":
                kept["encrypted"] = "true"
            elif name == "ModifyEbsDefaultKmsKeyId":
                kept["key"] = ec2._p(given, "KmsKeyId")
            elif name == "ResetEbsDefaultKmsKeyId":
                kept["key"] = "alias/aws/ebs"
            return ec2._xml(200, f"{name}Response", f"<{tag}>{kept[key]}</{tag}>")

        return run

    for name in ("GetEbsEncryptionByDefault", "EnableEbsEncryptionByDefault"):
        ec2._ACTION_MAP[name] = answer(name, "encrypted", "ebsEncryptionByDefault")
    for name in ("GetEbsDefaultKmsKeyId", "ModifyEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId"):
        ec2._ACTION_MAP[name] = answer(name, "key", "kmsKeyId")
