"""Notices about design records that are valid, but may not be what was meant."""

from __future__ import annotations

from shared.designs.record import (
    ColourLayer,
    Design,
    FamilyLayer,
    FieldLayer,
    GradientPaint,
    ImageLayer,
    Layer,
)

__all__ = ["MIXED_COLOURS", "notices"]

MIXED_COLOURS = "mixed_colours"
"""The number of inks is limited, and a layer has colours that are not in the palette."""


def notices(design: Design) -> tuple[str, ...]:
    """Return the codes of notices about a record.

    `mixed_colours`: `inks` is given, and a layer that is seen has an opacity below 1, a gradient,
    or pixels of its own.
    """
    if design.inks is not None and any(map(_mixes, design.layers)):
        return (MIXED_COLOURS,)
    return ()


def _mixes(layer: Layer) -> bool:
    """Return whether a layer has colours between or beside those of the palette."""
    if layer.opacity == 0:
        return False
    if layer.opacity < 1 or isinstance(layer, FieldLayer | ImageLayer):
        return True
    if isinstance(layer, ColourLayer):
        return isinstance(layer.paint, GradientPaint)
    return isinstance(layer, FamilyLayer) and any(
        isinstance(paint, GradientPaint) for paint in layer.paints
    )
