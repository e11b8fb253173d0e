"""The stand-in of a cluster's API server takes valid objects from who is signed in, and no others."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.journal import Journal
from rehearsal.kubernetes import KubernetesApi

SPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "production"}}
MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "one", "namespace": "production"},
    "data": {"a": "b"},
}
SPACES = "/_kubernetes/test/api/v1/namespaces/production"
MAPS = f"{SPACES}/configmaps/one"


def signed(url: str) -> dict[bytes, bytes]:
    token = base64.urlsafe_b64encode(url.encode()).rstrip(b"=")
    return {b"authorization": b"Bearer k8s-aws-v1." + token}


GOOD = signed("https://sts/?Action=GetCallerIdentity&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def api(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> KubernetesApi:
    monkeypatch.setenv("GATEWAY_PORT", "4566")
    api = KubernetesApi(journal)
    handlers: dict[str, Any] = {
        "AWS::EKS::Cluster": {"create": lambda *_: ("test", {"Arn": "arn"}), "update": None}
    }
    api.install(handlers)
    name, attributes = handlers["AWS::EKS::Cluster"]["create"]("Id", {"Version": "1.36"}, "stack")
    assert (name, attributes["Arn"]) == ("test", "arn")
    assert attributes["Endpoint"] == "http://127.0.0.1:4566/_kubernetes/test"
    return api


def put(api: KubernetesApi, path: str, one: Any, headers: dict[bytes, bytes] = GOOD) -> int:
    return api.answer("PATCH", path, headers, json.dumps(one).encode())[0]


def test_valid_objects_are_taken_and_noted(api: KubernetesApi, journal: Journal) -> None:
    assert put(api, SPACES, SPACE) == 200
    assert put(api, MAPS, MAP) == 200
    assert journal.counts()["recorded"] == {"Kubernetes::ConfigMap": 1, "Kubernetes::Namespace": 1}


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ({**MAP, "datta": {}}, "datta"),
        ({**MAP, "data": {"a": 1}}, "ConfigMap/one data.a"),
        ({**MAP, "kind": "ConfigMapp"}, "no such kind"),
        ({**MAP, "metadata": {"name": "two", "namespace": "production"}}, "differ from"),
    ],
)
def test_invalid_objects_are_refused(api: KubernetesApi, one: dict[str, Any], said: str) -> None:
    put(api, SPACES, SPACE)
    status, answer = api.answer("PATCH", MAPS, GOOD, json.dumps(one).encode())
    assert status == 422
    assert said in answer["message"]
    assert len(api.objects["test"]) == 1


def test_an_object_needs_its_namespace(api: KubernetesApi) -> None:
    assert put(api, MAPS, MAP) == 404


def test_kinds_that_add_ons_bring_are_taken_as_they_are(api: KubernetesApi) -> None:
    pool = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "one"}}
    assert put(api, "/_kubernetes/test/apis/karpenter.sh/v1/nodepools/one", pool) == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {b"authorization": b"Bearer x"}, signed("https://sts/?Action=GetCallerIdentity")],
)
def test_nobody_else_is_let_in(api: KubernetesApi, headers: dict[bytes, bytes]) -> None:
    assert put(api, SPACES, SPACE, headers) == 401


def test_what_is_removed_is_gone(api: KubernetesApi) -> None:
    put(api, SPACES, SPACE)
    assert api.answer("DELETE", SPACES, GOOD, b"")[0] == 200
    assert api.answer("DELETE", SPACES, GOOD, b"")[0] == 404


@pytest.mark.parametrize("path", ["/_kubernetes/other/api/v1/namespaces/a", "/_kubernetes/test/x"])
def test_an_unknown_path_is_not_found(api: KubernetesApi, path: str) -> None:
    assert put(api, path, SPACE) == 404
