"""Runs a brief through the stages, and measures what its record draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shared.briefs.understood import ParsedBrief
from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    Element,
    FamilyLayer,
    MotifsLayer,
    Paint,
    PaletteEntry,
)
from worker.drawing.images import GetBytes
from worker.drawing.outcomes import subject_of
from worker.drawing.raster import draw_pixels
from worker.drawing.visibility import area_shares
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["MotifTile", "SubjectArea", "lab_of", "shares_near"]

_BACK, _FRONT = "#FFFFFF", "#000000"


@dataclass(frozen=True, kw_only=True)
class SubjectArea:
    """What is seen of a subject."""

    covered: float
    """Share of the tile that its motifs cover."""
    contrast: float
    """Mean CIEDE2000 of that area from the ground's colour, from the nearest of several."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MotifTile:
    """The record and the tile of a brief's first variant."""

    understood: ParsedBrief
    """The brief as it was read."""
    notices: tuple[str, ...]
    """Codes of notices to the designer."""
    design: Design
    get: GetBytes
    """Returns files of the record by their sha256."""
    size_px: int

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """The tile, (H, W, 3)."""
        return draw_pixels(self.design, self.size_px, self.get)[..., :3]

    @property
    def motif_layers(self) -> tuple[MotifsLayer, ...]:
        """The layers of placed motifs."""
        return tuple(layer for layer in self.design.layers if isinstance(layer, MotifsLayer))

    @property
    def elements(self) -> tuple[Element, ...]:
        """All placed motifs."""
        return tuple(element for layer in self.motif_layers for element in layer.elements)

    @property
    def subjects(self) -> frozenset[str]:
        """Ids of the subjects that are placed."""
        return frozenset(subject_of(element.motif) for element in self.elements)

    @cached_property
    def grounds(self) -> tuple[str, ...]:
        """Hex colours of the ground, the main one first.

        They are those of the first layer; of a network's pixels, the largest colour. Behind no
        motifs, a pattern's own ground is the only one.
        """
        paints: Sequence[Paint | None] = ()
        first = self.design.layers[0]
        if isinstance(first, ColourLayer):
            paints = (first.paint,)
        elif isinstance(first, FamilyLayer):
            paints = first.paints if self.elements else first.paints[:1]
        names = [name for paint in paints if paint is not None for name in _colours_of(paint)]
        largest = max(self.areas, key=self.areas.__getitem__)
        return tuple(map(self.design.colour, names)) or (largest,)

    @cached_property
    def areas(self) -> Mapping[str, float]:
        """Share of the tile that is nearest to each colour of the palette, by hex colour."""
        colours = [entry.hex for entry in self.design.palette]
        opaque = np.dstack([self.pixels, np.full(self.pixels.shape[:2], 255, np.uint8)])
        shares = area_shares(opaque, colours)
        found = dict.fromkeys(colours, 0.0)
        for colour, share in zip(colours, shares.tolist(), strict=True):
            found[colour] += share
        return found

    def area(self, subjects: frozenset[str]) -> SubjectArea:
        """Measure the motifs of some subjects, drawn alone in one colour on another."""
        mask = self._mask(subjects)
        if not mask.any():
            return SubjectArea(covered=0.0, contrast=0.0)
        pixels, counts = np.unique(self.pixels[mask], axis=0, return_counts=True)
        away = delta_e(lab_from_rgb(pixels)[:, None], lab_of(self.grounds))
        contrast = float((counts @ away / counts.sum()).min())
        return SubjectArea(covered=float(mask.mean()), contrast=contrast)

    def _mask(self, subjects: frozenset[str]) -> NDArray[np.bool_]:
        layers = [
            layer.model_copy(
                update={
                    "opacity": 1.0,
                    "elements": tuple(
                        each.model_copy(update={"paints": ("front",) * len(each.paints)})
                        for each in layer.elements
                        if subject_of(each.motif) in subjects
                    ),
                }
            )
            for layer in self.motif_layers
        ]
        palette = tuple(
            PaletteEntry(id=name, hex=colour, role="ground", origin="chosen")
            for name, colour in (("back", _BACK), ("front", _FRONT))
        )
        back = ColourLayer(id="back", kind="colour", paint=ColourPaint(palette="back"))
        alone = self.design.model_copy(
            update={"palette": palette, "layers": (back, *layers), "inks": None}
        )
        flat: NDArray[np.bool_] = draw_pixels(alone, self.size_px, self.get)[..., 0] < 128
        return flat


def _colours_of(paint: Paint) -> tuple[str, ...]:
    return (paint.palette,) if isinstance(paint, ColourPaint) else paint.gradient


def lab_of(colours: Sequence[str]) -> Floats:
    """Return hex colours as Lab, (n, 3)."""
    rgb = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.float64)
    return lab_from_rgb(rgb.reshape(-1, 3))


def shares_near(pixels: NDArray[np.uint8], lab: Floats, tolerance: float) -> list[float]:
    """Return the share of pixels (H, W, 3) within a CIEDE2000 distance of each colour (n, 3)."""
    found, counts = np.unique(pixels.reshape(-1, 3) // 2, axis=0, return_counts=True)
    own = lab_from_rgb(found * 2 + 0.5)
    return [float(counts[delta_e(own, each) < tolerance].sum() / counts.sum()) for each in lab]
