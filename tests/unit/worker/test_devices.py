"""Which devices workers get, from what nvidia-smi says and what the setting asks for."""

import pytest

from worker.devices import BadDevices, child_device, device_slots

ONE = "GPU 0: NVIDIA H200 (UUID: GPU-11111111-2222-3333-4444-555555555555)\n"
TWO = ONE + "GPU 1: NVIDIA H200 (UUID: GPU-99999999-2222-3333-4444-555555555555)\n"
SLICED = (
    ONE
    + "  MIG 3g.71gb     Device  0: (UUID: MIG-aaaaaaaa-2222-3333-4444-555555555555)\n"
    + "  MIG 3g.71gb     Device  1: (UUID: MIG-bbbbbbbb-2222-3333-4444-555555555555)\n"
)


def _seen(*given: str, environ: dict[str, str] | None = None) -> list[str]:
    devices, listing = given
    slots = device_slots(devices, threads=1, environ=environ or {}, listing=listing)
    return [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots]


def test_no_gpu_is_the_cpu() -> None:
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


def test_slices_take_the_place_of_their_gpu() -> None:
    assert [uuid[:12] for uuid in _seen("auto", SLICED)] == ["MIG-aaaaaaaa", "MIG-bbbbbbbb"]


@pytest.mark.parametrize("name", ["cuda:1", "1", "GPU-99999999-2222-3333-4444-555555555555"])
def test_one_of_several(name: str) -> None:
    assert _seen(name, TWO) == ["GPU-99999999-2222-3333-4444-555555555555"]


def test_the_surroundings_limit_what_is_seen() -> None:
    assert _seen("auto", TWO, environ={"CUDA_VISIBLE_DEVICES": "1"}) == [
        "GPU-99999999-2222-3333-4444-555555555555"
    ]
    assert _seen("auto", TWO, environ={"CUDA_VISIBLE_DEVICES": ""}) == [""]


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(BadDevices, match="cuda:2"):
        _seen("cuda:2", TWO)
    with pytest.raises(BadDevices, match="only cpu"):
        _seen("cuda:0", "")


def test_cores_are_divided() -> None:
    alone = device_slots("auto", environ={}, listing=ONE)[0].environment["OMP_NUM_THREADS"]
    shared = device_slots("auto", environ={}, listing=TWO)[0].environment["OMP_NUM_THREADS"]
    assert int(shared) == max(1, int(alone) // 2)


def test_device_of_a_child() -> None:
    assert child_device("cpu") == "cpu"
