"""Names beyond those of the terms: read in briefs, but never written by the corpus.

Captions are drawn from the terms' own names, so that a seed gives the same caption for ever; what
people write besides is gathered here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.briefs.terms import Names
from shared.briefs.vocabulary.synonyms_colours import COLOUR_NAMES
from shared.briefs.vocabulary.synonyms_moods import MOOD_NAMES
from shared.briefs.vocabulary.synonyms_patterns import PATTERN_NAMES
from shared.briefs.vocabulary.synonyms_products import (
    CONTRAST_NAMES,
    DENSITY_NAMES,
    DIRECTION_NAMES,
    FINISH_NAMES,
    FUNCTION_NAMES,
    LINE_WEIGHT_NAMES,
    MATERIAL_NAMES,
    PRODUCT_NAMES,
    SCALE_NAMES,
)

__all__ = ["SYNONYMS"]

SYNONYMS: Mapping[str, Mapping[str, Names]] = MappingProxyType(
    {
        "product": PRODUCT_NAMES,
        "material": MATERIAL_NAMES,
        "finish": FINISH_NAMES,
        "pattern": PATTERN_NAMES,
        "colour": COLOUR_NAMES,
        "function": FUNCTION_NAMES,
        "mood": MOOD_NAMES,
        "scale": SCALE_NAMES,
        "density": DENSITY_NAMES,
        "line_weight": LINE_WEIGHT_NAMES,
        "contrast": CONTRAST_NAMES,
        "gradient_direction": DIRECTION_NAMES,
    }
)
"""By vocabulary and key, as `shared.briefs.vocabulary.VOCABULARIES` has them."""
