"""Device memory: budgets, sizes of models, memory errors; uses torch only if it is imported."""

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

__all__ = [
    "budget_bytes",
    "device_lost",
    "device_name",
    "empty_cache",
    "held_bytes",
    "out_of_memory",
    "trim",
]

_CGROUP = Path("/sys/fs/cgroup/memory.max")

_MODEL_FRACTION = 0.75
"""Fraction of a device's memory for resident models; the rest is for computations."""


def out_of_memory(error: BaseException) -> bool:
    """Return whether a device or the host ran out of memory."""
    if isinstance(error, MemoryError):
        return True
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(error, torch.OutOfMemoryError)


def device_lost(error: BaseException) -> bool:
    """Return whether this process can no longer compute on its device after the error."""
    torch: Any = sys.modules.get("torch")
    if torch is None or out_of_memory(error):
        return False
    return isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and "CUDA error" in str(error)
    )


def empty_cache() -> None:
    """Release unused cached memory to the device."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def trim() -> None:
    """Release freed host memory to the operating system where the C library can (glibc)."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)


def held_bytes(model: object) -> int:
    """Return the bytes of the tensors and arrays that an object references, each storage once.

    Growth of the memory in use would also count what other threads allocate meanwhile. Memory
    that a library packs internally (8-bit layers on the CPU) is not counted.
    """
    torch: Any = sys.modules.get("torch")
    numpy: Any = sys.modules.get("numpy")
    sizes: dict[object, int] = {}
    seen: set[int] = set()
    stack: list[Any] = [model]
    while stack:
        value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if torch is not None and isinstance(value, torch.Tensor):
            storage = value.untyped_storage()
            sizes[storage.device, storage.data_ptr()] = storage.nbytes()
        elif numpy is not None and isinstance(value, numpy.ndarray):
            sizes[value.ctypes.data] = value.nbytes
        else:
            stack.extend(_children(value))
    return sum(sizes.values())


def _children(value: Any) -> Iterable[Any]:
    """Return the objects that a value references; none for classes and modules."""
    if isinstance(value, Mapping):
        return tuple(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(value)
    if isinstance(value, FunctionType):
        return tuple(cell.cell_contents for cell in value.__closure__ or ())
    if isinstance(value, MethodType):
        return (value.__self__,)
    if isinstance(value, (type, ModuleType)):
        return ()
    return tuple(getattr(value, "__dict__", {}).values())


def budget_bytes(device: str, sharing: int = 1) -> int:
    """Return the memory budget of one worker's resident models on a device, in bytes.

    Args:
        sharing: number of workers that share the host's memory.
    """
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        _free, total = torch.cuda.mem_get_info(device)
        return int(total * _MODEL_FRACTION)
    return int(min(_host_bytes()) * _MODEL_FRACTION / sharing)


def _host_bytes() -> list[int]:
    """Return the limits of the host's memory in bytes: physical memory and the cgroup's limit."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    try:
        limits.append(int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):
        pass  # no container, or one without a limit ("max")
    return limits


def device_name(device: str) -> str:
    """Return the human-readable name of a device, such as NVIDIA H200."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return device
