"""What CloudFormation asks during a deployment: apply Kubernetes objects to the private cluster.

`Custom::KubernetesObjects` applies objects on the server's side, in their order, and removes those
that were there before and are no longer. Properties `Cluster`, `Endpoint`, `CertificateAuthority`
(base64) and `Manifest` (the objects as JSON). A namespace is never removed: it would take with it
whatever people put there.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from infra.eks.runtime.cluster import Cluster, RefusedError, UnreachableError
from infra.eks.runtime.kinds import path_of

Event = dict[str, Any]
PATIENCE = 240.0
"""Seconds in which a new cluster may not answer yet, or not know us yet."""
NOT_YET = (401, 403, 404, 429, 500, 502, 503, 504)
"""Access entries and kinds that an add-on brings take a moment to be known."""


def handler(event: Event, context: Any) -> None:
    """Do what CloudFormation asks for and tell it what became of it, whatever happens."""
    answered(event, context, {"Create": create, "Update": update, "Delete": delete})


def answered(event: Event, context: Any, tasks: Mapping[str, Callable[[Event], None]]) -> None:
    """Run the task of a request and tell CloudFormation whether it succeeded."""
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    try:
        tasks[event["RequestType"]](event)
    except Exception as error:  # CloudFormation would wait for an hour
        answer |= {
            "Status": "FAILED",
            "Reason": f"{type(error).__name__}: {error} (log stream {context.log_stream_name})",
        }
    _send(event["ResponseURL"], answer)


def create(event: Event) -> None:
    """Apply every object."""
    properties = event["ResourceProperties"]
    _apply(_cluster(properties), json.loads(properties["Manifest"]))


def update(event: Event) -> None:
    """Apply every object, then remove those that are no longer wanted."""
    new = json.loads(event["ResourceProperties"]["Manifest"])
    old = json.loads(event.get("OldResourceProperties", {}).get("Manifest", "[]"))
    cluster = _cluster(event["ResourceProperties"])
    _apply(cluster, new)
    kept = {path_of(one) for one in new}
    _remove(cluster, [one for one in old if path_of(one) not in kept])


def delete(event: Event) -> None:
    """Remove every object; what cannot be reached goes with its cluster."""
    properties = event["ResourceProperties"]
    try:
        _remove(_cluster(properties), json.loads(properties["Manifest"]))
    except UnreachableError as error:
        print(json.dumps({"level": "WARNING", "message": f"nothing removed: {error}"}))


def _cluster(properties: Event) -> Cluster:
    return Cluster(
        name=properties["Cluster"],
        endpoint=properties["Endpoint"],
        certificate=properties["CertificateAuthority"],
    )


def _apply(cluster: Cluster, objects: list[Event]) -> None:
    end = time.monotonic() + PATIENCE
    for one in objects:
        path = f"{path_of(one)}?fieldManager=iryo&force=true&fieldValidation=Strict"
        _patiently(cluster, "PATCH", path, one, end)


def _remove(cluster: Cluster, objects: list[Event]) -> None:
    for one in reversed(objects):
        if one["kind"] == "Namespace":
            continue
        try:
            cluster.ask("DELETE", f"{path_of(one)}?propagationPolicy=Background")
        except RefusedError as error:
            # Gone already, or its kind is.
            if error.status != 404:  # noqa: PLR2004 (HTTP)
                raise


def _patiently(cluster: Cluster, method: str, path: str, body: Event, end: float) -> None:
    """Ask until it is answered. Raises what the last try raised."""
    pause = 1.0
    while True:
        try:
            cluster.ask(method, path, body)
            return
        except RefusedError as error:
            if error.status not in NOT_YET or time.monotonic() + pause > end:
                raise
        except UnreachableError:
            if time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 15.0)


def _send(url: str, answer: Event) -> None:
    request = urllib.request.Request(  # noqa: S310 (CloudFormation's own address)
        url, data=json.dumps(answer).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass
