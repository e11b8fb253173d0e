"""Processing and training jobs, executed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlops.inference.archive import pack
from mlops.runner.container import Container
from mlops.runner.errors import StepFailedError
from mlops.runner.feature_store import GROUP_VARIABLE, feature_store
from mlops.runner.store import Store

DAY = 24 * 3600


def process(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Run a processing job; return what DescribeProcessingJob would show of it."""
    container = Container(
        folder=folder, environment=arguments.get("Environment", {}), seconds=_limit(arguments)
    )
    specification = arguments["AppSpecification"]
    command = [
        *specification.get("ContainerEntrypoint", []),
        *specification.get("ContainerArguments", []),
    ]
    if not command:
        raise StepFailedError(
            "AppSpecification.ContainerEntrypoint: the laptop has no image to ask"
        )
    for item in arguments.get("ProcessingInputs", []):
        source = item.get("S3Input")
        if not source:
            raise StepFailedError(f"input {item['InputName']}: only S3 inputs work on the laptop")
        store.fetch(source["S3Uri"], container.path(source["LocalPath"]))
    outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    for item in outputs:
        container.path(item["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
    container.write("config/processingjobconfig.json", arguments)
    container.write("config/resourceconfig.json", _resources(["algo-1"], "algo-1"))
    with _services(container, store) as served:
        container.finish(served.start(command))
    for item in outputs:
        written = container.path(item["S3Output"]["LocalPath"])
        if not any(written.iterdir()):
            raise StepFailedError(f"output {item['OutputName']}: nothing was written")
        store.put(written, item["S3Output"]["S3Uri"])
    return {**arguments, "ProcessingJobName": folder.name, "ProcessingJobStatus": "Completed"}


@contextmanager
def _services(container: Container, store: Store) -> Iterator[Container]:
    """Yield the container, with what it calls of AWS beside it."""
    if GROUP_VARIABLE not in container.environment:
        yield container
        return
    with feature_store(store.root.parent / "feature_store") as found:
        yield replace(container, environment={**container.environment, **found})


def train(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Run a training job, a process an instance; return what DescribeTrainingJob would show."""
    count = int(arguments["ResourceConfig"].get("InstanceCount", 1))
    hosts = [f"algo-{number}" for number in range(1, count + 1)]
    containers = [_host(arguments, folder, store, hosts, host) for host in hosts]
    specification = arguments["AlgorithmSpecification"]
    # An image without an entry point in the request starts its own with the word "train".
    command = specification.get("ContainerEntrypoint") or ["python3", "-m", "mlops.steps", "train"]
    command = [*command, *specification.get("ContainerArguments", [])]
    processes = [container.start(command) for container in containers]
    try:
        for container, running in zip(containers, processes, strict=True):
            container.finish(running)
    finally:
        for running in processes:
            if running.poll() is None:
                running.kill()
                running.wait()
    first = containers[0]
    model = first.root / "model"
    if not any(model.iterdir()):
        raise StepFailedError("training wrote no model to /opt/ml/model")
    uri = f"{arguments['OutputDataConfig']['S3OutputPath']}/{folder.name}/output/model.tar.gz"
    pack(model, store.path(uri))
    return {
        **arguments,
        "TrainingJobName": folder.name,
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": uri},
        "FinalMetricDataList": [
            {"MetricName": name, "Value": value}
            for name, value in metrics(specification, first.log).items()
        ],
    }


def _host(
    arguments: dict[str, Any], folder: Path, store: Store, hosts: list[str], host: str
) -> Container:
    here = folder if len(hosts) == 1 else folder / host
    root = here / "opt" / "ml"
    channels = {item["ChannelName"]: item for item in arguments.get("InputDataConfig", [])}
    environment = {
        **arguments.get("Environment", {}),
        **{f"SM_CHANNEL_{n.upper()}": str(root / "input/data" / n) for n in channels},
        "SM_MODEL_DIR": str(root / "model"),
        "SM_OUTPUT_DATA_DIR": str(root / "output/data"),
        "SM_CURRENT_HOST": host,
    }
    container = Container(folder=here, environment=environment, seconds=_limit(arguments))
    for name, item in channels.items():
        store.fetch(item["DataSource"]["S3DataSource"]["S3Uri"], root / "input/data" / name)
    for made in ("model", "output/data"):
        (root / made).mkdir(parents=True, exist_ok=True)
    container.write("input/config/hyperparameters.json", arguments.get("HyperParameters", {}))
    container.write("input/config/resourceconfig.json", _resources(hosts, host))
    return container


def _resources(hosts: list[str], host: str) -> dict[str, Any]:
    """All hosts are this machine: master_address spares them looking each other up by name."""
    return {"current_host": host, "hosts": hosts, "master_address": "127.0.0.1"}


def metrics(specification: Mapping[str, Any], log: Path) -> dict[str, float]:
    """Return the last value of each metric definition in a log."""
    text = log.read_text(encoding="utf-8", errors="replace")
    found = {}
    for definition in specification.get("MetricDefinitions", []):
        if values := re.findall(definition["Regex"], text):
            found[definition["Name"]] = float(values[-1])
    return found


def _limit(arguments: dict[str, Any]) -> int:
    return int(arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY))
