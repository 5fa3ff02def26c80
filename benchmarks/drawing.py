"""Benchmark of drawing records: seconds, memory, edges and colours of the pattern families.

Run: python -m benchmarks.drawing [--seeds 2]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, command
from shared.designs.parsing import read_design
from shared.designs.record import Design
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["measure"]

SMALL = {"seeds": 1}
_COLOURS = ("#F3ECDF", "#1F3A5F", "#D98E3A", "#B5473C")
_LARGEST_PX = 8192


def _design(name: str, form: str, seed: int, accents: int = 3) -> Design:
    family = FAMILIES[name]
    layer = {
        "id": "l1",
        "kind": "family",
        "family": family.drawing,
        "form": form,
        "scale_mm": 80 / family.repeats[1],
        "paints": [{"palette": f"p{index}"} for index in range(accents + 1)],
    }
    palette = [
        {"id": f"p{index}", "hex": colour, "role": "hero", "from": "chosen"}
        for index, colour in enumerate(_COLOURS[: accents + 1])
    ]
    record = {"version": 1, "seed": seed, "cell_mm": [60, 60]}
    return read_design(record | {"palette": palette, "layers": [layer]})


def _seconds(design: Design, size_px: int) -> float:
    began = time.perf_counter()
    draw_pixels(design, size_px)
    return time.perf_counter() - began


def edge_width_px(size_px: int) -> float:
    """Return the median width of the step from 10 to 90 % across edges of stripes, in pixels."""
    pixels = draw_pixels(_design("diagonal-stripes", "even", 1, 1), size_px)[..., 0].astype(float)
    low, high = (int(colour[1:3], 16) for colour in sorted(_COLOURS[:2], key=lambda c: c[1:3]))
    share = (pixels[size_px // 2] - low) / (high - low)
    widths: list[float] = []
    inside = np.flatnonzero((share > 0.02) & (share < 0.98))
    for run in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
        if len(run) and run[0] > 0 and run[-1] < size_px - 1:
            steps = share[run[0] - 1 : run[-1] + 2]
            ordered = steps if steps[0] < steps[-1] else steps[::-1]
            at = np.interp([0.1, 0.9], ordered, np.arange(len(ordered)))
            widths.append(float(at[1] - at[0]))
    return statistics.median(widths)


def _colour_error(pixels: NDArray[np.uint8]) -> float:
    """Return the greatest CIEDE2000 of a flat area from the palette: 3 by 3 equal pixels."""
    rgb = pixels[..., :3].astype(np.int32)
    code = rgb @ np.array([65536, 256, 1])
    same = np.ones(code[1:-1, 1:-1].shape, bool)
    for y in range(3):
        for x in range(3):
            same &= code[y : y + same.shape[0], x : x + same.shape[1]] == code[1:-1, 1:-1]
    found = np.unique(rgb[1:-1, 1:-1][same], axis=0)
    palette = np.array([list(bytes.fromhex(colour[1:])) for colour in _COLOURS])
    errors = delta_e(lab_from_rgb(found)[:, None], lab_from_rgb(palette)[None])
    return float(errors.min(axis=1).max())


def measure(seeds: int = 2) -> list[Row]:
    """Draw each form of each family, and return medians and extremes."""
    small: list[float] = []
    large: list[float] = []
    errors: list[float] = []
    for name, family in FAMILIES.items():
        for form in family.forms:
            for seed in range(seeds):
                design = _design(name, form, seed)
                small.append(_seconds(design, 512))
            errors.append(_colour_error(draw_pixels(design, 512)))
        large.append(_seconds(_design(name, family.forms[0], 0), 4096))
    rows: list[dict[str, Any]] = [
        {"name": "four tiles of 512 px, median", "value": 4 * statistics.median(small),
         "unit": "s", "goal": 0.1},
        {"name": "four tiles of 512 px, slowest form", "value": 4 * max(small), "unit": "s"},
        {"name": "4096 px, median of families", "value": statistics.median(large), "unit": "s",
         "goal": 0.5},
        {"name": "4096 px, slowest family", "value": max(large), "unit": "s"},
        {"name": "edges at 256 px", "value": edge_width_px(256), "unit": "px", "goal": 1.5},
        {"name": "edges at 4096 px", "value": edge_width_px(4096), "unit": "px", "goal": 1.5},
        {"name": "flat areas off their colour, greatest", "value": max(errors), "unit": "dE",
         "goal": 1.0},
        {"name": "peak memory at 8192 px", "value": _peak_mb(), "unit": "MB", "goal": 700.0},
    ]  # fmt: skip
    return [Row(**row | {"name": f"drawing: {row['name']}", "better": "lower"}) for row in rows]


def _peak_mb() -> float:
    """Return the peak resident set of a process that draws one tile of the largest size."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.drawing", "--peak"],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _print_peak() -> None:
    draw_pixels(_design("dots", "staggered", 0), _LARGEST_PX)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if "--peak" in sys.argv:
        _print_peak()
    else:
        command("drawing", measure)
