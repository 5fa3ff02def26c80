"""Drawings of motifs by the name that a record gives them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

import worker.drawing.motifs.own as own_package
from shared.motifs.catalog import own_motifs
from worker.drawing.motifs.shapes import DrawMotif, MotifShape, fitted

__all__ = ["motif_shapes", "own_drawings"]


@lru_cache(maxsize=1)
def own_drawings() -> Mapping[str, DrawMotif]:
    """Return the functions that draw Codesigner's own motifs, by name."""
    found: dict[str, DrawMotif] = {}
    for module in pkgutil.walk_packages(own_package.__path__, f"{own_package.__name__}."):
        if not module.ispkg:
            found |= importlib.import_module(module.name).DRAWINGS
    return MappingProxyType(found)


@lru_cache(maxsize=512)
def motif_shapes(name: str, view: int) -> tuple[MotifShape, ...]:
    """Return the shapes of one of the own motifs, its larger side 1 and its middle at the origin.

    Args:
        view: which of its views; beyond the last one they begin again, with other details.

    Raises:
        KeyError: there is no motif of that name.
    """
    views = own_motifs()[name].views
    random = np.random.default_rng([view // views])
    return fitted(own_drawings()[name](view % views, random))
