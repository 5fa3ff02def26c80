"""Draw a design's colour separations and compose them with a palette."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.corpus.canvas import Canvas, Field, Look, smooth, triangle_wave
from worker.corpus.families import FAMILIES
from worker.corpus.spec import DesignSpec, rng_for, sample

__all__ = ["compose", "ramp", "render_corpus", "render_masks"]


def ramp(canvas: Canvas, direction: str, turn: float = 0.0) -> Field:
    """Periodic way from 0 to 1 and back, (H, W), evenly spread.

    Args:
        canvas: gives the coordinates.
        direction: vertical, horizontal, diagonal or radial.
        turn: shifts the start, in tiles.
    """
    x, y = canvas.x + turn, canvas.y + turn
    if direction == "radial":
        far = np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2
        return np.sqrt(far / 2.0).astype(np.float32)
    along = {"vertical": y + 0 * x, "horizontal": x + 0 * y, "diagonal": x + y}[direction]
    return triangle_wave(along).astype(np.float32)


def _turn(direction: str, rng: np.random.Generator) -> float:
    """Start a gradient at the border or in the middle; a radial one always in the middle."""
    return 0.5 if rng.random() < 0.5 or direction == "radial" else 0.0


def _shade_over(canvas: Canvas, direction: str, rng: np.random.Generator) -> None:
    """Let one colour of the pattern fade into the last slot, which the family left empty."""
    way = smooth(ramp(canvas, direction, _turn(direction, rng)))
    last = len(canvas.masks) - 1
    areas = canvas.masks[:last].mean(axis=(1, 2))
    largest = int(np.argmax(areas))
    second = int(np.argsort(-areas)[1])
    faded = [largest] if rng.random() < 0.7 or areas[second] < 0.2 else [second]
    for slot in faded:
        moved = canvas.masks[slot] * way
        canvas.masks[slot] -= moved
        canvas.masks[last] += moved


def _look(spec: DesignSpec, slots: int) -> Look:
    return Look(
        slots=slots,
        scale=spec.scale or "medium",
        density=spec.density or "balanced",
        line_weight=spec.line_weight or "medium",
    )


def render_masks(spec: DesignSpec, size_px: int) -> NDArray[np.float32]:
    """Draw a design without its colours.

    Args:
        spec: a design from `sample`.
        size_px: side of the tile; the same design at any size.

    Returns:
        (K, size_px, size_px), 0 to 1, summing to 1 at each pixel, the largest area first,
        seamless when tiled. K is the number of the design's colours.
    """
    rng = rng_for(spec.seed, f"draw/{spec.split}")
    family = FAMILIES[spec.pattern]
    canvas = Canvas(size_px * family.oversample, len(spec.colours))
    draw = family.draw
    if spec.pattern == "gradient":
        blend(canvas, ramp(canvas, spec.gradient_direction, _turn(spec.gradient_direction, rng)))
    elif spec.gradient:
        draw(canvas, _look(spec, len(spec.colours) - 1), rng)
        _shade_over(canvas, spec.gradient_direction, rng)
    else:
        draw(canvas, _look(spec, len(spec.colours)), rng)
    masks = _average(canvas.masks, family.oversample)
    areas = masks.mean(axis=(1, 2))
    return masks[np.argsort(-np.round(areas, 3), kind="stable")]


def _average(masks: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Shrink (K, H, W) by a whole number."""
    if times == 1:
        return masks
    count, height, width = masks.shape
    blocks = masks.reshape(count, height // times, times, width // times, times)
    return blocks.mean(axis=(2, 4), dtype=np.float32)


def blend(canvas: Canvas, way: Field) -> None:
    """Fill the canvas with all its colours one after the other along `way`, softly."""
    steps = len(canvas.masks) - 1
    place = way * steps
    canvas.masks[:] = 0.0
    for index in range(steps):
        part = smooth(place - index)
        canvas.masks[index] += (1.0 - part) * ((place >= index) & (place < index + 1))
        canvas.masks[index + 1] += part * ((place >= index) & (place < index + 1))
    canvas.masks[steps] += place >= steps


def compose(
    masks: NDArray[np.float32], palette: Sequence[Sequence[int]] | ArrayLike
) -> NDArray[np.uint8]:
    """Colour the separations.

    Args:
        masks: (K, H, W), summing to 1.
        palette: (K, 3) sRGB, 0 to 255.

    Returns:
        (H, W, 3) sRGB.
    """
    picture = np.tensordot(masks, np.asarray(palette, np.float32), axes=(0, 0))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def render_corpus(
    count: int, seed: int, size_px: int, split: str
) -> Iterator[tuple[DesignSpec, NDArray[np.float32]]]:
    """Draw designs `seed`, `seed` + 1, ...; give each process a stretch of its own.

    Yields:
        The design and its masks (K, size_px, size_px).
    """
    for index in range(count):
        spec = sample(seed + index, split)
        yield spec, render_masks(spec, size_px)
