"""One cold run and one cached run of the clinical pipeline serve all tests."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlops.inference.archive import unpack
from mlops.inference.server import Server, load
from mlops.pipeline_definition import clinical_pipeline, drift_pipeline, example_settings
from mlops.runner.run import Options, run
from mlops.runner.state import RunResult
from mlops.steps.bundled import wisconsin


@dataclass(frozen=True)
class Run:
    """A run, its folder, and the outputs of its steps."""

    result: RunResult
    folder: Path

    def output(self, step: str, name: str) -> Path:
        outputs = self.result.steps[step].properties["ProcessingOutputConfig"]["Outputs"]
        uri = next(o["S3Output"]["S3Uri"] for o in outputs if o["OutputName"] == name)
        return self.folder / "s3" / uri.removeprefix("s3://")

    def json(self, step: str, name: str, file: str) -> Any:
        return json.loads((self.output(step, name) / file).read_text())

    @property
    def model(self) -> Path:
        uri = self.result.steps["Train"].properties["ModelArtifacts"]["S3ModelArtifacts"]
        return self.folder / "s3" / uri.removeprefix("s3://")


def run_drift(options: Options) -> RunResult:
    """Run the drift pipeline of an example; its baseline lies in the run's important bucket."""
    pipeline = drift_pipeline(
        example_settings(),
        baseline_uri="s3://iryo-important/baseline",
        explanation_uri="s3://iryo-important/explanation",
        model_uri="s3://iryo-important/model",
        captured_uri="s3://iryo-confidential/capture",
        data_class="confidential",
    )
    return run(pipeline.to_definition(), options)


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mlops")


@pytest.fixture(scope="session")
def records(workplace: Path) -> Path:
    """The bundled breast cancer set."""
    wisconsin(workplace / "records")
    return workplace / "records"


Runs = Callable[..., Run]


@pytest.fixture(scope="session")
def first(workplace: Path, records: Path) -> tuple[Runs, Run]:
    """Runs of the clinical pipeline that share a cache, and the first of them."""
    count = iter(range(100))

    def executed(
        *, data: Path | None = None, parameters: dict[str, str] | None = None, **settings: object
    ) -> Run:
        definition = clinical_pipeline(example_settings(**settings)).to_definition()
        folder = workplace / f"run-{next(count)}"
        options = Options(
            folder=folder,
            name="iryo-clinical",
            data=data or records,
            parameters=parameters or {},
            cache=workplace / "cache",
        )
        return Run(run(definition, options), folder)

    return executed, executed()


@pytest.fixture(scope="session")
def execute(first: tuple[Runs, Run]) -> Runs:
    """Run the clinical pipeline, with a cache that all runs of the session share."""
    return first[0]


@pytest.fixture(scope="session")
def cold(first: tuple[Runs, Run]) -> Run:
    """The first run: nothing comes from the cache."""
    return first[1]


@pytest.fixture(scope="session")
def model_folder(cold: Run, workplace: Path) -> Path:
    """The unpacked model of the cold run; not to be changed."""
    unpack(cold.model, workplace / "model")
    return workplace / "model"


@pytest.fixture
def definition() -> dict[str, Any]:
    """A good definition, to be broken."""
    return clinical_pipeline(example_settings()).to_definition()


@pytest.fixture
def server(model_folder: Path, socket_enabled: None) -> Iterator[Server]:
    """The inference server on the loopback interface."""
    with Server(("127.0.0.1", 0), load(model_folder), quiet=True) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()
