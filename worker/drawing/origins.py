"""Says where the colours of a design come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.briefs.colours.names import colour_name, colour_rgb, is_exact
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from shared.designs.record import Design, Origin, PaletteEntry
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["with_origins"]

_SAME = 12.0
"""CIEDE2000 up to which a colour is the one that was named."""
_SIMILAR = 20.0
"""CIEDE2000 up to which a colour is taken from the reference image."""


def with_origins(design: Design, understood: ParsedBrief, seen: Floats) -> Design:
    """Return the design with the name and the origin of each colour of its palette.

    Args:
        understood: the parsed brief.
        seen: Lab colours (K, 3) of the reference image; none without one that has influence.
    """
    names = [key for key in understood.colours if key in COLOURS or is_exact(key)]
    named = lab_from_rgb(np.array([colour_rgb(key) for key in names]).reshape(-1, 3))
    other: Origin = "mood" if understood.mood and not names else "chosen"
    entries = [_with_origin(entry, names, named, seen, other) for entry in design.palette]
    return design.model_copy(update={"palette": tuple(entries)})


def _with_origin(
    entry: PaletteEntry, names: Sequence[str], named: Floats, seen: Floats, other: Origin
) -> PaletteEntry:
    lab = lab_from_rgb(np.array(list(bytes.fromhex(entry.hex[1:]))))
    if len(named):
        away = delta_e(named, lab)
        if away.min() < _SAME:
            name = colour_name(names[int(away.argmin())])
            return entry.model_copy(update={"name": name, "origin": "brief"})
    if len(seen) and delta_e(seen, lab).min() < _SIMILAR:
        return entry.model_copy(update={"origin": "reference"})
    return entry.model_copy(update={"origin": other})
