"""Start training on every instance with torchrun; SageMaker starts this on each of them."""

import importlib.util
import subprocess
import sys

from mlops.steps import train
from mlops.steps.collective import Torch
from mlops.steps.container import Container, StepError

PORT = 29500


def run(container: Container) -> None:
    """Run torchrun on this instance; raises StepError with the reason when training fails."""
    given = command(container.resources)
    if importlib.util.find_spec("torch") is None:
        raise StepError("distributed training: the image has no PyTorch (torch), torchrun needs it")
    result = subprocess.run(given, check=False)
    if result.returncode:
        ended = f"distributed training: torchrun ended with {result.returncode}"
        raise StepError(container.reason or ended)


def command(resources: dict[str, object]) -> list[str]:
    """Return torchrun's command line for the instance that resourceconfig.json describes.

    Raises StepError when the file names no instances.
    """
    hosts, here = resources.get("hosts"), resources.get("current_host")
    if not isinstance(hosts, list) or here not in hosts:
        raise StepError("resourceconfig.json: hosts and current_host are needed")
    ordered = sorted(hosts)
    return [
        *(sys.executable, "-m", "torch.distributed.run"),
        f"--nnodes={len(ordered)}",
        f"--node_rank={ordered.index(here)}",
        "--nproc_per_node=1",
        f"--master_addr={resources.get('master_address', ordered[0])}",
        f"--master_port={PORT}",
        *("-m", "mlops.steps.launch"),
    ]


def main() -> int:
    """Train in a process that torchrun started."""
    container = Container.here()
    try:
        train.run(container, Torch())
    except StepError as error:
        container.fail(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
