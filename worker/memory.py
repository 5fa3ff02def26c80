"""What a device's memory has, lacks or lost; torch is looked at only where it is loaded already."""

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

__all__ = [
    "allocated_bytes",
    "budget_bytes",
    "device_lost",
    "device_name",
    "empty_cache",
    "out_of_memory",
    "trim",
]

_SHARE = 0.75
"""Part of a device's memory that resident models may take; the rest is for computing."""


def out_of_memory(error: BaseException) -> bool:
    """Tell whether a device or the host ran out of memory."""
    if isinstance(error, MemoryError):
        return True
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(error, torch.OutOfMemoryError)


def device_lost(error: BaseException) -> bool:
    """Tell an error after which this process can compute nothing more on its device."""
    torch: Any = sys.modules.get("torch")
    if torch is None or out_of_memory(error):
        return False
    return isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and "CUDA error" in str(error)
    )


def empty_cache() -> None:
    """Give unused device memory back to the device."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def trim() -> None:
    """Give freed host memory back to the system, as far as the C library can (glibc)."""
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)


def allocated_bytes(device: str) -> int:
    """Give the bytes in use: on a GPU those of tensors, on the CPU this process's memory."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return int(torch.cuda.memory_allocated(device))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0  # not Linux: sizes on disk are taken instead
    return pages * os.sysconf("SC_PAGE_SIZE")


def budget_bytes(device: str) -> int:
    """Give the bytes that resident models may take on a device."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        _free, total = torch.cuda.mem_get_info(device)
        return int(total * _SHARE)
    return int(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * _SHARE)


def device_name(device: str) -> str:
    """Give a device's name for people, such as NVIDIA H200."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return device
