"""Which devices workers run on: one worker process for each GPU or MIG slice, or on the CPU.

The parent never loads torch: it asks nvidia-smi and sets what the child sees before Python
starts there.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = [
    "SHARING_VARIABLE",
    "BadDevices",
    "DeviceSlot",
    "child_device",
    "device_slots",
    "parse_nvidia_smi",
    "pin",
]

SHARING_VARIABLE = "CODESIGNER_WORKERS_SHARING"
"""Tells a worker's child how many workers share its device's memory."""

_GPU = re.compile(r"^GPU (\d+): .*\(UUID: (GPU-[0-9a-fA-F-]+)\)")
_CPUS = re.compile(r"cpu:(\d+)")
_SLICE = re.compile(r"^\s+MIG .*\(UUID: (MIG-[0-9a-zA-Z/-]+)\)")


class BadDevices(ValueError):
    """The setting names devices that are not there."""


@dataclass(frozen=True, kw_only=True)
class DeviceSlot:
    """One worker's place: the device it computes on and the environment that gives it that."""

    name: str
    """cpu, cpu:N where there are several, or cuda:N in the order of nvidia-smi; N counts slices
    where there are any."""
    environment: Mapping[str, str] = field(default_factory=dict)
    cores: tuple[int, ...] = ()
    """The cores it is pinned to; none: it is not."""


@dataclass(frozen=True, kw_only=True)
class _Gpu:
    index: int
    uuid: str
    slices: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """What can be computed on: the slices, where the GPU is divided."""
        return self.slices or (self.uuid,)


def device_slots(
    devices: str,
    *,
    threads: int = 0,
    environ: Mapping[str, str] = os.environ,
    listing: str | None = None,
) -> tuple[DeviceSlot, ...]:
    """List the workers to start.

    Args:
        devices: auto, cpu, cpu:N for N workers on cores of their own, or ids parted by commas:
            cuda:N, N, a GPU's or a MIG slice's UUID.
        threads: CPU threads of each worker; 0: half the cores, divided among the workers.
        listing: what `nvidia-smi -L` says; None: it is asked.
    Raises:
        BadDevices: a device is named that is not there.
    """
    wanted = devices.strip().lower()
    if several := _CPUS.fullmatch(wanted):
        return _cpu_slots(int(several[1]), threads)
    visible = () if wanted == "cpu" else _visible(listing, environ)
    if wanted == "auto":
        chosen = visible
    elif wanted == "cpu":
        chosen = ()
    else:
        chosen = tuple(_chosen(each.strip(), visible) for each in devices.split(","))
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
    """Give each of so many workers its part of half the cores.

    Threads that wait for one another crawl where other processes want the same cores, and there
    are always some: a second worker, the database, the web front end.
    """
    return max(1, len(_cores()) // 2 // max(1, workers))


def _cpu_slots(workers: int, threads: int) -> tuple[DeviceSlot, ...]:
    """Divide the cores among workers: neighbours stay together, all get as many or one more."""
    cores = _cores()
    if not 1 <= workers <= len(cores):
        raise BadDevices(f"cpu:{workers} does not fit: from cpu:1 to cpu:{len(cores)} on here.")
    environment = _environment("", "cpu", threads or _threads(workers), workers)
    bounds = [len(cores) * index // workers for index in range(workers + 1)]
    return tuple(
        DeviceSlot(
            name=f"cpu:{index}",
            environment=environment,
            cores=cores[bounds[index] : bounds[index + 1]],
        )
        for index in range(workers)
    )


def _environment(visible: str, device: str, threads: int, sharing: int = 1) -> dict[str, str]:
    return {
        SHARING_VARIABLE: str(sharing),
        "CUDA_VISIBLE_DEVICES": visible,
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        # cuBLAS is only reproducible with a workspace of fixed size.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "CODESIGNER_DEVICES": device,
        "CODESIGNER_WORKER_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
    }


def _cores() -> tuple[int, ...]:
    """List the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def pin(cores: Collection[int]) -> None:
    """Keep this process, and what it starts, to these cores; nothing without any, or off Linux."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


def _visible(listing: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """List the UUIDs of GPUs and slices, as far as the surroundings let this process see them."""
    gpus = parse_nvidia_smi(_nvidia_smi() if listing is None else listing)
    allowed = environ.get("CUDA_VISIBLE_DEVICES")
    everything = tuple(uuid for gpu in gpus for uuid in gpu.ids)
    if allowed is None:
        return everything
    seen: list[str] = []
    for each in filter(None, (part.strip() for part in allowed.split(","))):
        for gpu in gpus:
            if each in (str(gpu.index), gpu.uuid):
                seen.extend(gpu.ids)
            elif each in gpu.slices:
                seen.append(each)
    return tuple(seen)


def _chosen(wanted: str, visible: Sequence[str]) -> str:
    if wanted in visible:
        return wanted
    number = wanted.lower().removeprefix("cuda:")
    if number.isdecimal() and int(number) < len(visible):
        return visible[int(number)]
    known = ", ".join(f"cuda:{index}" for index in range(len(visible))) or "none, only cpu"
    raise BadDevices(f"There is no device {wanted!r} on this machine; it has {known}.")


def _nvidia_smi() -> str:
    """Ask nvidia-smi; empty where there is none or it finds no GPU."""
    try:
        told = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout if told.returncode == 0 else ""


def parse_nvidia_smi(listing: str) -> tuple[_Gpu, ...]:
    """Read what `nvidia-smi -L` says."""
    gpus: list[_Gpu] = []
    for line in listing.splitlines():
        if found := _GPU.match(line):
            gpus.append(_Gpu(index=int(found[1]), uuid=found[2]))
        elif (found := _SLICE.match(line)) and gpus:
            last = gpus.pop()
            gpus.append(_Gpu(index=last.index, uuid=last.uuid, slices=(*last.slices, found[1])))
    return tuple(gpus)


def child_device(devices: str) -> str:
    """Give the device of this child as torch names it: the one named, else its first GPU, else cpu.

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
        raise BadDevices(f"The device {wanted} is asked for, but torch sees no GPU.")
    return "cpu"
