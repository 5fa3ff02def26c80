"""Optimisers: Muon for matrices, AdamW for other parameters; and weight averaging (EMA)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

__all__ = [
    "learning_rate",
    "make_optimisers",
    "moving_average",
    "optimiser_tensors",
    "restore_optimiser",
    "set_rate",
]

_Tensors: TypeAlias = tuple[Tensor, ...] | list[Tensor]


def make_optimisers(modules: Sequence[nn.Module], rate: float) -> list[torch.optim.Optimizer]:
    """Assign hidden matrices to Muon at `rate` and all other parameters to AdamW at a tenth."""
    matrices: list[Tensor] = []
    rest: list[Tensor] = []
    for module in modules:
        for name, parameter in module.named_parameters():
            hidden = parameter.ndim >= 2 and min(parameter.shape[0], parameter[0].numel()) >= 24
            excluded = any(part in name for part in ("_in.", "_out.", "place", "no_", "slot."))
            if hidden and not excluded:
                matrices.append(parameter if parameter.ndim == 2 else _as_matrix(parameter))
            else:
                rest.append(parameter)
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.01),
        torch.optim.AdamW(rest, lr=rate / 10, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def _as_matrix(weight: Tensor) -> nn.Parameter:
    """Return a contiguous convolution's weight as a matrix that shares its memory.

    `torch.optim.Muon` takes matrices only. Each backward pass moves the weight's gradient to the
    matrix.
    """
    matrix = nn.Parameter(weight.detach().view(len(weight), -1))

    def move_gradient(weight: Tensor) -> None:
        assert weight.grad is not None
        matrix.grad, weight.grad = weight.grad.reshape(matrix.shape), None

    weight.register_post_accumulate_grad_hook(move_gradient)
    return matrix


def learning_rate(step: int, peak: float, steps: int, warm_up: int = 100) -> float:
    """Return the learning rate: linear warm-up, constant, then decay over the last 40 %.

    It decays linearly to a twentieth of the peak.
    """
    if step < warm_up:
        return peak * (step + 1) / warm_up
    remaining = (steps - step) / max(1.0, 0.4 * steps)
    return peak * max(0.05, min(1.0, remaining))


def set_rate(optimisers: Sequence[torch.optim.Optimizer], rate: float) -> None:
    """Set the learning rate of the optimisers of `make_optimisers`."""
    for optimiser, factor in zip(optimisers, (1.0, 0.1), strict=True):
        for group in optimiser.param_groups:
            group["lr"] = rate * factor


def moving_average(module: nn.Module, decay: float = 0.999) -> AveragedModel:
    """Return an exponential moving average of a module's weights and buffers.

    The first update copies the module. The decay then rises to `decay` with the number of updates,
    so that the average of a short training forgets the first weights.
    """

    def update(averages: _Tensors, weights: _Tensors, updates: Tensor | int) -> None:
        count = int(updates)
        get_ema_multi_avg_fn(min(decay, (1 + count) / (10 + count)))(averages, weights, count)

    return AveragedModel(module, multi_avg_fn=update, use_buffers=True)


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return an optimiser's state as named tensors."""
    state: dict[int, dict[str, Any]] = optimiser.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value).clone()
        for index, entry in state.items()
        for name, value in entry.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Restore an optimiser's state from the tensors of `optimiser_tensors`."""
    document = optimiser.state_dict()
    state: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        entry = state.setdefault(int(index), {})
        if name == "average":  # of Muon, written by earlier versions
            entry["momentum_buffer"] = value.flatten(1)
        else:
            entry[name] = value
    document["state"] = state
    optimiser.load_state_dict(document)
