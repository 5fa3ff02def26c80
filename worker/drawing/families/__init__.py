"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families import (
    banded,
    chips,
    confetti,
    crosses,
    emblems,
    rings,
    spotted,
    strokes,
    tiled,
)
from worker.drawing.families.family import Family, Parameters

__all__ = ["FAMILIES", "Family", "Parameters"]

_MODULES = (banded, tiled, spotted, rings, crosses, emblems, chips, strokes, confetti)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
