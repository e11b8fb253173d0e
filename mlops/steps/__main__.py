"""The step container's entry point: `python3 -m mlops.steps validate|prepare|…|train|serve`."""

import importlib
import os
import sys
from pathlib import Path

from mlops.inference.archive import ArchiveError, verify
from mlops.steps.container import ROOT, Container, StepError

STEPS = (
    *("validate", "prepare", "features", "train", "evaluate", "explain", "document"),
    *("drift", "quality", "score"),
)


def main(arguments: list[str]) -> int:
    """Run a step; 1 with a sentence when it fails, 2 when there is no such step."""
    name = arguments[0] if arguments else ""
    if name == "serve":
        return serve()
    if name not in STEPS:
        sys.stderr.write(f"step {name!r} was given, {', '.join(STEPS)} or serve is allowed\n")
        return 2
    container = Container.here()
    if name == "train" and container.environment.get("DISTRIBUTION") == "torchrun":
        name = "launch"
    try:
        importlib.import_module(f"mlops.steps.{name}").run(container)
    except StepError as error:
        container.fail(str(error))
        return 1
    return 0


def serve() -> int:
    """Become the server that lies in the model archive; 1 when it is not the registered one.

    What was evaluated serves: this image only checks the archive and hands over to its code.
    """
    model = Path(os.environ.get("SM_MODEL_DIR", f"{ROOT}/model"))
    fingerprint = os.environ.get("MODEL_FINGERPRINT")
    try:
        if not fingerprint:
            raise ArchiveError("MODEL_FINGERPRINT: the registered model's fingerprint is needed")
        verify(model, fingerprint)
    except ArchiveError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    os.chdir(model / "code")
    environment = {**os.environ, "PYTHONPATH": str(model / "code")}
    command = [sys.executable, "-m", "mlops.inference.server"]
    os.execve(sys.executable, command, environment)  # noqa: S606 (its arguments are our own)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
