"""SampledNoise-truth facts of corpus designs, as keys of the brief vocabulary."""

from __future__ import annotations

from shared.briefs.understood import ParsedBrief
from worker.corpus.spec import DesignSpec

__all__ = ["facts_of"]


def facts_of(spec: DesignSpec) -> ParsedBrief:
    """Return everything that a brief could state about the design's appearance."""
    return ParsedBrief(
        pattern=spec.pattern,
        colours=spec.colours,
        gradient=spec.gradient,
        gradient_direction=spec.gradient_direction,
        mood=(spec.mood,) if spec.mood else (),
        scale=spec.scale,
        density=spec.density,
        contrast=spec.contrast,
        line_weight=spec.line_weight,
    )
