"""What a device's memory has, lacks or lost; torch is looked at only where it is loaded already."""

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


def held_bytes(model: object) -> int:
    """Count the bytes of the tensors and arrays that an object holds, each storage once.

    Other threads may compute meanwhile, which the growth of the memory in use would count too.
    What a library packed out of sight (8-bit layers on the CPU) is not seen.
    """
    torch: Any = sys.modules.get("torch")
    numpy: Any = sys.modules.get("numpy")
    sizes: dict[object, int] = {}
    seen: set[int] = set()
    left: list[Any] = [model]
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if torch is not None and isinstance(each, torch.Tensor):
            storage = each.untyped_storage()
            sizes[storage.device, storage.data_ptr()] = storage.nbytes()
        elif numpy is not None and isinstance(each, numpy.ndarray):
            sizes[each.ctypes.data] = each.nbytes
        else:
            left.extend(_parts(each))
    return sum(sizes.values())


def _parts(held: Any) -> Iterable[Any]:
    """List what an object holds, without what a program is made of."""
    if isinstance(held, Mapping):
        return tuple(held.values())
    if isinstance(held, (list, tuple, set, frozenset)):
        return tuple(held)
    if isinstance(held, FunctionType):
        return tuple(cell.cell_contents for cell in held.__closure__ or ())
    if isinstance(held, MethodType):
        return (held.__self__,)
    if isinstance(held, (type, ModuleType)):
        return ()
    return tuple(getattr(held, "__dict__", {}).values())


def budget_bytes(device: str, sharing: int = 1) -> int:
    """Give the bytes that one worker's resident models may take on a device.

    Args:
        sharing: so many workers share a processor's memory.
    """
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        _free, total = torch.cuda.mem_get_info(device)
        return int(total * _SHARE)
    return int(min(_host_bytes()) * _SHARE / sharing)


def _host_bytes() -> list[int]:
    """List what limits the host's memory: what there is, and what a container may have of it."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    try:
        limits.append(int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):
        pass  # no container, or one without a limit ("max")
    return limits


def device_name(device: str) -> str:
    """Give a device's name for people, such as NVIDIA H200."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return device
