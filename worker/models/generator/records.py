"""The bundled kind of generator: fills in a design record from S and z."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.designs.record import Design
from worker.composition.motif_design import drawable, motif_design
from worker.drawing.areas import design_with_areas
from worker.drawing.origins import with_origins
from worker.drawing.resolve import DRAWN_PATTERNS
from worker.drawing.visibility import visible_design
from worker.execution.progress import OnProgress, ignore_progress
from worker.models.generator.draft import Draft, DraftRequest
from worker.models.generator.model import Generator
from worker.models.generator.palettes import area_goals, family_palette
from worker.models.generator.refusals import without_refused
from worker.models.generator.separations import field_draft

__all__ = ["RecordGenerator"]


@dataclass(frozen=True, kw_only=True)
class RecordGenerator:
    """Generator that drafts families, and the learned field for patterns that are no family."""

    field: Generator
    release: str
    """Name of the field's model version, recorded in field layers."""

    def draft(
        self, request: DraftRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Draft:
        """Draft one variant: sample traits and palette, then fill in their record.

        Raises:
            ShapeMismatch: the shape of the code is not the one of the trained generator.
        """
        traits, palette = self.field.sample(request.code, request.seed, variant)
        understood = drawable(request.understood)
        if understood.motifs:
            design, files = motif_design(
                understood, request.named_colours, palette, request.seed, variant
            )
            on_progress(1.0)
            return Draft(design=_with_origins(design, request), files=files, traits=traits)
        traits = without_refused(traits, understood, request.seed, variant)
        if traits["pattern"] not in DRAWN_PATTERNS:
            return field_draft(self.field, self.release, request, variant, on_progress)
        palette = family_palette(palette, understood)
        goals = area_goals(palette, understood)
        seeds = {"seed": request.seed, "variant": variant}
        if goals:
            design = design_with_areas(traits, palette, goals, **seeds)
        else:
            design, _ = visible_design(traits, palette, **seeds)
        on_progress(1.0)
        return Draft(design=_with_origins(design, request), traits=traits)

    def details(self, request: DraftRequest) -> Mapping[str, Any]:
        """Return the sampling settings."""
        return self.field.details(request)


def _with_origins(design: Design, request: DraftRequest) -> Design:
    reference = request.reference if request.reference_strength > 0 else None
    return with_origins(design, request.understood, reference)
