"""The function that deploys, against a stand-in of the API server that checks what it is sent."""

import base64
import hashlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.eks.manifests.namespaces import namespaces
from infra.eks.runtime import apply, chart, cluster
from rehearsal.journal import Journal
from rehearsal.kubernetes import KubernetesApi
from tests.unit.eks.inputs import VERSION, deployment, put

NAME = "iryo-test"
CONTEXT = SimpleNamespace(log_stream_name="stream")


class Opener:
    """Hands requests to the stand-in; `refuse` answers come first."""

    def __init__(self, api: KubernetesApi) -> None:
        self.api = api
        self.refuse: list[int | OSError] = []
        self.asked: list[str] = []

    def open(self, request: urllib.request.Request, **_: float) -> Any:
        self.asked.append(f"{request.get_method()} {urlsplit(request.full_url).path}")
        if self.refuse:
            first = self.refuse.pop(0)
            if isinstance(first, OSError):
                raise first
            raise self._error(request, first, {"message": "not yet"})
        headers = {key.lower().encode(): value.encode() for key, value in request.header_items()}
        status, said = self.api.answer(
            request.get_method(),
            urlsplit(request.full_url).path,
            headers,
            bytes(request.data or b""),
        )
        if status >= 400:
            raise self._error(request, status, said)
        return io.BytesIO(json.dumps(said).encode())

    @staticmethod
    def _error(request: urllib.request.Request, status: int, said: dict[str, Any]) -> Exception:
        return urllib.error.HTTPError(
            request.full_url, status, "", Message(), io.BytesIO(json.dumps(said).encode())
        )


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opener:
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("GATEWAY_PORT", "1")
    monkeypatch.setattr(apply.time, "sleep", lambda _: None)
    api = KubernetesApi(Journal(tmp_path / "journal.jsonl"))
    handlers = {"AWS::EKS::Cluster": {"create": lambda *_: (NAME, {}), "update": None}}
    api.install(handlers)
    handlers["AWS::EKS::Cluster"]["create"]("Cluster", {"Version": VERSION}, "stack")  # type: ignore[misc]
    made = Opener(api)
    monkeypatch.setattr(cluster.Cluster, "_opener", lambda _: made)
    return made


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(apply, "_send", lambda _, answer: told.append(answer))
    yield told


def event(kind: str, objects: list[Any], old: list[Any] | None = None) -> dict[str, Any]:
    def properties(manifest: list[Any]) -> dict[str, str]:
        return {
            "Cluster": NAME,
            "Endpoint": f"http://127.0.0.1:1/_kubernetes/{NAME}",
            "CertificateAuthority": "",
            "Manifest": json.dumps(manifest),
        }

    return {
        "RequestType": kind,
        "LogicalResourceId": "Objects",
        "StackId": "stack",
        "RequestId": "1",
        "ResponseURL": "https://answer.example",
        "ResourceProperties": properties(objects),
        **({"OldResourceProperties": properties(old)} if old is not None else {}),
    }


SPACE = next(namespaces(VERSION))


def held(opener: Opener) -> set[str]:
    return {path.rpartition("/")[2] for path in opener.api.objects.get(NAME, {})}


def test_objects_are_applied_in_order(opener: Opener, answers: list[dict[str, Any]]) -> None:
    apply.handler(event("Create", [SPACE, deployment()]), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert answers[0]["PhysicalResourceId"] == "Objects"
    assert held(opener) == {"production", "app"}


def test_what_is_no_longer_wanted_is_removed(opener: Opener, answers: list[dict[str, Any]]) -> None:
    other = put(deployment(), "metadata.name", "other")
    apply.handler(event("Create", [SPACE, deployment(), other]), CONTEXT)
    apply.handler(event("Update", [SPACE, other], [SPACE, deployment(), other]), CONTEXT)
    assert held(opener) == {"production", "other"}


def test_deletion_leaves_namespaces(opener: Opener, answers: list[dict[str, Any]]) -> None:
    apply.handler(event("Create", [SPACE, deployment()]), CONTEXT)
    apply.handler(event("Delete", [SPACE, deployment()]), CONTEXT)
    apply.handler(event("Delete", [SPACE, deployment()]), CONTEXT)
    assert [one["Status"] for one in answers] == ["SUCCESS"] * 3
    assert held(opener) == {"production"}


def test_a_new_cluster_gets_time(opener: Opener, answers: list[dict[str, Any]]) -> None:
    opener.refuse = [OSError("no route"), 401, 403, 503]
    apply.handler(event("Create", [SPACE]), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert len(opener.asked) == 5


def test_patience_ends(
    opener: Opener, answers: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "PATIENCE", 0.0)
    opener.refuse = [403]
    apply.handler(event("Create", [SPACE]), CONTEXT)
    assert answers[0]["Status"] == "FAILED"
    assert "403 for /api/v1/namespaces/production: not yet" in answers[0]["Reason"]


def test_an_invalid_object_fails_at_once(opener: Opener, answers: list[dict[str, Any]]) -> None:
    apply.handler(event("Create", [SPACE, deployment("spec.replicas", "two")]), CONTEXT)
    assert answers[0]["Status"] == "FAILED"
    assert "422" in answers[0]["Reason"]
    assert "spec.replicas" in answers[0]["Reason"]
    assert len(opener.asked) == 2


def test_a_cluster_that_is_gone_does_not_stop_a_deletion(
    opener: Opener, answers: list[dict[str, Any]]
) -> None:
    opener.refuse = [OSError("no route")]
    apply.handler(event("Delete", [deployment()]), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"


def test_the_token_is_a_signed_question_to_sts(opener: Opener) -> None:
    encoded = cluster.token(NAME).removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(encoded + "==").decode()
    assert url.startswith("https://sts.ap-northeast-1.amazonaws.com/?Action=GetCallerIdentity")
    assert "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id" in url
    assert "X-Amz-Expires=60" in url


HELM = """#!/bin/sh
echo "$@" >> {log}
[ "$1" = pull ] && for last; do :; done && printf chart > "$last/chart-1.2.3.tgz"
[ "$1" = upgrade ] && [ "{fail}" = yes ] && echo "Error: no" >&2 && exit 1
exit 0
"""


@pytest.fixture
def helm(opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    log, program = tmp_path / "helm.log", tmp_path / "helm"
    program.write_text(HELM.format(log=log, fail="no"))
    program.chmod(0o700)
    monkeypatch.setattr(chart, "HELM", str(program))
    return log


def chart_event(kind: str, digest: str) -> dict[str, Any]:
    base = event(kind, [])
    base["ResourceProperties"] |= {
        "Release": "vault",
        "Namespace": "vault",
        "Repository": "oci://registry.example/charts",
        "Chart": "vault",
        "Version": "1.2.3",
        "Digest": digest,
        "Values": "{}",
    }
    return base


def digest_of(content: bytes) -> str:

    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_chart_is_installed(helm: Path, answers: list[dict[str, Any]]) -> None:
    chart.handler(chart_event("Create", digest_of(b"chart")), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS", answers[0]
    pull, upgrade = helm.read_text().splitlines()
    assert pull.startswith("pull oci://registry.example/charts/vault --version 1.2.3")
    assert "--rollback-on-failure" in upgrade


def test_another_chart_under_the_same_version_is_not(
    helm: Path, answers: list[dict[str, Any]]
) -> None:
    chart.handler(chart_event("Create", digest_of(b"other")), CONTEXT)
    assert answers[0]["Status"] == "FAILED"
    assert "wanted is sha256:" in answers[0]["Reason"]
    assert len(helm.read_text().splitlines()) == 1


def test_helm_says_why_it_failed(helm: Path, answers: list[dict[str, Any]]) -> None:
    Path(chart.HELM).write_text(HELM.format(log=helm, fail="yes"))
    chart.handler(chart_event("Update", digest_of(b"chart")), CONTEXT)
    assert "helm upgrade failed: Error: no" in answers[0]["Reason"]


def test_a_chart_is_removed(helm: Path, answers: list[dict[str, Any]]) -> None:
    chart.handler(chart_event("Delete", digest_of(b"")), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert helm.read_text().startswith("uninstall vault --namespace vault --ignore-not-found")
