"""What the gate and its report cost on 1,000 real resources, and whether the gate sees anything."""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path

import aws_cdk as cdk

from app import IryoStack
from bench.figure import Figure
from compliance import coverage, gate
from compliance.defaults import apply_defaults
from compliance.gate import judgement_of, synthesise
from infra.config import EnvironmentConfig, load, path_of
from tests.compliance.evidence import browser

ROOT = Path(__file__).parents[1]
WANTED = 1000
RUNS = 3


def run() -> list[Figure]:
    """Measure warm synthesis with and without the gate in turn; then the page and the kills."""
    config = load(path_of("production"))
    with tempfile.TemporaryDirectory() as folder:
        one = _seconds(_platform(config, Path(folder, "one"), stacks=1), config)
        assert one
        resources = _resources(Path(folder, "one"))
        stacks = -(-WANTED // resources)
        extra = []
        for number in range(RUNS):
            bare = _platform(config, Path(folder, f"bare{number}"), stacks=stacks)
            full = _platform(config, Path(folder, f"full{number}"), stacks=stacks)
            gate.add_packs(full, config)
            extra.append(_seconds(full, config) / (resources * stacks) * WANTED)
            extra[-1] -= _seconds(bare, config) / (resources * stacks) * WANTED
        judgement = judgement_of(full)
        assert judgement is not None
        types = coverage.by_type(judgement.rows)
        judged = sum(1 for type_ in types if type_.rules or type_.reason)
        figures = [
            Figure(
                name=f"gate with reports, for each {WANTED:,} of {resources * stacks:,} resources",
                value=statistics.median(extra),
                unit="s",
                limit=1.5,
            ),
            Figure(
                name="resource types with a rule or a written reason",
                value=100 * judged / len(types),
                unit="%",
                limit=100,
                at_least=True,
            ),
            *_page(Path(folder, f"full{RUNS - 1}", "compliance", "report.html"), Path(folder)),
        ]
    return [*figures, _kill()]


def _platform(config: EnvironmentConfig, folder: Path, *, stacks: int) -> cdk.App:
    """Return production's platform, so many times beside itself."""
    settings = json.loads((ROOT / "cdk.json").read_text())
    app = cdk.App(
        outdir=str(folder),
        context=settings["context"],
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
    )
    apply_defaults(app, config)
    for number in range(stacks):
        IryoStack(app, config=config.model_copy(update={"name": f"{config.name}{number}"}))
    return app


def _seconds(app: cdk.App, config: EnvironmentConfig) -> float:
    gc.collect()
    gc.disable()  # as app.py does
    try:
        with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
            begin = time.perf_counter()
            synthesise(app, config)
            return time.perf_counter() - begin
    finally:
        gc.enable()


def _resources(folder: Path) -> int:
    return sum(
        len(json.loads(file.read_text())["Resources"]) for file in folder.glob("*.template.json")
    )


def _page(page: Path, folder: Path) -> list[Figure]:
    """Return how long a browser takes to show the report; nothing without a browser."""
    if browser.program() is None:
        sys.stderr.write("no Chromium on this machine: the page is not measured\n")
        return []
    seconds = []
    with browser.started(folder / "profile") as chromium:
        for _ in range(RUNS + 1):
            begin = time.perf_counter()
            chromium.open(page.as_uri())
            seconds.append(time.perf_counter() - begin)
    name = f"the report opens in Chromium, {page.stat().st_size / 1e6:.1f} MB"
    return [Figure(name=name, value=statistics.median(seconds[1:]), unit="s", limit=1.0)]


def _kill() -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "score.json")
        command = [sys.executable, "-m", "cli", "kill", "--score", str(file)]
        subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
        score = json.loads(file.read_text())
    return Figure(
        name=f"mutants killed, of {score['total']}",
        value=100 * score["killed"] / score["total"],
        unit="%",
        limit=100,
        at_least=True,
    )
