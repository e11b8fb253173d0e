"""Models, registered packages and batch transforms on the laptop."""

import json
import tempfile
from pathlib import Path
from typing import Any

from botocore.validate import ParamValidator

from mlops.inference.archive import ArchiveError, unpack
from mlops.inference.requests import RequestError, predict, rows_of
from mlops.inference.server import Loaded, load
from mlops.pipeline_definition.service import request
from mlops.runner.errors import StepFailedError
from mlops.runner.store import Store


def register(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Write the package as JSON under the group's name, after checking model and request.

    Raises StepFailedError when the request, now without references, would be refused, when a report
    is missing, or when the archive is not the model whose fingerprint goes with it.
    """
    report = ParamValidator().validate(arguments, request("RegisterModel"))
    if report.has_errors():
        raise StepFailedError(report.generate_report())
    for container in arguments["InferenceSpecification"]["Containers"]:
        fingerprint = container.get("Environment", {}).get("MODEL_FINGERPRINT")
        _verified(container["ModelDataUrl"], store, fingerprint)
    for uri in _uris(arguments.get("ModelMetrics", {})):
        if not store.path(uri).is_file():
            raise StepFailedError(f"ModelMetrics: there is nothing at {uri}")
    group = arguments["ModelPackageGroupName"]
    target = folder / "registry" / group
    target.mkdir(parents=True, exist_ok=True)
    version = len(list(target.glob("*.json"))) + 1
    arn = f"arn:aws:sagemaker:local:000000000000:model-package/{group}/{version}"
    described = {**arguments, "ModelPackageArn": arn, "ModelPackageVersion": version}
    (target / f"{version}.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    return described


def _verified(uri: str, store: Store, fingerprint: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(store.path(uri), Path(folder))
            load(Path(folder), fingerprint)
        except ArchiveError as error:
            raise StepFailedError(f"ModelDataUrl: {error}") from None


def _uris(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [uri for item in value.values() for uri in _uris(item)]
    return [value] if isinstance(value, str) and value.startswith("s3://") else []


def create_model(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Check a model's archive and remember where it lies."""
    container = arguments.get("PrimaryContainer") or arguments["Containers"][0]
    _verified(container["ModelDataUrl"], store, None)
    described = {**arguments, "ModelName": folder.name, "PrimaryContainer": container}
    (folder / "model.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    return described


def transform(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Score every file of the input with the model of that name, as batch transform does."""
    archive = _archive(arguments["ModelName"], folder, store)
    target = store.path(arguments["TransformOutput"]["S3OutputPath"])
    target.mkdir(parents=True, exist_ok=True)
    kind = arguments["TransformInput"].get("ContentType", "text/csv")
    accept = arguments["TransformOutput"].get("Accept", "text/csv")
    source = store.path(arguments["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"])
    with tempfile.TemporaryDirectory() as model:
        loaded = _loaded(archive, Path(model))
        for file in [source] if source.is_file() else sorted(source.rglob("*")):
            if not file.is_file():
                continue
            try:
                rows = rows_of(file.read_bytes(), kind, loaded.contract)
                body, _ = predict(loaded.model, rows, loaded.fingerprint).encode(accept)
            except RequestError as error:
                raise StepFailedError(f"{file.name}: {error.sentence}") from None
            (target / f"{file.name}.out").write_bytes(body)
    return {**arguments, "TransformJobName": folder.name, "TransformJobStatus": "Completed"}


def _archive(name: str, folder: Path, store: Store) -> Path:
    """Return the archive of a model: that of an earlier Model step, or a file of the user's."""
    made = folder.parent / name / "model.json"
    if made.is_file():
        uri = json.loads(made.read_text(encoding="utf-8"))["PrimaryContainer"]["ModelDataUrl"]
        return store.path(uri)
    if Path(name).is_file():
        return Path(name)
    raise StepFailedError(
        f"ModelName: {name} is neither made by a step before nor a model.tar.gz of the laptop"
    )


def _loaded(archive: Path, folder: Path) -> Loaded:
    try:
        unpack(archive, folder)
        return load(folder)
    except ArchiveError as error:
        raise StepFailedError(f"ModelName: {error}") from None
