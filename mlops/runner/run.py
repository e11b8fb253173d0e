"""A run: steps as their inputs become ready, some at once, until all have ended or one failed."""

import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlops.pipeline_definition.check import check
from mlops.pipeline_definition.errors import DefinitionError
from mlops.pipeline_definition.graph import edges
from mlops.pipeline_definition.walk import Placed, steps
from mlops.runner.cache import Cache
from mlops.runner.errors import RunError
from mlops.runner.execute import SUPPORTED, Executor, output_uris
from mlops.runner.report import write_report
from mlops.runner.resolve import Resolver, parameters_of
from mlops.runner.state import RunResult, Status, StepResult
from mlops.runner.store import Store

DATA_PARAMETER = "InputData"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run; `folder` gets everything: definition, jobs, logs, stores, registry, report."""

    folder: Path
    name: str = "pipeline"
    data: Path | None = None
    """Stands in for the S3 URI in the parameter InputData."""
    parameters: dict[str, str] = field(default_factory=dict)
    """A folder may be given where the default is an S3 URI."""
    cache: Path | None = None
    jobs: int = 2
    progress: Callable[[StepResult], None] | None = None


def run(definition: dict[str, Any], options: Options) -> RunResult:
    """Run a definition and write the report.

    Raises DefinitionError when the definition is wrong, RunError when it cannot run here.
    """
    if problems := check(definition):
        raise DefinitionError(options.name, problems)
    placed = list(steps(definition))
    for step in placed:
        if step.type not in SUPPORTED:
            raise RunError(
                f"step {step.name}: a {step.type} step needs AWS; the laptop cannot run it"
            )
    given, folders = _folders(definition, options)
    parameters = parameters_of(definition, given)
    mounts = {str(parameters[name]): folder.resolve() for name, folder in folders.items()}
    store = Store(options.folder / "s3", mounts)
    options.folder.mkdir(parents=True, exist_ok=True)
    _write(options.folder / "definition.json", definition)
    executor = Executor(
        folder=options.folder,
        store=store,
        cache=Cache(options.cache) if options.cache else None,
        resolver=Resolver(parameters=parameters, execution=_execution(options.name)),
    )
    began = time.perf_counter()
    results = _Schedule(placed, executor, options, began).run()
    failed = [r for r in results.values() if r.status is Status.FAILED]
    result = RunResult(
        status=Status.FAILED if failed else Status.SUCCEEDED,
        reason=_reason(failed[0]) if failed else None,
        seconds=round(time.perf_counter() - began, 3),
        parameters=parameters,
        steps=results,
    )
    _write(options.folder / "run.json", result.to_json())
    write_report(options.folder, options.name, result)
    return result


def _folders(
    definition: dict[str, Any], options: Options
) -> tuple[dict[str, str], dict[str, Path]]:
    """Return parameters that stay as given, and the folders that stand in for S3 URIs."""
    places = {
        p.get("Name")
        for p in definition.get("Parameters", [])
        if str(p.get("DefaultValue", "")).startswith("s3://")
    }
    if options.data is not None and DATA_PARAMETER not in places:
        raise RunError(f"--data: the definition has no parameter {DATA_PARAMETER}")
    if options.data is not None and not options.data.is_dir():
        raise RunError(f"--data: {options.data} is no folder")
    folders = {DATA_PARAMETER: options.data} if options.data else {}
    given = {}
    for name, value in options.parameters.items():
        if name in places and Path(value).is_dir():
            folders[name] = Path(value)
        else:
            given[name] = value
    return given, folders


def _execution(name: str) -> dict[str, str]:
    identifier = uuid.uuid4().hex[:12]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    arn = f"arn:aws:sagemaker:local:000000000000:pipeline/{name}"
    return {
        "Execution.PipelineName": name,
        "Execution.PipelineArn": arn,
        "Execution.PipelineExecutionId": identifier,
        "Execution.PipelineExecutionArn": f"{arn}/execution/{identifier}",
        "Execution.StartDateTime": now,
        "Execution.CurrentDateTime": now,
    }


def _reason(failed: StepResult) -> str:
    return str(failed.reason) if failed.type == "Fail" else f"step {failed.name}: {failed.reason}"


def _write(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class _Schedule:
    """Starts each step when all that it waits for has ended well."""

    def __init__(
        self, placed: list[Placed], executor: Executor, options: Options, began: float
    ) -> None:
        self.waiting = {step.name: step for step in placed}
        self.after = {step.name: edges(step) for step in placed}
        self.executor = executor
        self.options = options
        self.began = began
        self.results: dict[str, StepResult] = {}
        self.order = list(self.waiting)

    def run(self) -> dict[str, StepResult]:
        running: dict[Future[StepResult], tuple[Placed, float]] = {}
        failed = False
        with ThreadPoolExecutor(self.options.jobs) as pool:
            while True:
                for step in [] if failed else self._ready():
                    started = time.perf_counter() - self.began
                    running[pool.submit(self.executor.execute, step)] = (step, started)
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    step, started = running.pop(future)
                    result = future.result()
                    result.started = round(started, 3)
                    self._ended(step, result)
                    failed = failed or result.status is Status.FAILED
        for step in list(self.waiting.values()):
            self._leave(step)
        return {name: self.results[name] for name in self.order}

    def _ready(self) -> list[Placed]:
        ready = [
            step
            for name, step in self.waiting.items()
            if all(self._succeeded(before) for before in self.after[name])
        ]
        for step in ready:
            del self.waiting[step.name]
        return ready

    def _succeeded(self, name: str) -> bool:
        result = self.results.get(name)
        return result is not None and result.status is Status.SUCCEEDED

    def _ended(self, step: Placed, result: StepResult) -> None:
        self.results[step.name] = result
        self.executor.resolver.properties[step.name] = result.properties
        uris = output_uris(step.type, result.properties) if result.properties else {}
        for file in step.json.get("PropertyFiles", []):
            folder = self.executor.store.path(uris[file["OutputName"]]) if uris else None
            if folder is not None:
                key = (step.name, file["PropertyFileName"])
                self.executor.resolver.files[key] = folder / file["FilePath"]
        if self.options.progress:
            self.options.progress(result)
        if step.type == "Condition" and result.status is Status.SUCCEEDED:
            for other in list(self.waiting.values()):
                sides = dict(other.branch)
                if step.name in sides and sides[step.name] != result.outcome:
                    self._leave(other)

    def _leave(self, step: Placed) -> None:
        del self.waiting[step.name]
        self.results[step.name] = StepResult(
            name=step.name, type=step.type, status=Status.NOT_EXECUTED
        )
