"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families import (
    animal,
    banded,
    chips,
    clouds,
    composed,
    confetti,
    crackle,
    crosses,
    damask,
    emblems,
    flowers,
    flowing,
    folded,
    ikat,
    keys,
    lattices,
    leaves,
    paisley,
    plaited,
    porcelain,
    rings,
    scaled,
    spotted,
    strokes,
    tiled,
    trellised,
    woven,
)
from worker.drawing.families.family import Family, Parameters

__all__ = ["FAMILIES", "Family", "Parameters"]

_MODULES = (
    banded,
    folded,
    woven,
    tiled,
    lattices,
    plaited,
    animal,
    chips,
    clouds,
    composed,
    confetti,
    crackle,
    crosses,
    damask,
    emblems,
    flowers,
    flowing,
    ikat,
    keys,
    leaves,
    paisley,
    porcelain,
    rings,
    scaled,
    spotted,
    strokes,
    trellised,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
