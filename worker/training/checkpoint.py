"""Training checkpoints: one safetensors file, written atomically."""

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
from torch.optim.swa_utils import AveragedModel

from worker.training.optimizer import optimiser_tensors, restore_optimiser

__all__ = ["TrainState", "read_tensors", "strip_prefix", "write_tensors"]


def write_tensors(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON-serialisable metadata atomically, by renaming a complete file."""
    content = save(
        {key: value.detach().cpu().contiguous() for key, value in tensors.items()},
        metadata={"facts": json.dumps(facts)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and metadata that `write_tensors` wrote."""
    with safe_open(path, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        facts: dict[str, Any] = json.loads((file.metadata() or {}).get("facts", "{}"))
    return tensors, facts


@dataclass(frozen=True, kw_only=True)
class TrainState:
    """Complete state of a training: modules, weight averages and optimisers."""

    modules: Mapping[str, nn.Module]
    averages: Mapping[str, AveragedModel]
    optimisers: Sequence[torch.optim.Optimizer]

    def tensors(self) -> dict[str, Tensor]:
        """Return copies of all tensors by name."""
        tensors: dict[str, Tensor] = {}
        for name, module in self.modules.items():
            tensors |= {f"module/{name}/{key}": value for key, value in module.state_dict().items()}
        for name, average in self.averages.items():
            state = average.state_dict()
            tensors |= {f"average/{name}/{key}": value for key, value in state.items()}
        for index, optimiser in enumerate(self.optimisers):
            state = optimiser_tensors(optimiser)
            tensors |= {f"optimiser/{index}/{key}": value for key, value in state.items()}
        return {key: value.clone() for key, value in tensors.items()}

    def load_tensors(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Load the state that `tensors` returned after `step` steps."""
        for name, module in self.modules.items():
            module.load_state_dict(strip_prefix(tensors, f"module/{name}/"))
        for name, average in self.averages.items():
            saved = strip_prefix(tensors, f"average/{name}/")
            if "n_averaged" not in saved:  # written by an earlier version
                saved = {f"module.{key}": value for key, value in saved.items()}
                saved["n_averaged"] = torch.tensor(step)
            average.load_state_dict(saved)
        for index, optimiser in enumerate(self.optimisers):
            restore_optimiser(optimiser, strip_prefix(tensors, f"optimiser/{index}/"))

    def save(self, path: Path, facts: Mapping[str, Any]) -> None:
        """Write a checkpoint file; `facts` must hold the step."""
        write_tensors(path, self.tensors(), facts)

    def restore(self, path: Path) -> dict[str, Any]:
        """Load the state that `save` wrote and return its metadata."""
        tensors, facts = read_tensors(path)
        self.load_tensors(tensors, int(facts["step"]))
        return facts


def strip_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names start with the prefix, with the prefix removed."""
    return {
        key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)
    }
