"""Pattern families as paths, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.drawing.families import banded, spotted, tiled
from worker.drawing.families.family import Family, Parameters

__all__ = ["FAMILIES", "Family", "Parameters"]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for module in (banded, tiled, spotted) for family in module.FAMILIES}
)
