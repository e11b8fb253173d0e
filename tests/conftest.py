"""One judged synthesis per environment serves the whole session, whichever worker asks."""

import contextlib
import gc
import io
import json
import os
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

from tests import shared

ENVIRONMENTS = ("dev", "staging", "production")


@dataclass(frozen=True)
class Assembly:
    """The templates of one environment: `rooms["Network"]`, `rooms["Root"]`, `rooms["EdgeGlobal"]`."""

    outdir: Path
    environment: str

    @cached_property
    def rooms(self) -> dict[str, dict[str, Any]]:
        found = {}
        nested = re.compile(rf"iryo{self.environment}(\w+?)[0-9A-F]{{8}}\.nested\.template\.json")
        flat = re.compile(rf"iryo-{self.environment}-([a-z-]+)\.template\.json")
        for file in sorted(self.outdir.glob("*.template.json")):
            match, beside = nested.fullmatch(file.name), flat.fullmatch(file.name)
            name = match[1] if match else "Root"
            if beside:
                name = beside[1].title().replace("-", "")
            found[name] = json.loads(file.read_text())
        return found

    def resources(self, room: str, kind: str, **properties: Any) -> dict[str, dict[str, Any]]:
        """Resources of a type, by logical id, whose given properties have the given values."""
        return {
            name: resource
            for name, resource in self.rooms[room]["Resources"].items()
            if resource["Type"] == kind
            and all(resource["Properties"].get(k) == v for k, v in properties.items())
        }

    def resource(self, room: str, kind: str, **properties: Any) -> dict[str, Any]:
        """The properties of the only such resource."""
        found = self.resources(room, kind, **properties)
        assert len(found) == 1, f"{len(found)} resources {kind} in {room}: {sorted(found)}"
        properties_found: dict[str, Any] = next(iter(found.values()))["Properties"]
        return properties_found


@dataclass(frozen=True)
class Synthesis:
    """What `python app.py` made of an environment: templates, exit code, verdict and what it said."""

    outdir: Path

    def _kept(self, name: str) -> Any:
        # Only this session's own folder is read.
        return pickle.loads((self.outdir / f"{name}.pickle").read_bytes())  # noqa: S301

    @cached_property
    def code(self) -> int:
        return int(self._kept("code"))

    @cached_property
    def told(self) -> str:
        return str(self._kept("told"))

    @cached_property
    def judgement(self) -> Any:
        return self._kept("judgement")


def _synthesise(environment: str, outdir: Path) -> None:
    from app import build_app
    from compliance import gate
    from infra.config import load, path_of

    config = load(path_of(environment))
    app = build_app(config, outdir)
    with contextlib.redirect_stderr(io.StringIO()) as told:
        code = gate.synthesise(app, config)
    kept = {"code": code, "told": told.getvalue(), "judgement": gate.judgement_of(app)}
    for name, value in kept.items():
        (outdir / f"{name}.pickle").write_bytes(pickle.dumps(value))


@pytest.fixture(scope="session", autouse=True)
def cheap_mocks() -> None:
    """Read the SDK's models once, not once a mocked account, and leave out a thousand images."""
    from botocore.loaders import JSONFileLoader

    read = cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _, path: read(path)  # type: ignore[method-assign]
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesis]:
    """Synthesise and judge an environment at first use. Nobody may write into its folder."""

    @cache
    def synthesised(environment: str) -> Synthesis:
        folder = shared.root(tmp_path_factory) / f"synthesis-{environment}"
        return Synthesis(shared.once(folder, lambda outdir: _synthesise(environment, outdir)))

    return synthesised


@pytest.fixture(scope="session")
def assembly(synthesis: Callable[[str], Synthesis]) -> Callable[[str], Assembly]:
    """The templates of an environment."""
    return cache(lambda environment: Assembly(synthesis(environment).outdir, environment))


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def every(request: pytest.FixtureRequest, assembly: Callable[[str], Assembly]) -> Assembly:
    """Each environment in turn."""
    return assembly(request.param)


LONGEST = (
    "tests/rehearsal/test_rehearsal.py",
    "tests/compliance/test_kill.py",
    "tests/templates/test_cfn_lint.py",
    "tests/hpc/slurm/test_jobs.py",
    "tests/compliance/evidence/test_browser.py",
    "tests/templates/test_hpc_settings.py",
)
"""What takes longest begins first, or one worker ends long after the other; what mostly waits (the
rehearsal, Slurm's jobs) not at the same time."""


gc.disable()  # until everything is imported


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


def pytest_collection_finish() -> None:
    # What was imported stays: looking for garbage among it costs a tenth of the time.
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish() -> None:
    gc.freeze()  # the process ends: nothing need be looked through


class _ByFile(LoadGroupScheduling):
    """The tests of a file go to one worker, so that what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if scope == nodeid else scope


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores: the rehearsal and Slurm's jobs mostly wait.
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadGroupScheduling:
    return _ByFile(config, log)
