"""Renders the contact sheet of all products and measures the rendering by step.

Run: python -m benchmarks.present docs/pictures/products.jpg

Times are medians of CPU time of one thread; set OMP_NUM_THREADS=1 for the first sketch, too.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.understood import ParsedBrief
from worker.corpus import compose, render_masks, sample
from worker.execution.contracts import DesignOptions, StageCall
from worker.imaging.jpeg import write_jpeg
from worker.imaging.metadata import PictureMetadata
from worker.present.look import Look
from worker.present.printing import Pixels
from worker.present.products import geometry
from worker.present.products.catalog import PRODUCTS, plate_of
from worker.runtime.memory import held_bytes
from worker.stages.present import SKETCH_SIZE, THUMBNAIL_SIZE, read_tile, run
from worker.stages.thumbnail import preview, reduced, thumbnail

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
ROUNDS = 12
SEEDS = (531, 8, 14, 21, 30, 42, 55, 61, 77, 83, 98, 104)


def tile(seed: int) -> Pixels:
    """Return a design of the procedural corpus, (256, 256, 3) sRGB."""
    spec = sample(seed)
    return np.asarray(compose(render_masks(spec, 256), np.asarray(spec.palette, np.float32)))


def sheet() -> Image.Image:
    """Render every look, row by row."""
    rows = -(-len(LOOKS) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * SIZE[0], rows * SIZE[1]))
    for i, (look, seed) in enumerate(zip(LOOKS, SEEDS, strict=True)):
        picture = PRODUCTS[look.product](tile(seed), look, SIZE)
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
    for _ in range(1 + ROUNDS):
        start = time.process_time()
        run([call], None)  # type: ignore[arg-type]  # the stage uses no model
        times.append(time.process_time() - start)
    return times[0], statistics.median(times[1:])


def new_look(product: str) -> tuple[float, float]:
    """Measure the plate of a look, without and with the product's geometry (CPU s)."""
    looks = [look for look in LOOKS if look.product == product]
    without, kept = [], []
    for turn in range(ROUNDS):
        look = looks[turn % len(looks)]
        geometry.forget()
        for times in (without, kept):
            plate_of.cache_clear()
            start = time.process_time()
            plate_of(product, look, SKETCH_SIZE)
            times.append(time.process_time() - start)
    return statistics.median(without), statistics.median(kept)


def steps() -> list[tuple[str, float, str]]:
    """Return the steps of a variant, each with its CPU ms and what it makes."""
    metadata = PictureMetadata(brief="", seed=1, job_url="http://127.0.0.1:8000/jobs/1")
    look = LOOKS[0]
    pixels, content = tile(SEEDS[0]), png(tile(SEEDS[0]))
    plate = plate_of(look.product, look, SKETCH_SIZE)
    picture = PRODUCTS[look.product](pixels, look, SKETCH_SIZE)
    shown = reduced(picture)
    files = (
        write_jpeg(picture, metadata),
        preview(shown, 0).content,
        thumbnail(shown, THUMBNAIL_SIZE, 0).content,
    )
    sizes = [f"{len(each) / 1000:.0f} kB" for each in files]
    return [
        ("decode the tile", _ms(lambda: read_tile(content, 0)), ""),
        (
            "print the tile",
            _ms(lambda: PRODUCTS[look.product](pixels, look, SKETCH_SIZE)),
            f"plate of {held_bytes(plate) / 1e6:.0f} MB",
        ),
        ("encode the sketch", _ms(lambda: write_jpeg(picture, metadata)), sizes[0]),
        ("reduce the sketch", _ms(lambda: reduced(picture)), ""),
        ("encode the preview", _ms(lambda: preview(shown, 0)), sizes[1]),
        ("reduce and encode the thumbnail", _ms(lambda: thumbnail(shown, THUMBNAIL_SIZE, 0)),
         sizes[2]),
    ]  # fmt: skip


def _ms(step: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def png(picture: Pixels) -> bytes:
    """Return a picture encoded as in the draw stage."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    out = Path(sys.argv[1])
    sheet().save(out, quality=78, optimize=True)
    print(f"{out}: {out.stat().st_size / 1024:.0f} KiB")
    for name, spent, made in steps():
        print(f"{name:<32} {spent:5.1f} ms  {made}")
    for key in PRODUCTS:
        first, again = seconds(key)
        without, kept = new_look(key)
        print(f"{key:<12} four variants: first {first:.2f} s, then {again:.3f} s")
        print(f"{'':<12} plate of a new look: {without:.2f} s, with geometry {kept:.2f} s")
