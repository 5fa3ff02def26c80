"""In which number format a device multiplies the drawing networks' matrices."""

from __future__ import annotations

from collections.abc import Mapping

import torch

__all__ = ["quick_autocast", "quick_dtype"]

_NATIVE = ("avx512_bf16", "amx_bf16", "bf16")


def quick_dtype(device_type: str, able: Mapping[str, object] | None = None) -> torch.dtype:
    """Give bfloat16 where the device has instructions for it, else float32.

    On a processor without them torch takes bfloat16 products one number at a time: a tile took
    ten times as long as in float32.

    Args:
        device_type: cpu, cuda ...
        able: what the processor can do, as `torch.cpu.get_capabilities` tells; None: it is asked.
    """
    if device_type != "cpu":
        return torch.bfloat16
    able = torch.cpu.get_capabilities() if able is None else able
    return torch.bfloat16 if any(able.get(name) for name in _NATIVE) else torch.float32


def quick_autocast(device: torch.device | str) -> torch.autocast:
    """Compute in `quick_dtype` within this context."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=quick_dtype(kind) == torch.bfloat16)
