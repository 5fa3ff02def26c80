"""Low-rank adapters on a frozen network's linear layers (Hu et al., "LoRA", 2021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["LoraLinear", "adapt", "adapter_tensors", "merge"]


class LoraLinear(nn.Module):
    """A frozen linear layer with a trainable low-rank correction, initially zero."""

    def __init__(self, base: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.empty(rank, base.in_features))  # (rank, D_in)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))  # (D_out, rank)
        self.scale = scale
        nn.init.normal_(self.down, std=base.in_features**-0.5)

    def forward(self, x: Tensor) -> Tensor:  # (..., D_in) -> (..., D_out)
        correction = F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype))
        result: Tensor = self.base(x) + correction * self.scale
        return result


def adapt(network: nn.Module, targets: Sequence[str], *, rank: int, scale: float = 2.0) -> None:
    """Freeze the network and add an adapter to each linear layer whose name is a target.

    Raises:
        ValueError: no linear layer has one of these names.
    """
    network.requires_grad_(False)
    targeted = [
        (name, layer)
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Linear) and name.rpartition(".")[2] in targets
    ]
    if not targeted:
        raise ValueError(f"the network has no linear layer named {' or '.join(targets)}")
    for name, layer in targeted:
        _replace(network, name, LoraLinear(layer, rank, scale))


def adapter_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return the adapters' weights by "<layer>.down" and "<layer>.up"."""
    return {
        f"{name}.{part}": getattr(layer, part).detach()
        for name, layer in network.named_modules()
        if isinstance(layer, LoraLinear)
        for part in ("down", "up")
    }


@torch.no_grad()
def merge(network: nn.Module, tensors: Mapping[str, Tensor], *, scale: float = 2.0) -> None:
    """Merge saved adapters into the network's weights, so that inference has no overhead.

    Raises:
        KeyError, AttributeError: an adapter's layer or one of its matrices is missing.
        RuntimeError: the shape of an adapter does not match its layer.
    """
    for key in tensors:
        name, _, part = key.rpartition(".")
        if part != "down":
            continue
        weight = network.get_parameter(f"{name}.weight")
        correction = tensors[f"{name}.up"].float() @ tensors[key].float() * scale
        merged = weight.float() + correction.to(weight.device)
        # a new tensor, because the old one may be a read-only memory map
        parameter = nn.Parameter(merged.to(weight.dtype), requires_grad=False)
        network.get_submodule(name).register_parameter("weight", parameter)


def _replace(network: nn.Module, name: str, layer: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, layer)
