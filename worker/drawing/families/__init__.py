"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families import (
    animal,
    banded,
    clouds,
    composed,
    crackle,
    damask,
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
    scaled,
    scattered,
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
    clouds,
    composed,
    crackle,
    damask,
    flowers,
    flowing,
    ikat,
    keys,
    leaves,
    paisley,
    porcelain,
    scaled,
    scattered,
    trellised,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
