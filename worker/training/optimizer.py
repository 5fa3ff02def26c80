"""Optimisers: Muon for matrices, AdamW for other parameters; and weight averaging (EMA)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

__all__ = [
    "MovingAverage",
    "Muon",
    "learning_rate",
    "make_optimisers",
    "optimiser_tensors",
    "restore_optimiser",
    "set_rate",
]

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5


def _orthogonalise(matrix: Tensor) -> Tensor:
    """Orthogonalise a matrix by Newton-Schulz iterations (Jordan et al. 2024, "Muon")."""
    a, b, c = _COEFFICIENTS
    x = (matrix / (matrix.norm() + 1e-7)).bfloat16()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(_ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Muon: orthogonalised Nesterov momentum, for weights of two or more dimensions."""

    def __init__(self, parameters: Iterable[Tensor], rate: float, decay: float = 0.01) -> None:
        super().__init__(parameters, {"lr": rate, "momentum": 0.95, "decay": decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update the parameters that have gradients; closures are not supported."""
        if closure is not None:
            raise ValueError("Muon does not support closures")
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if "average" not in state:
                    state["average"] = torch.zeros_like(weight)
                state["average"].lerp_(weight.grad, 1 - group["momentum"])
                nesterov = weight.grad.lerp(state["average"], group["momentum"])
                flat = nesterov.reshape(len(nesterov), -1)
                scale = max(1.0, flat.shape[0] / flat.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * group["decay"])
                update = _orthogonalise(flat).reshape(weight.shape)
                weight.add_(update, alpha=-group["lr"] * scale)


def make_optimisers(modules: Sequence[nn.Module], rate: float) -> list[torch.optim.Optimizer]:
    """Assign hidden matrices to Muon at `rate` and all other parameters to AdamW at a tenth."""
    matrices: list[Tensor] = []
    rest: list[Tensor] = []
    for module in modules:
        for name, parameter in module.named_parameters():
            hidden = parameter.ndim >= 2 and min(parameter.shape[0], parameter[0].numel()) >= 24
            excluded = any(part in name for part in ("_in.", "_out.", "place", "no_", "slot."))
            (matrices if hidden and not excluded else rest).append(parameter)
    return [
        Muon(matrices, rate),
        torch.optim.AdamW(rest, lr=rate / 10, betas=(0.9, 0.98), weight_decay=0.0),
    ]


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


class MovingAverage:
    """Exponential moving average of a module's weights, with a lower decay in early steps."""

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.weights = {key: value.detach().clone() for key, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Update the average with the module's current weights."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for key, value in module.state_dict().items():
            self.weights[key].lerp_(value.to(self.weights[key].dtype), 1 - decay)

    def copy_to(self, module: nn.Module) -> nn.Module:
        """Load the averaged weights into a module of the same shape and return it."""
        module.load_state_dict(self.weights)
        return module


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
        state.setdefault(int(index), {})[name] = value
    document["state"] = state
    optimiser.load_state_dict(document)
