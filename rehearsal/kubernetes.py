"""The API server of a cluster, as far as a deployment needs one: it takes objects that are valid.

Objects are applied on the server's side. Those of Kubernetes' own kinds are held against the
official schemas of the cluster's version; kinds that an add-on or a chart brings are taken as they
are. Nothing runs: there is no scheduler and no node here.
"""

import base64
import json
import os
import re
from typing import Any
from urllib.parse import urlsplit

from rehearsal.journal import Journal

PREFIX = "/_kubernetes/"
Answer = tuple[int, dict[str, Any]]
_PATH = re.compile(
    r"^/(api/v1|apis/(?P<group>[a-z0-9.-]+)/[a-z0-9]+)"
    r"(/namespaces/(?P<namespace>[a-z0-9-]+))?/(?P<plural>[a-z]+)/(?P<name>[a-z0-9.-]+)$"
)
_OWN_GROUPS = re.compile(r"^([a-z]+|[a-z.]+\.k8s\.io)$")
_BROUGHT = ("secrets-store.csi.x-k8s.io",)
_TOKEN = "k8s-aws-v1."  # noqa: S105 (how a token begins)


class KubernetesApi:
    """What was applied to each cluster, by path."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._versions: dict[str, str] = {}
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}

    def install(self, handlers: dict[str, Any]) -> None:
        """Make the clusters of CloudFormation answer here: their endpoint leads to this server."""
        native = handlers["AWS::EKS::Cluster"]

        def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
            name, attributes = native["create"](logical_id, properties, stack)
            return name, {**attributes, **self._known(name, properties)}

        def update(name: str, old: dict[str, Any], new: dict[str, Any], *rest: str) -> Any:
            made, attributes = native["update"](name, old, new, *rest)
            return made, {**attributes, **self._known(made, new)}

        handlers["AWS::EKS::Cluster"] = {**native, "create": create, "update": update}

    def answer(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> Answer:
        """Answer a request below PREFIX as an API server does."""
        cluster, _, rest = path.removeprefix(PREFIX).partition("/")
        if not _signed(headers.get(b"authorization", b"").decode(), cluster):
            return _status(401, "Unauthorized")
        found = _PATH.match(f"/{rest}")
        if cluster not in self._versions or not found:
            return _status(404, "the server could not find the requested resource")
        held, key = self.objects.setdefault(cluster, {}), f"/{rest}"
        if method == "DELETE":
            if key not in held:
                return _status(404, f"{key} not found")
            self._note("delete", cluster, key, held.pop(key))
            return 200, {}
        return self._apply(cluster, key, json.loads(body), found["name"], found["namespace"])

    def _apply(
        self, cluster: str, key: str, wanted: dict[str, Any], name: str, namespace: str | None
    ) -> Answer:
        held = self.objects[cluster]
        if namespace and f"/api/v1/namespaces/{namespace}" not in held:
            return _status(404, f'namespaces "{namespace}" not found')
        if wrong := self._wrong(cluster, wanted, name, namespace):
            return _status(422, wrong)
        self._note("update" if key in held else "create", cluster, key, wanted)
        held[key] = wanted
        return 200, wanted

    def _note(self, action: str, cluster: str, key: str, one: dict[str, Any]) -> None:
        self._journal.write(
            action=action,
            how="recorded",
            resource_type=f"Kubernetes::{one['kind']}",
            physical_id=f"{cluster}{key}",
        )

    def _known(self, name: str, properties: dict[str, Any]) -> dict[str, str]:
        self._versions[name] = str(properties["Version"])
        return {"Endpoint": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}{PREFIX}{name}"}

    def _wrong(
        self, cluster: str, one: dict[str, Any], name: str, namespace: str | None
    ) -> str | None:
        metadata = one.get("metadata", {})
        if (metadata.get("name"), metadata.get("namespace")) != (name, namespace):
            return "metadata: name and namespace differ from those of the path"
        group = str(one.get("apiVersion", "")).rpartition("/")[0]
        if (group and not _OWN_GROUPS.match(group)) or group in _BROUGHT:
            return None
        import kubernetes_validate  # noqa: PLC0415 (only a rehearsal with a cluster pays)

        try:
            kubernetes_validate.validate(one, self._versions[cluster], strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            return f"{one.get('kind')}: no such kind in {one.get('apiVersion')}"
        except kubernetes_validate.ValidationError as error:
            place = ".".join(str(part) for part in error.absolute_path)
            return f"{one['kind']}/{name} {place}: {error.message[:200]}"
        return None


def _signed(authorization: str, cluster: str) -> bool:
    """Say whether a request carries EKS's token for this cluster: a signed question to STS."""
    token = authorization.removeprefix("Bearer ")
    if not token.startswith(_TOKEN):
        return False
    encoded = token.removeprefix(_TOKEN)
    try:
        url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return False
    query = urlsplit(url).query
    return bool(cluster) and "Action=GetCallerIdentity" in query and "x-k8s-aws-id" in query


def _status(code: int, message: str) -> Answer:
    return code, {"kind": "Status", "apiVersion": "v1", "code": code, "message": message}
