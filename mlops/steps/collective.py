"""Training on several instances: each holds a share of the records, sums go to all."""

import importlib
from typing import Any, Protocol

import numpy as np

from mlops.inference.model import Array
from mlops.steps.container import StepError


class Collective(Protocol):
    """The processes that train together."""

    rank: int
    size: int

    def sum(self, values: Array) -> Array:
        """Return the sum of an array over all processes, to all of them."""
        ...


class Alone:
    """One process: the sum is its own."""

    rank = 0
    size = 1

    def sum(self, values: Array) -> Array:
        """Return the array itself."""
        return values


class Torch:
    """Processes started by torchrun or by SageMaker's library, which adds a backend of its own.

    Sums of small arrays gain nothing on GPUs, so torchrun's are gloo's.
    """

    def __init__(self, backend: str = "gloo") -> None:
        torch = _imported("torch", "PyTorch")
        if backend == "smddp":
            _imported("smdistributed.dataparallel.torch.torch_smddp", "SageMaker's library")
        self._torch = torch
        self._distributed = _imported("torch.distributed", "PyTorch")
        self._distributed.init_process_group(backend)
        self.rank = int(self._distributed.get_rank())
        self.size = int(self._distributed.get_world_size())

    def sum(self, values: Array) -> Array:
        """Return the sum of an array over all processes, to all of them."""
        tensor = self._torch.from_numpy(np.ascontiguousarray(values).copy())
        self._distributed.all_reduce(tensor)
        return np.asarray(tensor.numpy(), dtype=np.float64)


class Horovod:
    """Processes started by MPI, in an image that has Horovod with PyTorch."""

    def __init__(self) -> None:
        self._torch = _imported("torch", "PyTorch")
        self._horovod = _imported("horovod.torch", "Horovod")
        self._horovod.init()
        self.rank = int(self._horovod.rank())
        self.size = int(self._horovod.size())

    def sum(self, values: Array) -> Array:
        """Return the sum of an array over all processes, to all of them."""
        tensor = self._torch.from_numpy(np.ascontiguousarray(values).copy())
        total = self._horovod.allreduce(tensor, op=self._horovod.Sum)
        return np.asarray(total.numpy(), dtype=np.float64)


def collective(distribution: str) -> Collective:
    """Return the processes that train together, as DISTRIBUTION says.

    torchrun's processes are started by `mlops.steps.launch`, which brings its own. Raises StepError
    when the image lacks what the distribution needs.
    """
    match distribution:
        case "horovod":
            return Horovod()
        case "sagemaker":
            return Torch("smddp")
    return Alone()


def _imported(module: str, product: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise StepError(f"distributed training: the image has no {product} ({module})") from None
