"""Measures how closely tiles adopt a reference's palette, by reference strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.evaluation.briefs import references
from worker.evaluation.metrics import palette_distance
from worker.evaluation.report import Row
from worker.evaluation.stages import Asked, draw
from worker.execution.contracts import Models
from worker.imaging.palette import palette_of

__all__ = ["ReferenceResult", "measure_references"]

STRENGTHS = (0.0, 0.2, 0.6, 1.0)
_OTHERS = 5  # other references that each tile is compared with


@dataclass(frozen=True, kw_only=True)
class ReferenceResult:
    """Result of the measurement with references."""

    row: Row
    facts: dict[str, Any]
    tiles: list[NDArray[np.uint8]]
    """Five for each reference: the picture, then the tile of each strength."""
    captions_s: list[float]
    """Run times of the caption stage with a picture, in seconds."""


def measure_references(
    models: Models, count: int, report: Callable[[str, float], None]
) -> ReferenceResult:
    """Generate tiles with references at four strengths and compare the palettes.

    The value is the mean earth mover's distance of a tile's palette to its reference's, over
    that to the references of other briefs.
    """
    samples = references(count)
    palettes = [palette_of(sample.picture) for sample in samples]
    shares: dict[float, list[tuple[float, float]]] = {strength: [] for strength in STRENGTHS}
    tiles, captions_s = [], []
    for index, sample in enumerate(samples):
        tiles.append(np.asarray(sample.picture))
        for strength in STRENGTHS:
            request = Asked(
                text=sample.text, seed=sample.seed, reference=sample.picture, strength=strength
            )
            drawing = draw(models, request)
            tiles.append(drawing.tiles[0])
            captions_s.append(drawing.seconds["caption"])
            palette = palette_of(Image.fromarray(drawing.tiles[0]))
            others = [palettes[(index + step) % count] for step in _steps(count)]
            shares[strength].append(
                (
                    palette_distance(palette, palettes[index]),
                    float(np.mean([palette_distance(palette, other) for other in others])),
                )
            )
        report("references", (index + 1) / count)
    facts = {f"{strength:g}": _facts(np.array(pairs)) for strength, pairs in shares.items()}
    row = Row(name="reference", what="reference's palette at strength 1, over another's",
              value=facts["1"]["share"], goal=0.35, unit="%",
              note=", ".join(f"{100 * facts[f'{one:g}']['share']:.0f} % at {one:g}"
                             for one in STRENGTHS[:-1]))  # fmt: skip
    return ReferenceResult(row=row, facts=facts, tiles=tiles, captions_s=captions_s)


def _steps(count: int) -> range:
    return range(1, min(_OTHERS, count - 1) + 1)


def _facts(pairs: NDArray[np.float64]) -> dict[str, float]:
    distance, other_distance = pairs.mean(axis=0)
    return {
        "distance": float(distance),
        "distance_to_others": float(other_distance),
        "share": float(distance / other_distance),
        "nearer_to_its_own": float((pairs[:, 0] < pairs[:, 1]).mean()),
    }
