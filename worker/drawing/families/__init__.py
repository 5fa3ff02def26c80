"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families import (
    animal,
    banded,
    clouds,
    crackle,
    flowers,
    flowing,
    folded,
    ikat,
    lattices,
    leaves,
    paisley,
    plaited,
    porcelain,
    scattered,
    tiled,
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
    crackle,
    flowers,
    flowing,
    ikat,
    leaves,
    paisley,
    porcelain,
    scattered,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
