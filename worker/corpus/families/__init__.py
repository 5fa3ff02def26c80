"""Pattern families of the corpus, by vocabulary key."""

from collections.abc import Mapping
from types import MappingProxyType

from worker.corpus.families import banded, botanical, composed, flowing, scattered, tiled, trellised
from worker.corpus.families.family import Family

__all__ = ["FAMILIES", "Family"]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        **banded.FAMILIES,
        **tiled.FAMILIES,
        **scattered.FAMILIES,
        **flowing.FAMILIES,
        **trellised.FAMILIES,
        **composed.FAMILIES,
        **botanical.FAMILIES,
    }
)
