"""The program in this process, and the environments of the edge, made once for all workers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import shared
from tests.conftest import Assembly
from tests.templates.edge_environments import EVERYTHING, WITHOUT_DOMAIN, synthesised

Program = Callable[..., tuple[int, str]]


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """What `python app.py` does with arguments and a context: its exit code and what it says.

    It writes into `out`. That a process ends with that code is shown by the gate's tests.
    """
    import app

    def run(*arguments: str, context: dict[str, str] | None = None) -> tuple[int, str]:
        monkeypatch.setenv("CDK_OUTDIR", str(tmp_path / "out"))
        monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(context or {}))
        return app.main(list(arguments)), capsys.readouterr().err

    return run


def _edge(factory: pytest.TempPathFactory, values: dict[str, Any]) -> Assembly:
    def make(folder: Path) -> None:
        folder.mkdir()
        synthesised(values, folder)

    name = values["name"]
    return Assembly(shared.once(shared.root(factory) / f"edge-{name}", make) / "out", name)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The edge with everything that is off."""
    return _edge(tmp_path_factory, EVERYTHING)


@pytest.fixture(scope="session")
def without_domain(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The edge without a domain."""
    return _edge(tmp_path_factory, WITHOUT_DOMAIN)
