"""`Custom::ClusterGate`: stands before the cluster and lets an update through or refuses it.

Properties: ClusterName, Configuration (the ParallelCluster YAML), Fingerprint, Quotas (name to
vCPUs), Reservations (list of ids), EbsKeyArn, DrainMinutes, DryRun, StandIns (list of {Real,
StandIn}: what stood for what when the configuration was judged), JudgedRegion.

It refuses what ParallelCluster would refuse half an hour later, checks what only the account knows
(the default key for EBS, reservations, quotas), and drains the nodes for changes that need it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hpc.runtime.changes import Change, Effect, changes, worst
from hpc.runtime.engine import Plan, RefusedError, Step, Wait, Work
from hpc.runtime.fleet import DRAINING_SINCE, drain_steps, reopen
from hpc.runtime.journal import Accepted
from hpc.runtime.judged import as_judged, fingerprint
from hpc.runtime.requests import Request

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

    from hpc.runtime.control import ClusterControl

AWS_OWN_EBS_KEY = "alias/aws/ebs"
USABLE = ("active", "scheduled", "pending")


class Gate:
    """Builds the plan of a gate's request."""

    def __init__(
        self,
        *,
        ec2: "EC2Client",
        quotas: Any,
        control: Callable[[str], "ClusterControl"],
    ) -> None:
        self._ec2 = ec2
        self._quotas = quotas
        self._control = control

    def plan(self, request: Request) -> Plan:
        """Return what to do for a request. Deleting a gate leaves everything as it is."""
        if request.deletes:
            return Plan(steps=[])
        before: list[Step] = [
            same_as_judged,
            self.judge,
            self.encryption,
            self.reservations,
            self.vcpus,
        ]
        if str(request.properties.get("DryRun", "")).lower() == "true":
            return Plan(steps=before)
        control = self._control(request.cluster)
        minutes = float(request.properties.get("DrainMinutes", 30))
        draining = [_when_draining(step) for step in drain_steps(control, minutes=minutes)]
        return Plan(steps=[*before, *draining, accept], undo=_once_drained(reopen(control)))

    def judge(self, work: Work) -> None:
        """Compare with what was let through last; refuse what ParallelCluster would refuse."""
        properties = work.request.properties
        last = work.journal.accepted(work.request.cluster)
        work.data["Drain"] = "no"
        work.data["Changes"] = "0"
        if last is None or work.request.kind == "Create":
            return
        if properties["Fingerprint"] in (last.now, last.before):
            # A rollback must always get through: the cluster has had this configuration.
            return
        found = changes(last.configuration, properties["Configuration"])
        work.data["Changes"] = str(len(found))
        effect = worst(found)
        if effect is Effect.REFUSED:
            raise RefusedError(
                f"{_names(found, effect)} cannot be changed in place; keep the value, or give the "
                "cluster a new name"
            )
        if effect is Effect.LOGIN and _login_nodes(last.configuration):
            raise RefusedError(
                f"{_names(found, effect)} needs the login nodes gone; deploy with count = 0 first"
            )
        if effect in (Effect.DRAIN, Effect.LOGIN):
            work.data["Drain"] = "yes"

    def encryption(self, work: Work) -> None:
        """Refuse while root volumes would not be encrypted with a customer-managed key."""
        wanted = work.request.properties.get("EbsKeyArn")
        if not self._ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]:
            raise RefusedError("EBS encryption by default is off in this account and Region")
        key = self._ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
        if key.endswith(AWS_OWN_EBS_KEY) or (wanted and key != wanted):
            raise RefusedError(
                "the account's default key for EBS is not the customer-managed key that root "
                "volumes need"
            )

    def reservations(self, work: Work) -> None:
        """Refuse capacity reservations that are not there or are over."""
        wanted = list(work.request.properties.get("Reservations") or [])
        if not wanted:
            return
        answer = self._ec2.describe_capacity_reservations(
            Filters=[{"Name": "capacity-reservation-id", "Values": wanted}]
        )
        usable = {
            each["CapacityReservationId"]
            for each in answer["CapacityReservations"]
            if each["State"] in USABLE
        }
        if missing := sorted(set(wanted) - usable):
            raise RefusedError(f"no usable capacity reservation {', '.join(missing)}")

    def vcpus(self, work: Work) -> None:
        """Refuse a cluster that is larger than the account's vCPU quotas."""
        needs: Mapping[str, Any] = work.request.properties.get("Quotas") or {}
        if not needs:
            return
        found: dict[str, float] = {}
        for page in self._quotas.get_paginator("list_service_quotas").paginate(ServiceCode="ec2"):
            found |= {each["QuotaName"]: each["Value"] for each in page["Quotas"]}
        for name, need in needs.items():
            if name in found and float(need) > found[name]:
                raise RefusedError(
                    f"{name}: {need} vCPUs are needed, the quota is {found[name]:.0f}; ask for "
                    "more, or lower max_nodes"
                )
        unknown = sorted(set(needs) - set(found))
        if unknown:
            work.data["QuotasNotFound"] = ", ".join(unknown)


def same_as_judged(work: Work) -> None:
    """Refuse a configuration that is not, to the letter, the one that was judged.

    Without stand-ins there is nothing to compare with.
    """
    properties = work.request.properties
    pairs = [(each["Real"], each["StandIn"]) for each in properties.get("StandIns") or []]
    if not pairs:
        return
    there, judged = properties["Configuration"]["Region"], properties.get("JudgedRegion")
    if judged and there != judged:
        raise RefusedError(
            f"judged for {judged}, deployed to {there}; name account.region in the environment file"
        )
    found = fingerprint(as_judged(properties["Configuration"], pairs))
    if found != properties["Fingerprint"]:
        raise RefusedError(
            f"the configuration that arrived ({found[:12]}) is not the one that was judged "
            f"({properties['Fingerprint'][:12]}); deploy what was synthesised"
        )
    work.data["Judged"] = found


def accept(work: Work) -> None:
    """Remember what is let through, and what was before it."""
    properties = work.request.properties
    last = work.journal.accepted(work.request.cluster)
    if last is not None and last.now == properties["Fingerprint"]:
        return
    work.journal.accept(
        work.request.cluster,
        Accepted(
            now=properties["Fingerprint"],
            before=last.now if last else "",
            configuration=properties["Configuration"],
        ),
    )


def _when_draining(step: Step) -> Step:
    def run(work: Work) -> Wait | None:
        return step(work) if work.data.get("Drain") == "yes" else None

    return run


def _once_drained(step: Step) -> Step:
    def run(work: Work) -> Wait | None:
        return step(work) if DRAINING_SINCE in work.data else None

    return run


def _names(found: list[Change], effect: Effect) -> str:
    return ", ".join(
        ".".join(str(part) for part in change.path) for change in found if change.effect is effect
    )


def _login_nodes(configuration: Mapping[str, Any]) -> int:
    pools = configuration.get("LoginNodes", {}).get("Pools", [])
    return sum(int(pool.get("Count", 0)) for pool in pools)
