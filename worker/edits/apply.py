"""Applies a typed edit to a design record: one respect is changed, all else stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shared.designs.edits.kinds import (
    Change,
    ColourNumberEdit,
    DensityEdit,
    Edit,
    LineWeightEdit,
    MotifColourEdit,
    NumberEdit,
    RepeatEdit,
    RotateEdit,
    ScaleEdit,
    SwapEdit,
)
from shared.designs.edits.plain import Applied, apply_plain, check_edit, concerns_motifs
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design
from worker.drawing.images import GetBytes
from worker.drawing.raster import draw_pixels
from worker.edits.colours import numbered_colours, painted_motifs
from worker.edits.motifs import scaled_motifs
from worker.edits.spacing import dense_motifs, more_motifs
from worker.edits.swapping import swapped_motifs
from worker.edits.turning import repeated, turned_families, turned_motifs

__all__ = ["Edited", "apply_edit"]

_SIZE_PX = 128
_STRONGER = 1.35
_TRIES = 7
_SEEN = 0.002
"""Mean difference of two pictures, 0 to 255, from which they are told apart."""


@dataclass(frozen=True, kw_only=True)
class Edited:
    """An edited design."""

    design: Design
    changes: tuple[Change, ...]
    files: tuple[bytes, ...] = ()
    """Drawings that the record refers to and the first one did not."""


def apply_edit(design: Design, edit: Edit, get: GetBytes | None = None) -> Edited:
    """Return the edited design and what was changed.

    The same design and edit give the same result.

    Args:
        get: returns the files that the design refers to by their sha256.

    Raises:
        EditRefused: it cannot be done, or nothing would be seen of it.
    """
    check_edit(design, edit)
    if isinstance(edit, SwapEdit):
        after, changes, files = swapped_motifs(design, edit)
        return Edited(design=after, changes=changes, files=tuple(files))
    after, changes = _applied(design, edit, get)
    if isinstance(edit, ScaleEdit | DensityEdit | LineWeightEdit) and not concerns_motifs(
        design, edit.motifs, edit.layers
    ):
        after, changes = _seen(design, edit, (after, changes), get)
    return Edited(design=after, changes=changes)


def _applied(design: Design, edit: Edit, get: GetBytes | None) -> Applied:
    plain = apply_plain(design, edit)
    if plain is not None:
        return plain
    if isinstance(edit, ScaleEdit):
        return scaled_motifs(design, edit, get)
    if isinstance(edit, DensityEdit):
        return dense_motifs(design, edit, get)
    if isinstance(edit, NumberEdit):
        return more_motifs(design, edit, get)
    if isinstance(edit, MotifColourEdit):
        return painted_motifs(design, edit, get)
    if isinstance(edit, ColourNumberEdit):
        return numbered_colours(design, edit, get)
    if isinstance(edit, RepeatEdit):
        return repeated(design, edit, get)
    assert isinstance(edit, RotateEdit)
    if concerns_motifs(design, edit.motifs, edit.layers):
        return turned_motifs(design, edit, get)
    return turned_families(design, edit)


def _seen(
    design: Design,
    edit: ScaleEdit | DensityEdit | LineWeightEdit,
    applied: Applied,
    get: GetBytes | None,
) -> Applied:
    """Return the edit of a pattern so strong that it is seen: whole numbers of repeats fit a cell.

    Raises:
        EditRefused: it is not seen at any strength.
    """
    before = draw_pixels(design, _SIZE_PX, get).astype(int)
    for _ in range(_TRIES):
        after = draw_pixels(applied[0], _SIZE_PX, get).astype(int)
        if after.shape != before.shape or np.abs(after - before).mean() > _SEEN:
            return applied
        if isinstance(edit, ScaleEdit):
            factor = edit.factor * (_STRONGER if edit.factor > 1 else 1 / _STRONGER)
            if not 0.1 <= factor <= 5:
                break
            edit = edit.model_copy(update={"factor": factor})
        else:
            amount = max(-1.0, min(1.0, edit.amount * _STRONGER))
            if amount == edit.amount:
                break
            edit = edit.model_copy(update={"amount": amount})
        plain = apply_plain(design, edit)
        assert plain is not None
        applied = plain
    raise EditRefused("at_the_limit", what="the pattern's scale")
