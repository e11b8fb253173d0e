"""The Pod Security Standard "restricted", asked of a pod's specification before it is deployed.

https://kubernetes.io/docs/concepts/security/pod-security-standards/, read for Kubernetes 1.36.
Each function is one control; its first line is the control's name in the standard. They yield
sentences that begin with the key.
"""

from collections.abc import Callable, Iterator
from typing import Any

from infra.eks.manifests.objects import Object

Spec = Object
SAFE_SYSCTLS = frozenset(
    (
        *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range"),
        *("net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies"),
        *("net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"),
        *("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout"),
        *("net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"),
        *("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
    )
)
VOLUMES = (
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
    *("persistentVolumeClaim", "projected", "secret"),
)
SELINUX_TYPES = (
    None,
    "",
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
)
PROFILES = ("RuntimeDefault", "Localhost")


def pod_security_problems(spec: Spec) -> Iterator[str]:
    """Yield a sentence for each control that a pod breaks, beginning with the key."""
    for control in CONTROLS:
        yield from control(spec)


def containers(spec: Spec) -> Iterator[tuple[str, Object]]:
    """Yield the key and the container, for those that run before and beside it too."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(kind) or ()):
            yield f"{kind}[{index}]", container


def _contexts(spec: Spec) -> Iterator[tuple[str, Object]]:
    """Yield the security context of the pod and of each container, with its key."""
    yield "securityContext", spec.get("securityContext") or {}
    for key, container in containers(spec):
        yield f"{key}.securityContext", container.get("securityContext") or {}


def host_process(spec: Spec) -> Iterator[str]:
    """HostProcess: Windows pods may not be processes of their node."""
    for key, context in _contexts(spec):
        if (context.get("windowsOptions") or {}).get("hostProcess"):
            yield f"{key}.windowsOptions.hostProcess: only false is allowed"


def host_namespaces(spec: Spec) -> Iterator[str]:
    """Host Namespaces: hostNetwork, hostPID and hostIPC are not shared."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"{key}: only false is allowed"


def privileged(spec: Spec) -> Iterator[str]:
    """Privileged Containers: none."""
    for key, context in _contexts(spec):
        if context.get("privileged"):
            yield f"{key}.privileged: only false is allowed"


def capabilities(spec: Spec) -> Iterator[str]:
    """Capabilities: every container drops ALL and may add NET_BIND_SERVICE only."""
    for key, container in containers(spec):
        given = (container.get("securityContext") or {}).get("capabilities") or {}
        if "ALL" not in (given.get("drop") or ()):
            yield f"{key}.securityContext.capabilities.drop: ALL is required"
        for name in given.get("add") or ():
            if name != "NET_BIND_SERVICE":
                yield f"{key}.securityContext.capabilities.add: {name} is not allowed"


def host_path_volumes(spec: Spec) -> Iterator[str]:
    """HostPath Volumes and Volume Types: only those that hold no folder of the node."""
    for index, volume in enumerate(spec.get("volumes") or ()):
        for kind in volume.keys() - {"name"} - set(VOLUMES):
            yield f"volumes[{index}].{kind}: not allowed; allowed are {', '.join(VOLUMES)}"


def host_ports(spec: Spec) -> Iterator[str]:
    """Host Ports: none."""
    for key, container in containers(spec):
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                yield f"{key}.ports[{index}].hostPort: only 0 is allowed"


def host_probes(spec: Spec) -> Iterator[str]:
    """Host Probes / Lifecycle Hooks: probes and hooks ask the pod itself, no other host."""
    for key, container in containers(spec):
        lifecycle = container.get("lifecycle") or {}
        asked = {
            **{name: container.get(name) for name in ("livenessProbe", "readinessProbe")},
            "startupProbe": container.get("startupProbe"),
            **{f"lifecycle.{name}": lifecycle.get(name) for name in ("postStart", "preStop")},
        }
        for name, probe in asked.items():
            for kind in ("httpGet", "tcpSocket"):
                if ((probe or {}).get(kind) or {}).get("host"):
                    yield f"{key}.{name}.{kind}.host: must be left out"


def app_armor(spec: Spec) -> Iterator[str]:
    """AppArmor: the runtime's default profile or one on the node, never unconfined."""
    for key, context in _contexts(spec):
        kind = (context.get("appArmorProfile") or {}).get("type")
        if kind not in (None, *PROFILES):
            yield f"{key}.appArmorProfile.type: {kind} is not allowed"


def selinux(spec: Spec) -> Iterator[str]:
    """SELinux: a container's type, no user and no role."""
    for key, context in _contexts(spec):
        options = context.get("seLinuxOptions") or {}
        if options.get("type") not in SELINUX_TYPES:
            yield f"{key}.seLinuxOptions.type: {options['type']} is not allowed"
        for name in ("user", "role"):
            if options.get(name):
                yield f"{key}.seLinuxOptions.{name}: must be left out"


def proc_mount(spec: Spec) -> Iterator[str]:
    """/proc Mount Type: the default one."""
    for key, context in _contexts(spec):
        if context.get("procMount") not in (None, "Default"):
            yield f"{key}.procMount: only Default is allowed"


def sysctls(spec: Spec) -> Iterator[str]:
    """Sysctls: those that stay within the pod."""
    for given in (spec.get("securityContext") or {}).get("sysctls") or ():
        if given.get("name") not in SAFE_SYSCTLS:
            yield f"securityContext.sysctls: {given.get('name')} is not allowed"


def privilege_escalation(spec: Spec) -> Iterator[str]:
    """Privilege Escalation: refused by every container itself."""
    for key, container in containers(spec):
        if (container.get("securityContext") or {}).get("allowPrivilegeEscalation") is not False:
            yield f"{key}.securityContext.allowPrivilegeEscalation: false is required"


def non_root(spec: Spec) -> Iterator[str]:
    """Non-root, and Non-root user: said, and not user 0."""
    pod = spec.get("securityContext") or {}
    for key, container in containers(spec):
        own = container.get("securityContext") or {}
        if _inherited(own, pod, "runAsNonRoot") is not True:
            yield f"{key}.securityContext.runAsNonRoot: true is required, here or in the pod"
    for key, context in _contexts(spec):
        if context.get("runAsUser") == 0:
            yield f"{key}.runAsUser: 0 is root; another number is allowed"


def seccomp(spec: Spec) -> Iterator[str]:
    """Seccomp: a profile is set, RuntimeDefault or Localhost."""
    pod = spec.get("securityContext") or {}
    for key, container in containers(spec):
        profile = _inherited(container.get("securityContext") or {}, pod, "seccompProfile") or {}
        if profile.get("type") not in PROFILES:
            yield (
                f"{key}.securityContext.seccompProfile.type: RuntimeDefault or Localhost is "
                "required, here or in the pod"
            )


def _inherited(own: Object, pod: Object, key: str) -> Any:
    return own[key] if own.get(key) is not None else pod.get(key)


CONTROLS: tuple[Callable[[Spec], Iterator[str]], ...] = (
    *(host_process, host_namespaces, privileged, capabilities, host_path_volumes, host_ports),
    *(host_probes, app_armor, selinux, proc_mount, sysctls, privilege_escalation, non_root),
    seccomp,
)
