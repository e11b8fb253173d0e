"""What the room makes is sound; what is broken on purpose is refused with file and key."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from infra.config.eks_checks import CLASSES, NAMESPACES
from infra.eks.manifests import admission, charts, nodes
from infra.eks.manifests.check import checked, problems, read
from infra.eks.manifests.errors import ManifestError, SchemaError
from infra.eks.manifests.namespaces import namespaces
from infra.eks.manifests.objects import Object
from infra.eks.manifests.pod_security import CONTROLS, pod_security_problems
from infra.eks.manifests.rbac import GRANTS, rbac
from infra.eks.manifests.rules import RULES
from infra.eks.manifests.workloads import workload
from infra.eks.runtime.kinds import path_of
from tests.unit.eks.inputs import (
    MISSING,
    SECRET,
    VERSION,
    deployment,
    objects,
    placing,
    put,
    service,
)

POD = "spec.template.spec"
BOX = f"{POD}.containers.0"


def sentences(one: Object) -> list[str]:
    return [problem.sentence for problem in problems([one], VERSION, where="file.yaml")]


def foundation() -> list[Object]:
    return [
        *namespaces(VERSION),
        *rbac(),
        *admission.own_registry("registry"),
        admission.signed_images("registry", "-----BEGIN PUBLIC KEY-----"),
        *nodes.auto_mode(role="role", key="key", subnets=["s"], groups=["g"], tags={"a": "b"}),
        nodes.storage_class(key="key", auto=True),
        nodes.storage_class(key="key", auto=False),
        *(charts.namespace(chart, VERSION) for chart in charts.CHARTS.values()),
    ]


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36"])
def test_everything_that_the_room_makes_is_sound(version: str) -> None:
    assert checked(foundation(), version, where="room")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scratch": True, "command": ["/bin/serve"], "architecture": "x86_64"},
        {"secrets": {"PASSWORD": SECRET, "TOKEN": f"{SECRET}:token::"}},
        {"deployment": "canary", "metrics_port": 9090},
    ],
)
def test_every_kind_of_service_is_sound(changes: dict[str, Any]) -> None:
    assert checked(workload("app", service(**changes), placing()), VERSION, where="services.app")


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_is_closed(namespace: str) -> None:
    mine = [one for one in namespaces(VERSION) if one["metadata"].get("namespace") == namespace]
    kinds = [one["kind"] for one in mine]
    assert sorted(kinds) == ["LimitRange", "NetworkPolicy", "NetworkPolicy", "ResourceQuota"]
    [deny] = [one for one in mine if one["metadata"]["name"] == "default-deny"]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    [resolve] = [one for one in mine if one["metadata"]["name"] == "resolve-names"]
    assert {port["port"] for port in resolve["spec"]["egress"][0]["ports"]} == {53}
    [itself] = [one for one in namespaces(VERSION) if one["metadata"]["name"] == namespace]
    labels = itself["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["iryo.io/data-class"] == CLASSES[namespace]


def test_no_group_reads_secrets_or_writes_rights() -> None:
    roles = [one for one in rbac() if one["kind"] in ("Role", "ClusterRole")]
    assert len(roles) == sum(len(grants) for grants in GRANTS.values()) + 1
    for rule in chain.from_iterable(role["rules"] for role in roles):
        assert "secrets" not in rule["resources"]
        if "rbac.authorization.k8s.io" in rule["apiGroups"]:
            assert set(rule["verbs"]) <= {"get", "list", "watch"}


PODS_BROKEN: list[tuple[str, Any, str]] = [
    (f"{POD}.hostNetwork", True, "hostNetwork"),
    (f"{POD}.hostPID", True, "hostPID"),
    (f"{POD}.hostIPC", True, "hostIPC"),
    (f"{POD}.securityContext.windowsOptions", {"hostProcess": True}, "hostProcess"),
    (f"{POD}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}], "sysctls"),
    (f"{POD}.securityContext.appArmorProfile", {"type": "Unconfined"}, "appArmorProfile.type"),
    (f"{POD}.securityContext.seLinuxOptions", {"type": "spc_t"}, "seLinuxOptions.type"),
    (f"{POD}.securityContext.seLinuxOptions", {"user": "root"}, "seLinuxOptions.user"),
    (f"{POD}.securityContext.seccompProfile", MISSING, "seccompProfile.type"),
    (f"{POD}.securityContext.seccompProfile.type", "Unconfined", "seccompProfile.type"),
    (f"{POD}.securityContext.runAsNonRoot", MISSING, "runAsNonRoot"),
    (f"{POD}.securityContext.runAsUser", 0, "runAsUser"),
    (f"{POD}.volumes.0", {"name": "node", "hostPath": {"path": "/"}}, "volumes[0].hostPath"),
    (f"{POD}.volumes.0", {"name": "n", "nfs": {"server": "a", "path": "/"}}, "volumes[0].nfs"),
    (f"{BOX}.securityContext.privileged", True, "privileged"),
    (f"{BOX}.securityContext.allowPrivilegeEscalation", MISSING, "allowPrivilegeEscalation"),
    (f"{BOX}.securityContext.capabilities.drop", ["NET_RAW"], "capabilities.drop"),
    (f"{BOX}.securityContext.capabilities.add", ["SYS_ADMIN"], "capabilities.add"),
    (f"{BOX}.securityContext.procMount", "Unmasked", "procMount"),
    (f"{BOX}.securityContext.runAsNonRoot", False, "runAsNonRoot"),
    (f"{BOX}.ports.0.hostPort", 8443, "hostPort"),
    (f"{BOX}.readinessProbe.httpGet.host", "10.0.0.1", "readinessProbe.httpGet.host"),
]


@pytest.mark.parametrize(("path", "value", "key"), PODS_BROKEN)
def test_pod_security_refuses(path: str, value: Any, key: str) -> None:
    [sentence, *more] = sentences(put(deployment("spec.replicas", 2), path, value))
    assert key in sentence
    assert sentence.startswith("file.yaml: Deployment/production/app: spec.template.spec.")
    assert not more


def test_every_control_has_a_case() -> None:
    broken = set()
    for path, value, _ in PODS_BROKEN:
        spec = put(deployment("spec.replicas", 2), path, value)["spec"]["template"]["spec"]
        broken |= {control.__name__ for control in CONTROLS if list(control(spec))}
    assert broken == {control.__name__ for control in CONTROLS}


def test_what_the_standard_allows_passes() -> None:
    spec = deployment()["spec"]["template"]["spec"]
    for path, value in (
        ("containers.0.securityContext.capabilities.add", ["NET_BIND_SERVICE"]),
        ("securityContext.sysctls", [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]),
        ("securityContext.seccompProfile.type", "Localhost"),
        ("securityContext.seLinuxOptions", {"type": "container_t", "level": "s0:c1"}),
    ):
        assert not list(pod_security_problems(put(spec, path, value)))


def simple(kind: str, api_version: str = "v1", **body: Any) -> Object:
    metadata = {"name": "one", "namespace": "production"}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


RBAC = "rbac.authorization.k8s.io/v1"
RIGHT = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
RULES_BROKEN: list[tuple[Object, str]] = [
    (deployment("metadata.namespace", "default"), "metadata.namespace: default"),
    (deployment("metadata.labels.iryo~io/data-class", MISSING), "data-class: missing"),
    (
        put(
            deployment("metadata.labels.iryo~io/data-class", "confidential"),
            "metadata.namespace",
            "staging",
        ),
        "confidential may not be seen in namespace staging",
    ),
    (deployment(f"{BOX}.image", "registry/app:latest"), "image: registry/app:latest"),
    (deployment(f"{BOX}.image", "registry/app"), "image: registry/app is a floating"),
    (deployment(f"{BOX}.resources.limits.memory", MISSING), "resources.limits.memory"),
    (deployment(f"{BOX}.securityContext.readOnlyRootFilesystem", False), "readOnlyRoot"),
    (deployment(f"{BOX}.readinessProbe", MISSING), "readinessProbe"),
    (deployment(f"{POD}.automountServiceAccountToken", MISSING), "automountServiceAccountToken"),
    (
        deployment(f"{BOX}.ports", [{"containerPort": 8443}, {"containerPort": 8443}]),
        "ports[1].containerPort: 8443 overlaps",
    ),
    (simple("Secret", stringData={"password": "x"}), "stringData: a secret's value"),
    (simple("Service", spec={"type": "LoadBalancer", "ports": [{"port": 1}]}), "spec.type"),
    (
        simple(
            "Ingress",
            "networking.k8s.io/v1",
            spec={"defaultBackend": {"service": {"name": "a", "port": {"number": 1}}}},
        ),
        "an Ingress leads around the edge",
    ),
    (simple("Role", RBAC, rules=[{**RIGHT, "verbs": ["*"]}]), "rules[0].verbs: *"),
    (simple("Role", RBAC, rules=[{**RIGHT, "resources": ["secrets"]}]), "secrets may not"),
    (simple("Role", RBAC, rules=[{**RIGHT, "verbs": ["escalate"]}]), "escalate leads"),
    (
        simple(
            "RoleBinding",
            RBAC,
            roleRef={"apiGroup": "x", "kind": "ClusterRole", "name": "cluster-admin"},
        ),
        "cluster-admin may not be bound",
    ),
]


@pytest.mark.parametrize(("one", "wrong"), RULES_BROKEN)
def test_rules_of_ours_refuse(one: Object, wrong: str) -> None:
    assert any(wrong in sentence for sentence in sentences(one)), sentences(one)


def test_every_rule_has_a_case() -> None:
    broken = {rule.__name__ for rule in RULES for one, _ in RULES_BROKEN if list(rule(one))}
    assert broken == {rule.__name__ for rule in RULES}


TYPOS: list[tuple[Object, str]] = [
    (
        deployment(f"{BOX}.readinesProbe", {}),
        "containers[0].readinesProbe: unknown key; did you mean readinessProbe?",
    ),
    (deployment("spec.selector", MISSING), "spec.selector: required key is missing"),
    (deployment("spec.replicas", "two"), "spec.replicas: two is given; integer is allowed"),
    (put(deployment(), "apiVersion", "apps/v2"), "is not a kind that is known here"),
    (put(deployment(), "metadata.namespace"), "without metadata.namespace"),
    (put(deployment(), "metadata.name"), "without metadata.name"),
    (
        put(objects(deployment="canary", metrics_port=9090)["Rollout"], "spec.strateggy", {}),
        "spec.strateggy: unknown key; did you mean strategy?",
    ),
    (
        put(
            objects(deployment="canary", metrics_port=9090)["Rollout"],
            f"{POD}.dnsPolicyy",
            "Default",
        ),
        "spec.template.spec.dnsPolicyy: unknown key; did you mean dnsPolicy?",
    ),
    (
        put(
            next(nodes.auto_mode(role="r", key="k", subnets=["s"], groups=["g"], tags={})),
            "spec.ephemeralStorage.size",
            80,
        ),
        "spec.ephemeralStorage.size: 80 is given; text is allowed",
    ),
    (put(admission.signed_images("r", "k"), "spec.background", "no"), "true or false is allowed"),
]


@pytest.mark.parametrize(("one", "wrong"), TYPOS)
def test_a_typo_is_one_sentence_with_file_and_key(one: Object, wrong: str) -> None:
    [sentence] = sentences(one)
    assert sentence.startswith("file.yaml: ")
    assert wrong in sentence


def test_the_same_object_twice_is_refused() -> None:
    with pytest.raises(ManifestError, match="stands there twice"):
        checked([deployment(), deployment()], VERSION, where="file.yaml")


def test_a_version_without_schemas_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"no schemas of Kubernetes 1\.99"):
        checked([deployment()], "1.99", where="file.yaml")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("kind: [", "expected"),
        ("kind: Pod\nkind: Job", "the key kind stands there twice"),
        ("- a\n", "document 1 is not an object with a kind"),
        ("", "it holds no object"),
    ],
)
def test_a_file_that_holds_no_objects_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text)
    with pytest.raises(ManifestError) as raised:
        read(file)
    [sentence] = raised.value.sentences
    assert str(file) in sentence
    assert wrong in sentence


def test_paths_of_the_api() -> None:
    assert path_of(deployment()) == "/apis/apps/v1/namespaces/production/deployments/app"
    [first, *_] = namespaces(VERSION)
    assert path_of(first) == "/api/v1/namespaces/production"


def test_a_secret_reaches_the_pod_by_its_own_role() -> None:
    made = objects(secrets={"PASSWORD": SECRET, "TOKEN": f"{SECRET}:token::"})
    spec = made["SecretProviderClass"]["spec"]
    assert spec["parameters"]["usePodIdentity"] == "true"
    assert f'"objectName": "{SECRET}", "objectAlias": "PASSWORD"' in spec["parameters"]["objects"]
    assert (
        '"jmesPath": [{"path": "token", "objectAlias": "TOKEN"}]' in spec["parameters"]["objects"]
    )
    environment = made["Deployment"]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {one["name"]: one["valueFrom"]["secretKeyRef"]["key"] for one in environment} == {
        "PASSWORD": "PASSWORD",
        "TOKEN": "TOKEN",
    }


def test_vault_is_three_servers_that_unseal_themselves_and_audit() -> None:
    server = charts.values("vault", region="ap-northeast-1", unseal_key="key-arn")["server"]
    assert server["ha"]["replicas"] == 3
    assert server["auditStorage"]["enabled"] is True
    configuration = server["ha"]["raft"]["config"]
    assert 'seal "awskms"' in configuration
    assert 'kms_key_id = "key-arn"' in configuration
    assert 'tls_min_version = "tls13"' in configuration
