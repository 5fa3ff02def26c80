"""Measures in the picture whether colours, areas, grounds and refusals are as a brief says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from shared.briefs.colours.names import colour_rgb
from shared.designs.edits.facts import family_of
from shared.designs.record import FamilyLayer
from worker.evaluation.instructions.briefs import Instruction
from worker.evaluation.instructions.parsing import accepted_colours, pattern_keys
from worker.evaluation.motifs.tiles import MotifTile, lab_of, shares_near
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["picture_faults"]

_PRESENT = 0.01
"""Least share of the tile that shows a wanted colour."""
_ABSENT = 0.03
"""Greatest share of the tile of a refused colour, or of one that is not named."""
_SAME = 12.0
"""CIEDE2000 up to which a pixel shows a colour."""
_EXACT = 2.5
"""The same of a colour given by numbers."""
_GROUND = 0.15
"""Least share of the tile of a ground."""


def picture_faults(brief: Instruction, tile: MotifTile) -> list[str]:
    """Return what of a brief the picture does not show as expected; empty if nothing."""
    return [*_colour_faults(brief, tile), *_area_faults(brief, tile), *_pattern_faults(brief, tile)]


def _lab(label: str) -> Floats:
    rgb = [colour_rgb(colour) for colour in accepted_colours(label)]
    return lab_from_rgb(np.array(rgb, np.float64).reshape(-1, 3))


def _near(tile: MotifTile, label: str) -> float:
    """Return the share of the tile that shows the colour of a label."""
    tolerance = _EXACT if label.startswith("#") else _SAME
    return max(shares_near(tile.pixels, _lab(label), tolerance), default=0.0)


def _colour_faults(brief: Instruction, tile: MotifTile) -> Iterator[str]:
    wanted: Sequence[str] = brief.expect.get("wanted_colours", ())
    for label in wanted:
        if _near(tile, label) < _PRESENT:
            yield f"colour {label} not seen"
    for label in brief.expect.get("refused_colours", ()):
        if (area := _area_of_refused(tile, label, wanted)) > _ABSENT:
            yield f"refused colour {label} on {100 * area:.0f} %"
    ground = brief.expect.get("ground")
    if ground:
        hexes = tile.grounds[:1]
        away = float(delta_e(_lab(ground), lab_of(hexes)).min()) if len(_lab(ground)) else 100.0
        if away >= _SAME:
            yield f"ground is {hexes[0]}, not {ground}"
        elif tile.areas.get(hexes[0], 1.0) < _GROUND:
            yield f"ground {ground} on {100 * tile.areas[hexes[0]]:.0f} % only"
    if brief.expect.get("only") and wanted:
        known = np.concatenate([_lab(label) for label in wanted])
        away = delta_e(lab_of(list(tile.areas))[:, None], known).min(axis=1)
        other = sum(
            area for area, far in zip(tile.areas.values(), away, strict=True) if far > _SAME
        )
        if other > _ABSENT:
            yield f"other colours on {100 * other:.0f} %"


def _area_of_refused(tile: MotifTile, label: str, wanted: Sequence[str]) -> float:
    """Return the share of the tile that is nearer to a refused colour than to any wanted one."""
    refused = _lab(label)
    if not len(refused):
        return 0.0
    colours = list(tile.areas)
    away = delta_e(lab_of(colours)[:, None], refused).min(axis=1)
    others = [_lab(each) for each in wanted]
    kept = np.concatenate([*others, np.full((1, 3), 1e3)])
    nearer = delta_e(lab_of(colours)[:, None], kept).min(axis=1)
    return sum(
        tile.areas[colour]
        for colour, far, other in zip(colours, away, nearer, strict=True)
        if far < _SAME and far < other
    )


def _area_faults(brief: Instruction, tile: MotifTile) -> Iterator[str]:
    labels = list(brief.expect.get("wanted_colours", ()))
    for share in brief.expect.get("shares", ()):
        own = _lab(share["colour"])
        others = [_lab(label) for label in labels if label != share["colour"]]
        if not len(own):
            continue
        colours = list(tile.areas)
        away = delta_e(lab_of(colours)[:, None], own).min(axis=1)
        other = np.full(len(colours), 1e3)
        for lab in others:
            if len(lab):
                other = np.minimum(other, delta_e(lab_of(colours)[:, None], lab).min(axis=1))
        area = 100 * sum(
            tile.areas[colour]
            for colour, far, near in zip(colours, away, other, strict=True)
            if far < 2 * _SAME and far <= near
        )
        if not share["low"] - 0.5 <= area <= share["high"] + 0.5:
            yield f"{share['colour']} on {area:.0f} %, not {share['low']} to {share['high']}"


def _pattern_faults(brief: Instruction, tile: MotifTile) -> Iterator[str]:
    drawn = {family_of(layer) for layer in tile.design.layers if isinstance(layer, FamilyLayer)}
    for label in brief.expect.get("refused_patterns", ()):
        if drawn & pattern_keys(label):
            yield f"refused pattern {label} drawn"
