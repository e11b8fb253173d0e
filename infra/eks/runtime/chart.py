"""What CloudFormation asks during a deployment: install a Helm chart whose bytes are known.

`Custom::HelmChart`: properties `Cluster`, `Endpoint`, `CertificateAuthority`, `Release`,
`Namespace`, `Repository` (oci:// or https://), `Chart`, `Version`, `Digest` (sha256 of the
archive) and `Values` (JSON). Helm itself comes in the layer.
"""

import base64
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import boto3

from infra.eks.runtime import apply
from infra.eks.runtime.cluster import token

Event = dict[str, Any]
HELM = "/opt/helm/helm"
MINUTES = 10


class ChartError(RuntimeError):
    """A chart was not installed; the message is a sentence."""


def handler(event: Event, context: Any) -> None:
    """Do what CloudFormation asks for and tell it what became of it, whatever happens."""
    apply.answered(event, context, {"Create": install, "Update": install, "Delete": remove})


def install(event: Event) -> None:
    """Fetch a chart, hold it against its digest, install it; take it back when it fails."""
    wanted = event["ResourceProperties"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = _fetch(wanted, folder)
        found = f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
        if found != wanted["Digest"]:
            raise ChartError(
                f"{wanted['Chart']} {wanted['Version']} is {found}, wanted is {wanted['Digest']}"
            )
        values = folder / "values.json"
        values.write_text(wanted["Values"])
        _helm(
            folder,
            *("upgrade", "--install", wanted["Release"], str(archive)),
            *("--namespace", wanted["Namespace"], "--values", str(values)),
            *("--rollback-on-failure", "--timeout", f"{MINUTES}m", "--history-max", "5"),
            kubeconfig=_kubeconfig(wanted, folder),
        )


def remove(event: Event) -> None:
    """Remove a chart; one that was never installed is as good as removed."""
    wanted = event["ResourceProperties"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _helm(
            folder,
            *("uninstall", wanted["Release"], "--namespace", wanted["Namespace"]),
            *("--ignore-not-found", "--timeout", f"{MINUTES}m"),
            kubeconfig=_kubeconfig(wanted, folder),
        )


def _fetch(wanted: Event, folder: Path) -> Path:
    repository, chart = wanted["Repository"], wanted["Chart"]
    if repository.startswith("oci://"):
        registry = repository.removeprefix("oci://").partition("/")[0]
        if ".dkr.ecr." in registry:
            _log_in(registry, folder)
        source = [f"{repository}/{chart}"]
    else:
        source = [chart, "--repo", repository]
    target = folder / "chart"
    target.mkdir()
    _helm(folder, "pull", *source, "--version", wanted["Version"], "--destination", str(target))
    [archive] = target.glob("*.tgz")
    return archive


def _log_in(registry: str, folder: Path) -> None:
    data = boto3.client("ecr").get_authorization_token()["authorizationData"][0]
    user, password = base64.b64decode(data["authorizationToken"]).decode().split(":", 1)
    _helm(
        folder,
        *("registry", "login", registry, "--username", user, "--password-stdin"),
        given=password,
    )


def _kubeconfig(wanted: Event, folder: Path) -> Path:
    file = folder / "kubeconfig"
    one = {"name": "cluster"}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "cluster",
        "clusters": [
            {
                **one,
                "cluster": {
                    "server": wanted["Endpoint"],
                    "certificate-authority-data": wanted["CertificateAuthority"],
                },
            }
        ],
        "users": [{**one, "user": {"token": token(wanted["Cluster"])}}],
        "contexts": [{**one, "context": {"cluster": "cluster", "user": "cluster"}}],
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(content))
    return file


def _helm(
    folder: Path, *arguments: str, kubeconfig: Path | None = None, given: str | None = None
) -> None:
    """Run Helm. Raises ChartError with its last words."""
    home = {f"HELM_{kind}_HOME": str(folder / kind) for kind in ("CACHE", "CONFIG", "DATA")}
    result = subprocess.run(
        [HELM, *arguments, *(["--kubeconfig", str(kubeconfig)] if kubeconfig else [])],
        check=False,
        capture_output=True,
        text=True,
        input=given,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", **home},
    )
    if result.returncode:
        words = result.stderr.strip().splitlines() or ["it said nothing"]
        raise ChartError(f"helm {arguments[0]} failed: {words[-1][:500]}")
