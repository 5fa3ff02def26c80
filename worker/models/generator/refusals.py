"""Keeps sampled traits from showing what a brief refuses."""

from __future__ import annotations

from collections.abc import Mapping

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import PATTERNS
from shared.designs.streams import stream
from worker.drawing.resolve import DRAWN_PATTERNS

__all__ = ["permitted_traits"]

_SHOWN_IN: Mapping[str, frozenset[str]] = {
    "flowers": frozenset(("porcelain",)),
    "leaves": frozenset(("porcelain", "flowers")),
    "stripes": frozenset(("diagonal-stripes",)),
    "checks": frozenset(("plaid", "houndstooth", "argyle")),
    "plaid": frozenset(("checks", "houndstooth", "argyle")),
    "geometric": frozenset(key for key, entry in PATTERNS.items() if entry.kind == "geometric"),
}
"""Further patterns that show what a refused one is of."""
_LAYER = "l1"


def permitted_traits(
    traits: Mapping[str, str], understood: ParsedBrief, seed: int, variant: int
) -> dict[str, str]:
    """Return the traits with another pattern, and without a gradient, where these are refused."""
    kept = dict(traits)
    patterns = {part.key for part in understood.refused if part.field == "pattern"}
    if any(part.field == "gradient" for part in understood.refused) or "gradient" in patterns:
        kept["gradient_direction"] = ""
        patterns.add("gradient")
    refused = patterns.union(*(_SHOWN_IN.get(key, ()) for key in patterns))
    if kept["pattern"] in refused and kept["pattern"] != understood.pattern:
        others = sorted(DRAWN_PATTERNS - refused - {"solid", "gradient"})
        kept["pattern"] = stream(seed, variant, _LAYER, "pattern").choice(others)
    return kept
