"""The bundled kind of generator: fills in a design record from S and z, and draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import DRAWN_PATTERNS, with_named_colours
from worker.drawing.visibility import area_shares, visible_design
from worker.execution.progress import OnProgress, ignore_progress
from worker.models.generator.model import Generator
from worker.models.generator.tile import Tile, TileRequest

__all__ = ["RecordGenerator", "area_shares", "visible_design"]


@dataclass(frozen=True, kw_only=True)
class RecordGenerator:
    """Generator that draws records, and the learned field for patterns that are no family."""

    field: Generator

    def tile(
        self, request: TileRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Tile:
        """Generate one variant: sample traits and palette, then draw their record.

        Raises:
            ShapeMismatch: the shape of the code is not the one of the trained generator.
            ValueError: the size is not within 16 to 8192.
        """
        traits, palette = self.field.sample(request.code, request.seed, variant)
        if traits["pattern"] not in DRAWN_PATTERNS:
            return self.field.tile(request, variant, on_progress)
        palette = with_named_colours(palette, request.understood.colours)
        design, shares = visible_design(traits, palette, request.seed, variant)
        pixels = draw_pixels(design, request.size_px)[..., :3]
        on_progress(1.0)
        colours = [entry.hex for entry in design.palette]
        order = np.argsort(-shares, kind="stable")
        return Tile(
            pixels=pixels,
            palette=tuple(colours[index] for index in order),
            areas=tuple(round(float(shares[index]), 3) for index in order),
            traits=traits,
            design=design,
        )

    def details(self, request: TileRequest) -> Mapping[str, Any]:
        """Return the sampling settings."""
        return self.field.details(request)
