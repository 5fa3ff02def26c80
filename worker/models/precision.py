"""Mixed precision: the dtype in which a device computes the networks' matrix products."""

from __future__ import annotations

from collections.abc import Mapping

import torch

__all__ = ["matmul_autocast", "matmul_dtype"]

_BFLOAT16_CAPABILITIES = ("avx512_bf16", "amx_bf16", "bf16")


def matmul_dtype(device_type: str, capabilities: Mapping[str, object] | None = None) -> torch.dtype:
    """Return bfloat16 if the device supports it natively, else float32.

    On a CPU without bfloat16 instructions torch emulates the products: a tile took ten times as
    long as in float32.

    Args:
        device_type: of torch, such as "cpu" or "cuda".
        capabilities: CPU capabilities as of `torch.cpu.get_capabilities`, which None queries.
    """
    if device_type != "cpu":
        return torch.bfloat16
    capabilities = torch.cpu.get_capabilities() if capabilities is None else capabilities
    return (
        torch.bfloat16
        if any(capabilities.get(name) for name in _BFLOAT16_CAPABILITIES)
        else torch.float32
    )


def matmul_autocast(device: torch.device | str) -> torch.autocast:
    """Return an autocast context with `matmul_dtype`."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=matmul_dtype(kind) == torch.bfloat16)
