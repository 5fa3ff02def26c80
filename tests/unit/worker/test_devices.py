"""Device selection from the output of nvidia-smi and the setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from worker.runtime.devices import SHARING_VARIABLE, BadDevices, child_device, device_slots

ONE = "GPU 0: NVIDIA H200 (UUID: GPU-11111111-2222-3333-4444-555555555555)\n"
TWO = ONE + "GPU 1: NVIDIA H200 (UUID: GPU-99999999-2222-3333-4444-555555555555)\n"
EIGHT = "".join(
    f"GPU {index}: NVIDIA H200 (UUID: GPU-{index}1111111-2222-3333-4444-555555555555)\n"
    for index in range(8)
)
SLICED = (
    ONE
    + "  MIG 3g.71gb     Device  0: (UUID: MIG-aaaaaaaa-2222-3333-4444-555555555555)\n"
    + "  MIG 3g.71gb     Device  1: (UUID: MIG-bbbbbbbb-2222-3333-4444-555555555555)\n"
)


def _seen(*given: str, environ: dict[str, str] | None = None) -> list[str]:
    devices, listing = given
    slots = device_slots(devices, threads=1, environ=environ or {}, listing=listing)
    return [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots]


def test_without_gpus_the_cpu_is_used() -> None:
    (slot,) = device_slots("auto", threads=3, environ={}, listing="")
    assert slot.name == "cpu"
    assert slot.environment["CODESIGNER_DEVICES"] == "cpu"
    assert slot.environment["CUDA_VISIBLE_DEVICES"] == ""
    assert slot.environment["OMP_NUM_THREADS"] == "3"


def test_cpu_hides_the_gpus() -> None:
    assert _seen("cpu", TWO) == [""]


def test_one_worker_for_each_gpu() -> None:
    slots = device_slots("auto", environ={}, listing=TWO)
    assert [slot.name for slot in slots] == ["cuda:0", "cuda:1"]
    assert [slot.environment["CODESIGNER_DEVICES"] for slot in slots] == ["cuda:0", "cuda:0"]
    assert len({slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots}) == 2


def test_mig_slices_replace_their_gpu() -> None:
    assert [uuid[:12] for uuid in _seen("auto", SLICED)] == ["MIG-aaaaaaaa", "MIG-bbbbbbbb"]


@pytest.mark.parametrize("name", ["cuda:1", "1", "GPU-99999999-2222-3333-4444-555555555555"])
def test_one_gpu_of_several_can_be_selected(name: str) -> None:
    assert _seen(name, TWO) == ["GPU-99999999-2222-3333-4444-555555555555"]


def test_cuda_visible_devices_limits_the_devices() -> None:
    assert _seen("auto", TWO, environ={"CUDA_VISIBLE_DEVICES": "1"}) == [
        "GPU-99999999-2222-3333-4444-555555555555"
    ]
    assert _seen("auto", TWO, environ={"CUDA_VISIBLE_DEVICES": ""}) == [""]


def test_missing_device_is_rejected() -> None:
    with pytest.raises(BadDevices, match="cuda:2"):
        _seen("cuda:2", TWO)
    with pytest.raises(BadDevices, match="only cpu"):
        _seen("cuda:0", "")


def test_cores_are_divided_among_workers() -> None:
    alone = device_slots("auto", environ={}, listing=ONE)[0].environment["OMP_NUM_THREADS"]
    shared = device_slots("auto", environ={}, listing=TWO)[0].environment["OMP_NUM_THREADS"]
    assert int(shared) == max(1, int(alone) // 2)


def test_parent_process_does_not_import_torch() -> None:
    code = (
        "import sys, worker.runtime.app\n"
        "from worker.runtime.launch import device_slots\n"
        "device_slots('auto')\n"
        "print([name for name in ('torch', 'numpy', 'transformers') if name in sys.modules])"
    )
    root = str(Path(__file__).parents[3])
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"


def test_cpu_workers_use_the_cpu_device() -> None:
    assert child_device("cpu") == "cpu"
    assert child_device("cpu:2") == "cpu"


def test_eight_gpus_get_a_worker_each() -> None:
    slots = device_slots("auto", environ={}, listing=EIGHT)
    assert [slot.name for slot in slots] == [f"cuda:{index}" for index in range(8)]
    assert [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots] == [
        f"GPU-{index}1111111-2222-3333-4444-555555555555" for index in range(8)
    ]
    assert {slot.environment["CODESIGNER_DEVICES"] for slot in slots} == {"cuda:0"}
    assert {slot.environment["CUDA_DEVICE_ORDER"] for slot in slots} == {"PCI_BUS_ID"}


def test_mig_slices_and_whole_gpus_can_be_mixed() -> None:
    """The environment may name a slice, a GPU by its index, or a partitioned GPU."""
    mixed = SLICED + TWO.splitlines(keepends=True)[1]
    first, second, whole = "MIG-aaaaaaaa", "MIG-bbbbbbbb", "GPU-99999999"

    def seen(allowed: str | None) -> list[str]:
        environ = {} if allowed is None else {"CUDA_VISIBLE_DEVICES": allowed}
        return [uuid[:12] for uuid in _seen("auto", mixed, environ=environ)]

    assert seen(None) == [first, second, whole]
    assert seen("1") == [whole]
    assert seen("0") == [first, second]
    assert seen("MIG-bbbbbbbb-2222-3333-4444-555555555555,1") == [second, whole]


def test_duplicate_devices_are_rejected() -> None:
    with pytest.raises(BadDevices, match="twice"):
        _seen("cuda:1,1", TWO)


def test_workers_on_the_cpu_divide_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2, 3, 4, 5, 8, 9})
    slots = device_slots("cpu:3", environ={})
    assert [slot.name for slot in slots] == ["cpu:0", "cpu:1", "cpu:2"]
    assert {slot.environment["OMP_NUM_THREADS"] for slot in slots} == {"1"}
    assert {slot.environment["CODESIGNER_DEVICES"] for slot in slots} == {"cpu"}
    assert {slot.environment[SHARING_VARIABLE] for slot in slots} == {"3"}
    (alone,) = device_slots("cpu:1", environ={})
    assert alone.environment["OMP_NUM_THREADS"] == "3"
    (told,) = device_slots("cpu:1", threads=5, environ={})
    assert told.environment["MKL_NUM_THREADS"] == "5"


@pytest.mark.parametrize("devices", ["cpu:0", "cpu:8"])
def test_each_worker_on_the_cpu_needs_a_core(devices: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(7)))
    with pytest.raises(BadDevices, match="from cpu:1 to cpu:7"):
        device_slots(devices, environ={})
