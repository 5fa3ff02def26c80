"""Does a reference's palette arrive, the stronger the more?"""

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

__all__ = ["Arrival", "arrival"]

STRENGTHS = (0.0, 0.2, 0.6, 1.0)
_STRANGERS = 5  # references that a tile was not drawn with


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What references do."""

    row: Row
    facts: dict[str, Any]
    tiles: list[NDArray[np.uint8]]
    """Five for each reference: the picture, then what is drawn at each strength."""
    captions_s: list[float]
    """Seconds that the caption stage took with a picture."""


def arrival(models: Models, count: int, report: Callable[[str, float], None]) -> Arrival:
    """Draw with references at four strengths; how near do the palettes come?

    The figure is the mean earth mover's distance of a tile's palette to its reference's, over
    that to the references of other briefs.
    """
    given = references(count)
    palettes = [palette_of(one.picture) for one in given]
    shares: dict[float, list[tuple[float, float]]] = {strength: [] for strength in STRENGTHS}
    tiles, captions_s = [], []
    for index, one in enumerate(given):
        tiles.append(np.asarray(one.picture))
        for strength in STRENGTHS:
            asked = Asked(text=one.text, seed=one.seed, reference=one.picture, strength=strength)
            made = draw(models, asked)
            tiles.append(made.tiles[0])
            captions_s.append(made.seconds["caption"])
            palette = palette_of(Image.fromarray(made.tiles[0]))
            strangers = [palettes[(index + step) % count] for step in _steps(count)]
            shares[strength].append(
                (
                    palette_distance(palette, palettes[index]),
                    float(np.mean([palette_distance(palette, other) for other in strangers])),
                )
            )
        report("references", (index + 1) / count)
    facts = {f"{strength:g}": _facts(np.array(pairs)) for strength, pairs in shares.items()}
    row = Row(name="reference", what="reference's palette at strength 1, over another's",
              value=facts["1"]["share"], goal=0.35, unit="%",
              note=", ".join(f"{100 * facts[f'{one:g}']['share']:.0f} % at {one:g}"
                             for one in STRENGTHS[:-1]))  # fmt: skip
    return Arrival(row=row, facts=facts, tiles=tiles, captions_s=captions_s)


def _steps(count: int) -> range:
    return range(1, min(_STRANGERS, count - 1) + 1)


def _facts(pairs: NDArray[np.float64]) -> dict[str, float]:
    own, other = pairs.mean(axis=0)
    return {
        "distance": float(own),
        "distance_to_others": float(other),
        "share": float(own / other),
        "nearer_to_its_own": float((pairs[:, 0] < pairs[:, 1]).mean()),
    }
