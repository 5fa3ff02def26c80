"""What is known of a design of the corpus, in the words of the vocabulary."""

from __future__ import annotations

from shared.briefs.parser import Understood
from worker.corpus.spec import DesignSpec

__all__ = ["facts_of"]


def facts_of(spec: DesignSpec) -> Understood:
    """Give all that a brief could say of how a design looks."""
    return Understood(
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
