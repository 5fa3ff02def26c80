"""Device discovery: one worker process for each GPU or MIG slice, or workers on the CPU.

The parent never loads torch: it runs nvidia-smi and sets the child's environment before Python
starts there.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from worker.runtime.cpu_load import usable_cores

__all__ = [
    "SHARING_VARIABLE",
    "BadDevices",
    "DeviceSlot",
    "child_device",
    "device_slots",
    "parse_nvidia_smi",
]

SHARING_VARIABLE = "CODESIGNER_WORKERS_SHARING"
"""Environment variable: the number of workers that share the memory of a child's device."""

_GPU = re.compile(r"^GPU (\d+): .*\(UUID: (GPU-[0-9a-fA-F-]+)\)")
_CPUS = re.compile(r"cpu:(\d+)")
_SLICE = re.compile(r"^\s+MIG .*\(UUID: (MIG-[0-9a-zA-Z/-]+)\)")


class BadDevices(ValueError):
    """The setting names devices that do not exist."""


@dataclass(frozen=True, kw_only=True)
class DeviceSlot:
    """The device of one worker and the environment variables that select it."""

    name: str
    """cpu; cpu:N for several; or cuda:N in the order of nvidia-smi, where MIG slices count."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Gpu:
    index: int
    uuid: str
    slices: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """UUIDs of the usable devices: the MIG slices, where the GPU is partitioned."""
        return self.slices or (self.uuid,)


def device_slots(
    devices: str,
    *,
    threads: int = 0,
    environ: Mapping[str, str] = os.environ,
    listing: str | None = None,
) -> tuple[DeviceSlot, ...]:
    """Return the workers to start.

    Args:
        devices: auto, cpu, cpu:N for N workers on separate cores, or comma-separated ids: cuda:N,
            N, the UUID of a GPU or MIG slice.
        threads: CPU threads of each worker; 0: half the cores, divided among the workers, and
            idle ones where a stage asks for more.
        listing: output of `nvidia-smi -L`; None: run it.
    Raises:
        BadDevices: a named device does not exist.
    """
    wanted = devices.strip().lower()
    if match := _CPUS.fullmatch(wanted):
        return _cpu_slots(int(match[1]), threads)
    visible = () if wanted == "cpu" else _visible(listing, environ)
    if wanted == "auto":
        chosen = visible
    elif wanted == "cpu":
        chosen = ()
    else:
        chosen = tuple(_find_device(name.strip(), visible) for name in devices.split(","))
        if len(set(chosen)) < len(chosen):
            raise BadDevices(f"{devices} names a device twice.")
    each_threads = threads or _threads(len(chosen))
    if not chosen:
        return (DeviceSlot(name="cpu", environment=_environment("", "cpu", each_threads)),)
    return tuple(
        DeviceSlot(
            name=f"cuda:{visible.index(uuid)}",
            environment=_environment(uuid, "cuda:0", each_threads),
        )
        for uuid in chosen
    )


def _threads(workers: int) -> int:
    """Return the threads of each worker: half the cores, divided among the workers.

    There always are others that need cores: a second worker, the database, the web front end.
    """
    return max(1, len(usable_cores()) // 2 // max(1, workers))


def _cpu_slots(workers: int, threads: int) -> tuple[DeviceSlot, ...]:
    """Return slots that share the cores; none is pinned, for one may use what others leave idle."""
    cores = len(usable_cores())
    if not 1 <= workers <= cores:
        raise BadDevices(f"cpu:{workers} does not fit: choose from cpu:1 to cpu:{cores}.")
    environment = _environment("", "cpu", threads or _threads(workers), workers)
    return tuple(
        DeviceSlot(name=f"cpu:{index}", environment=environment) for index in range(workers)
    )


def _environment(visible: str, device: str, threads: int, sharing: int = 1) -> dict[str, str]:
    return {
        SHARING_VARIABLE: str(sharing),
        "CUDA_VISIBLE_DEVICES": visible,
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        # cuBLAS is reproducible only with a workspace of fixed size.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "CODESIGNER_DEVICES": device,
        # Threads that wait for each other spin for some microseconds, then sleep: longer, they slow
        # down sharply where others need the same cores (docs/decisions/0039).
        "GOMP_SPINCOUNT": "5000",
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
    }


def _visible(listing: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the UUIDs of the GPUs and slices that CUDA_VISIBLE_DEVICES lets this process see."""
    gpus = parse_nvidia_smi(_nvidia_smi() if listing is None else listing)
    allowed = environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return tuple(uuid for gpu in gpus for uuid in gpu.ids)
    visible: list[str] = []
    for name in filter(None, (part.strip() for part in allowed.split(","))):
        for gpu in gpus:
            if name in (str(gpu.index), gpu.uuid):
                visible.extend(gpu.ids)
            elif name in gpu.slices:
                visible.append(name)
    return tuple(visible)


def _find_device(wanted: str, visible: Sequence[str]) -> str:
    if wanted in visible:
        return wanted
    number = wanted.lower().removeprefix("cuda:")
    if number.isdecimal() and int(number) < len(visible):
        return visible[int(number)]
    existing = ", ".join(f"cuda:{index}" for index in range(len(visible))) or "none, only cpu"
    raise BadDevices(f"There is no device {wanted!r} on this machine; it has {existing}.")


def _nvidia_smi() -> str:
    """Return the output of nvidia-smi; empty without nvidia-smi or without a GPU."""
    try:
        completed = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout if completed.returncode == 0 else ""


def parse_nvidia_smi(listing: str) -> tuple[_Gpu, ...]:
    """Parse the output of `nvidia-smi -L`."""
    gpus: list[_Gpu] = []
    for line in listing.splitlines():
        if match := _GPU.match(line):
            gpus.append(_Gpu(index=int(match[1]), uuid=match[2]))
        elif (match := _SLICE.match(line)) and gpus:
            last = gpus.pop()
            gpus.append(_Gpu(index=last.index, uuid=last.uuid, slices=(*last.slices, match[1])))
    return tuple(gpus)


def child_device(devices: str) -> str:
    """Return this child's torch device: the named one, else the first GPU, else the CPU.

    Raises:
        BadDevices: a GPU is named, and torch sees none.
    """
    wanted = devices.partition(",")[0].strip().lower()
    if wanted == "cpu" or _CPUS.fullmatch(wanted):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return wanted if wanted.startswith("cuda") else "cuda:0"
    if wanted != "auto":
        raise BadDevices(f"The device {wanted} is requested, but torch sees no GPU.")
    return "cpu"
