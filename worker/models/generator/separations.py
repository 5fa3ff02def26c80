"""Drafts designs of the learned field: one layer of colour separations."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.colours.refused import refused_keys
from shared.designs.record import Design, FieldLayer
from worker.composition.given_palette import given_colours, given_for_family
from worker.drawing.resolve import CELL_MM, palette_entries
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.refused import recoloured
from worker.models.generator.draft import Draft, DraftRequest, sha256_of
from worker.models.generator.model import Generator

__all__ = ["field_draft"]

_MIN_SIZE_PX = 512
_MAX_SIZE_PX = 1024


def field_draft(
    field: Generator,
    release: str,
    request: DraftRequest,
    variant: int,
    on_progress: OnProgress = ignore_progress,
) -> Draft:
    """Sample a design and return it as a record with a field layer.

    Args:
        release: name of the field's model version.

    Raises:
        ShapeMismatch: the shape of the code is not the one of the trained generator.
    """
    sampled = field.design(request.code, request.seed, variant)
    size_px = min(max(request.size_px, _MIN_SIZE_PX), _MAX_SIZE_PX)
    separations = field.separations(sampled, size_px, on_progress)
    order = np.argsort(-np.array(sampled.areas), kind="stable")
    colours = sampled.colours.cpu().numpy().astype(int)
    hexes = ["#{:02X}{:02X}{:02X}".format(*colours[slot]) for slot in order]
    palette = palette_entries(_permitted(hexes, request))
    files = tuple(_png(separations[slot]) for slot in order)
    traits = field.named(sampled)
    layer = FieldLayer(
        id="l1",
        kind="field",
        release=release,
        traits={name: value for name, value in traits.items() if value},
        separations=tuple(sha256_of(content) for content in files),
        paints=tuple(entry.id for entry in palette),
    )
    design = Design(
        seed=request.seed,
        variant=variant,
        cell_mm=(CELL_MM, CELL_MM),
        palette=palette,
        layers=(layer,),
    )
    return Draft(design=design, files=files, traits=traits)


def _permitted(hexes: Sequence[str], request: DraftRequest) -> tuple[str, ...]:
    """Return one permitted colour for each separation: of the given palette, if there is one."""
    refused = refused_keys(request.understood)
    if not request.palette:
        return recoloured(hexes, refused)
    given = given_colours(tuple(request.palette), refused, request.understood.colours)
    chosen = given_for_family(given, hexes, request.named_colours, only=request.palette_only)
    return tuple(chosen[index % len(chosen)] for index in range(len(hexes)))


def _png(separation: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(separation).save(buffer, format="PNG")
    return buffer.getvalue()
