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
    ikat,
    leaves,
    paisley,
    porcelain,
    scattered,
    tiled,
)
from worker.drawing.families.family import Family, Parameters

__all__ = ["FAMILIES", "Family", "Parameters"]

_MODULES = (
    banded,
    tiled,
    scattered,
    leaves,
    flowers,
    paisley,
    porcelain,
    flowing,
    animal,
    crackle,
    clouds,
    ikat,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
