"""Measures the networks besides the captioner, their stages, and what compilers would make of them.

Run: OMP_NUM_THREADS=1 python -m benchmarks.networks

Times are medians of CPU times of one thread, all in turns. ONNX Runtime and OpenVINO are compared
where they are installed (with onnx and onnxscript), AOTInductor where there is a C++ compiler.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.briefs import asked
from benchmarks.plain import Plain, call_of
from worker.drawing.drawn_families import forget
from worker.execution.contracts import StageCall
from worker.models.generator.reader import Reader, integrate_flow

__all__ = ["SMALL", "measure"]

SMALL = {"jobs": 2, "rounds": 2, "compile_too": False}
_VARIANTS = 4
_STEPS = 12
_GOALS = {"generate": 0.06, "draw": 0.05}
_STAGES = ("fusion", "generate", "draw")

_Runs: TypeAlias = dict[str, Callable[[], Tensor]]


class _Flow(nn.Module):
    """The palettes of one batch of variants."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, noise: Tensor, count: Tensor, code: Tensor) -> Tensor:
        return integrate_flow(self.reader, noise, count, code, _STEPS)


class _Step(nn.Module):
    """One step of them. AOTInductor compiles twelve to a file of 225 MB, in 70 s."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, palette: Tensor, count: Tensor, guide: Tensor, *blocks: Tensor) -> Tensor:
        return self.reader.velocity(palette, count, guide, blocks)


def measure(
    jobs: int = 12, rounds: int = 15, *, compile_too: bool = True
) -> Iterator[dict[str, Any]]:
    """Run the benchmark; yield rows of name, value, goal, better and unit."""
    torch.set_num_threads(1)
    plain = Plain()
    yield from _stages(plain, jobs)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        for name, (network, inputs) in _networks(plain).items():
            runs: _Runs = {"torch": lambda n=network, x=inputs: n(*x)}  # type: ignore[misc]
            if compile_too:
                runs |= _compiled(network, inputs, Path(folder) / name)
            yield from _compared(name, runs, rounds)


def _row(name: str, value: float, unit: str, goal: float | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "goal": goal, "better": "lower", "unit": unit}


def _stages(plain: Plain, jobs: int) -> Iterator[dict[str, Any]]:
    """Measure the stages of a job of four variants; drawing also without kept drawings."""
    for kind in ("text", "reference"):
        times: dict[str, list[float]] = {}
        for one in asked(jobs + 1, reference=kind == "reference"):
            calls = [call_of(one)]
            calls = plain.stage("caption", calls)
            if kind == "reference":
                calls = _timed(plain, "vision", calls, times)
            for stage in _STAGES:
                before, calls = calls, _timed(plain, stage, calls, times)
            forget()
            _timed(plain, "draw", before, times, "draw by another process")
        for stage, seconds in times.items():
            value = round(statistics.median(seconds[1:]), 4)
            goal = _GOALS.get(stage) if kind == "text" else None
            yield _row(f"{stage}, a {kind} job", value, "s", goal)


def _timed(
    plain: Plain,
    stage: str,
    calls: Sequence[StageCall],
    times: dict[str, list[float]],
    name: str = "",
) -> list[StageCall]:
    began = time.process_time()
    after = plain.stage(stage, calls)
    times.setdefault(name or stage, []).append(time.process_time() - began)
    return after


def _networks(plain: Plain) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
    """Return the networks with random inputs."""
    models: Any = plain.models
    torch.manual_seed(0)
    reader = models.generator.field.network.reader
    shape = reader.shape
    counts = torch.tensor([4, 3, 5, 2])
    palettes, code = torch.randn(_VARIANTS, 5, 3), torch.randn(_VARIANTS, 9, shape.code_width)
    blocks = [torch.randn(_VARIANTS, 3 * shape.width) for _ in range(shape.layers)]
    guide = torch.randn(_VARIANTS, shape.width)
    side = models.vision.side_px
    nets: dict[str, tuple[nn.Module, tuple[Tensor, ...]]] = {
        "palettes of 4 variants": (_Flow(reader), (palettes, counts, code)),
        "one step of them": (_Step(reader), (palettes, counts, guide, *blocks)),
        "vision": (models.vision.extract, (torch.randn(1, 3, side, side),)),
    }
    for network, _ in nets.values():
        network.eval().requires_grad_(False)
    return nets


def _compiled(network: nn.Module, inputs: tuple[Tensor, ...], path: Path) -> _Runs:
    """Return the network compiled by each compiler that is installed."""
    runs: _Runs = {}
    if shutil.which("g++") and not isinstance(network, _Flow):
        runs["AOTInductor"] = _inductor(network, inputs, path)
    if not all(map(find_spec, ("onnx", "onnxscript"))):
        return runs
    with torch.inference_mode(mode=False), torch.no_grad():
        exported = torch.onnx.export(
            network, tuple(x.clone() for x in inputs), dynamo=True, verbose=False
        )
    assert exported is not None
    content = exported.model_proto.SerializeToString()
    if find_spec("onnxruntime"):
        runs["ONNX Runtime"] = _onnx_runtime(content, inputs)
    if find_spec("openvino"):
        runs["OpenVINO"] = _openvino(content, inputs, "f32")
        runs["OpenVINO, bfloat16"] = _openvino(content, inputs, "bf16")
    return runs


def _inductor(network: nn.Module, inputs: tuple[Tensor, ...], path: Path) -> Callable[[], Tensor]:
    from torch._inductor import aoti_compile_and_package, aoti_load_package

    with torch.inference_mode(mode=False), torch.no_grad():
        program = torch.export.export(network, tuple(x.clone() for x in inputs))
        package = aoti_compile_and_package(
            program,
            package_path=f"{path}.pt2",
            inductor_configs={"freezing": True},
        )
    runner: Any = aoti_load_package(package)
    return lambda: runner(*inputs)


def _onnx_runtime(content: bytes, inputs: tuple[Tensor, ...]) -> Callable[[], Tensor]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    feed = {name: x.numpy() for name, x in zip(names, inputs, strict=True)}
    return lambda: torch.from_numpy(np.asarray(session.run(None, feed)[0]))


def _openvino(content: bytes, inputs: tuple[Tensor, ...], precision: str) -> Callable[[], Tensor]:
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1}
    core = openvino.Core()
    request = core.compile_model(core.read_model(content), "CPU", settings).create_infer_request()
    feed = [x.numpy() for x in inputs]
    return lambda: torch.from_numpy(np.array(next(iter(request.infer(feed).values()))))


def _compared(name: str, runs: _Runs, rounds: int) -> Iterator[dict[str, Any]]:
    """Time the same network in turns; a compiled one also by what differs in its output."""
    expected = runs["torch"]()
    times: dict[str, list[float]] = {kind: [] for kind in runs}
    for _ in range(rounds):
        for kind, run in runs.items():
            began = time.process_time()
            run()
            times[kind].append(1000 * (time.process_time() - began))
    for kind, run in runs.items():
        yield _row(f"{name}, {kind}", round(statistics.median(times[kind]), 2), "ms")
        if kind != "torch":
            away = float((run() - expected).abs().max() / expected.abs().max())
            yield _row(f"{name}, {kind}: greatest difference", float(f"{away:.1e}"), "of the most")


def main() -> None:
    """Print one line per row."""
    for row in measure():
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
