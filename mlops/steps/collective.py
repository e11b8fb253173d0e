"""Training on several instances: each holds a share of the records, sums go to all."""

import os
from typing import Protocol

import numpy as np

from mlops.inference.model import Array


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
    """Processes started by torchrun; sums of small arrays gain nothing on GPUs, so it is gloo."""

    def __init__(self) -> None:
        import torch.distributed  # noqa: PLC0415 (only in images that have it)

        torch.distributed.init_process_group("gloo")
        self._torch = torch
        self.rank = int(os.environ["RANK"])
        self.size = int(os.environ["WORLD_SIZE"])

    def sum(self, values: Array) -> Array:
        """Return the sum of an array over all processes, to all of them."""
        tensor = self._torch.from_numpy(np.ascontiguousarray(values).copy())
        self._torch.distributed.all_reduce(tensor)
        return np.asarray(tensor.numpy(), dtype=np.float64)
