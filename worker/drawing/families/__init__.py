"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families.botanical import flowers, leaves, paisley, porcelain
from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric import banded, folded, lattices, plaited, tiled, woven
from worker.drawing.families.organic import animal, clouds, crackle, flowing, ikat
from worker.drawing.families.ornamental import composed, damask, keys, scaled, trellised
from worker.drawing.families.scattered import (
    chips,
    confetti,
    crosses,
    emblems,
    rings,
    spotted,
    strokes,
)

__all__ = ["FAMILIES", "Family", "Parameters"]

_MODULES = (
    banded,
    folded,
    woven,
    tiled,
    lattices,
    plaited,
    chips,
    confetti,
    crosses,
    emblems,
    rings,
    spotted,
    strokes,
    composed,
    damask,
    keys,
    scaled,
    trellised,
    flowers,
    leaves,
    paisley,
    porcelain,
    animal,
    clouds,
    crackle,
    flowing,
    ikat,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in _MODULES for family in module.FAMILIES}
)
