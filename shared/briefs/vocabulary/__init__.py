"""The vocabulary of briefs, in English and Chinese, loaded from the data files of this folder.

Importing it raises `VocabularyError` if a file is invalid.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.briefs.text.loader import (
    LANGUAGES,
    VocabularyError,
    check_palettes,
    check_shades,
    load_terms,
)
from shared.briefs.text.terms import Colour, Pattern, Term, Theme

__all__ = [
    "COLOURS",
    "CONTRASTS",
    "DENSITIES",
    "FINISHES",
    "FUNCTIONS",
    "GRADIENT_DIRECTIONS",
    "GROUND_TONES",
    "LANGUAGES",
    "LAYOUTS",
    "LINE_WEIGHTS",
    "MATERIALS",
    "MOODS",
    "PATTERNS",
    "PHRASES",
    "PRODUCTS",
    "REPEATS",
    "SCALES",
    "VOCABULARIES",
    "Colour",
    "Pattern",
    "Term",
    "Theme",
    "VocabularyError",
]

PRODUCTS = load_terms("products", Term)
MATERIALS = load_terms("materials", Term)
FINISHES = load_terms("finishes", Term)
PATTERNS = load_terms("patterns", Pattern)
COLOURS = load_terms("colours", Colour)
FUNCTIONS = load_terms("functions", Term)
MOODS = load_terms("moods", Theme)
SCALES = load_terms("scales", Term)
DENSITIES = load_terms("densities", Term)
LINE_WEIGHTS = load_terms("line_weights", Term)
CONTRASTS = load_terms("contrasts", Term)
GRADIENT_DIRECTIONS = load_terms("gradient_directions", Term)
REPEATS = load_terms("repeats", Term)
LAYOUTS = load_terms("layouts", Term)
GROUND_TONES = load_terms("ground_tones", Term)
PHRASES = load_terms("phrases", Term)
"""Function words of a brief, such as negations and stop words, by their role."""

check_palettes(MOODS, COLOURS)
check_shades(COLOURS)

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
        "repeat": REPEATS,
        "layout": LAYOUTS,
        "ground_tone": GROUND_TONES,
    }
)
"""All vocabularies by kind of term, in display order."""
