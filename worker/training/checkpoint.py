"""Checkpoints of a training: one safetensors file, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from worker.training.optimizer import MovingAverage, optimiser_tensors, restore_optimiser

__all__ = ["TrainState", "read_tensors", "under", "write_tensors"]


def write_tensors(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able facts; the old file stays until the new one is complete."""
    content = save(
        {key: value.detach().cpu().contiguous() for key, value in tensors.items()},
        metadata={"facts": json.dumps(facts)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `write_tensors` wrote."""
    with safe_open(path, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        facts: dict[str, Any] = json.loads((file.metadata() or {}).get("facts", "{}"))
    return tensors, facts


@dataclass(frozen=True, kw_only=True)
class TrainState:
    """All that a training needs to go on as if it had not stopped."""

    modules: Mapping[str, nn.Module]
    averages: Mapping[str, MovingAverage]
    optimisers: Sequence[torch.optim.Optimizer]

    def tensors(self) -> dict[str, Tensor]:
        """Give everything as named tensors, copies."""
        tensors: dict[str, Tensor] = {}
        for name, module in self.modules.items():
            tensors |= {f"module/{name}/{key}": value for key, value in module.state_dict().items()}
        for name, average in self.averages.items():
            tensors |= {f"average/{name}/{key}": value for key, value in average.weights.items()}
        for index, optimiser in enumerate(self.optimisers):
            found = optimiser_tensors(optimiser)
            tensors |= {f"optimiser/{index}/{key}": value for key, value in found.items()}
        return {key: value.clone() for key, value in tensors.items()}

    def take(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave."""
        for name, module in self.modules.items():
            module.load_state_dict(under(tensors, f"module/{name}/"))
        for name, average in self.averages.items():
            average.weights.update(under(tensors, f"average/{name}/"))
        for index, optimiser in enumerate(self.optimisers):
            restore_optimiser(optimiser, under(tensors, f"optimiser/{index}/"))

    def save(self, path: Path, facts: Mapping[str, Any]) -> None:
        """Write to a file; `facts` must hold the step."""
        write_tensors(path, self.tensors(), facts)

    def restore(self, path: Path) -> dict[str, Any]:
        """Take up what `save` wrote and give its facts."""
        tensors, facts = read_tensors(path)
        self.take(tensors)
        return facts


def under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Give the tensors whose name starts with the prefix, by the rest of it."""
    return {
        key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)
    }
