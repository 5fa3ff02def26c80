"""What the words of a brief can stand for, in English and Chinese, indexed by key."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.briefs.terms import Colour, Pattern, Term, Theme
from shared.briefs.vocabulary.colours import COLOURS
from shared.briefs.vocabulary.moods import MOODS
from shared.briefs.vocabulary.patterns import PATTERNS
from shared.briefs.vocabulary.products import FINISHES, FUNCTIONS, MATERIALS, PRODUCTS
from shared.briefs.vocabulary.qualities import (
    CONTRASTS,
    DENSITIES,
    GRADIENT_DIRECTIONS,
    LINE_WEIGHTS,
    SCALES,
)

__all__ = [
    "COLOURS",
    "CONTRASTS",
    "DENSITIES",
    "FINISHES",
    "FUNCTIONS",
    "GRADIENT_DIRECTIONS",
    "LANGUAGES",
    "LINE_WEIGHTS",
    "MATERIALS",
    "MOODS",
    "PATTERNS",
    "PRODUCTS",
    "SCALES",
    "VOCABULARIES",
    "Colour",
    "Pattern",
    "Term",
    "Theme",
]

LANGUAGES = ("en", "zh")

VOCABULARIES: Mapping[str, Mapping[str, Term]] = MappingProxyType(
    {
        "product": PRODUCTS,
        "material": MATERIALS,
        "finish": FINISHES,
        "pattern": PATTERNS,
        "colour": COLOURS,
        "function": FUNCTIONS,
        "mood": MOODS,
        "scale": SCALES,
        "density": DENSITIES,
        "line_weight": LINE_WEIGHTS,
        "contrast": CONTRASTS,
        "gradient_direction": GRADIENT_DIRECTIONS,
    }
)
"""Every vocabulary by what its terms describe, in the order they are shown."""
