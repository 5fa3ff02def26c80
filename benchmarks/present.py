"""Renders the contact sheet of all products and measures the rendering time.

Run: python -m benchmarks.present docs/pictures/products.jpg
"""

from __future__ import annotations

import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.understood import ParsedBrief
from worker.corpus import compose, render_masks, sample
from worker.execution.contracts import DesignOptions, StageCall
from worker.present.canvas import Floats
from worker.present.look import Look
from worker.present.products.catalog import PRODUCTS
from worker.stages.present import run

SIZE = (448, 560)
"""Size of one sketch on the sheet, px."""
COLUMNS = 4
LOOKS = (
    Look(
        product="phone-case",
        materials=("aluminium", "translucent"),
        functions=("waterproof", "non-slip"),
    ),
    Look(product="mug", functions=("heat-resistant", "washable")),
    Look(product="t-shirt", materials=("cotton",), functions=("breathable",)),
    Look(product="tote", materials=("canvas",), functions=("durable",)),
    Look(product="notebook", materials=("leather",), functions=("waterproof",)),
    Look(product="poster"),
    Look(
        product="phone-case", materials=("silicone",), functions=("shockproof", "wireless-charging")
    ),
    Look(product="mug", materials=("steel",), finish="brushed"),
    Look(product="phone-case", materials=("wood",), functions=("recyclable",)),
    Look(product="t-shirt", materials=("silk",)),
    Look(product="tote", materials=("leather",), finish="embossed"),
    Look(product="phone-case", materials=("glass",), finish="pearlescent"),
)
SEEDS = (531, 8, 14, 21, 30, 42, 55, 61, 77, 83, 98, 104)


def tile(seed: int) -> Floats:
    """Return a design of the procedural corpus, (256, 256, 3) sRGB, 0 to 1."""
    spec = sample(seed)
    drawn = compose(render_masks(spec, 256), np.asarray(spec.palette, np.float32))
    return np.asarray(drawn, np.float32) / np.float32(255.0)


def sheet() -> Image.Image:
    """Render every look, row by row."""
    rows = -(-len(LOOKS) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * SIZE[0], rows * SIZE[1]))
    for i, (look, seed) in enumerate(zip(LOOKS, SEEDS, strict=True)):
        drawn = PRODUCTS[look.product](tile(seed), look, SIZE)
        picture = Image.fromarray(np.rint(drawn * 255.0).astype(np.uint8))
        whole.paste(picture, ((i % COLUMNS) * SIZE[0], (i // COLUMNS) * SIZE[1]))
    return whole


def seconds(product: str) -> tuple[float, float]:
    """Measure a job of four variants, without and with a cached plate (CPU s)."""
    files = {("tile", i): png(tile(seed)) for i, seed in enumerate(SEEDS[:4])}
    options = DesignOptions(variants=4, seed=1, product=product, reference_strength=0.0, size=256)
    call = StageCall(
        job_id="1",
        brief="",
        options=options,
        understood=ParsedBrief(functions=("waterproof",)),
        reference=None,
        outputs={},
        artifacts=files,
        job_url="http://127.0.0.1:8000/jobs/1",
    )
    times = []
    for _ in range(2):
        start = time.process_time()
        run([call], None)  # type: ignore[arg-type]  # the stage uses no model
        times.append(time.process_time() - start)
    return times[0], times[1]


def png(picture: Floats) -> bytes:
    """Return a picture encoded as in the draw stage."""
    buffer = BytesIO()
    Image.fromarray(np.rint(picture * 255.0).astype(np.uint8)).save(buffer, format="PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    out = Path(sys.argv[1])
    sheet().save(out, quality=78, optimize=True)
    print(f"{out}: {out.stat().st_size / 1024:.0f} KiB")
    for key in PRODUCTS:
        first, again = seconds(key)
        print(f"{key:<12} four sketches and thumbnails: first {first:.2f} s, then {again:.2f} s")
