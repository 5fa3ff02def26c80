"""The bundled kind of generator: fills in a design record from S and z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from shared.briefs.colours.refused import refused_keys
from shared.designs.record import Design
from worker.composition.given_palette import given_colours, given_for_family
from worker.composition.motif_design import drawable, motif_design
from worker.drawing.areas import design_with_areas
from worker.drawing.blends import blends_to_refused
from worker.drawing.origins import with_origins
from worker.drawing.resolve import DRAWN_PATTERNS
from worker.drawing.visibility import visible_design
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.refused import without_refused
from worker.models.generator.draft import Draft, DraftRequest
from worker.models.generator.model import Generator
from worker.models.generator.palettes import area_goals, family_palette
from worker.models.generator.refusals import permitted_traits
from worker.models.generator.separations import field_draft

__all__ = ["RecordGenerator", "family_design"]

_INSTEAD_OF_GRADIENT = "stripes"
"""What is drawn where a gradient is sampled, but no colours between those given may appear."""


TraitSample: TypeAlias = tuple[Mapping[str, str], tuple[str, ...]]
"""Traits as keys of the vocabulary, and a hex palette."""


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
        (sample,) = self.field.sample([request.code], request.seed, [variant])
        return self._draft(request, variant, sample, on_progress)

    def drafts(
        self,
        requests: Sequence[DraftRequest],
        variants: int,
        on_progress: OnProgress = ignore_progress,
    ) -> list[Draft]:
        """Draft the first variants, of the requests in turn: the traits and palettes of all first.

        Raises:
            ShapeMismatch: as `draft`.
        """
        codes, seed = [request.code for request in requests], requests[0].seed
        samples = self.field.sample(codes, seed, range(variants))
        return [
            self._draft(
                requests[variant % len(requests)],
                variant,
                sample,
                portion(on_progress, variant, variants),
            )
            for variant, sample in enumerate(samples)
        ]

    def _draft(
        self, request: DraftRequest, variant: int, sample: TraitSample, on_progress: OnProgress
    ) -> Draft:
        traits, palette = sample
        refused = refused_keys(request.understood)
        given = given_colours(tuple(request.palette), refused, request.understood.colours)
        palette = without_refused(palette, refused, request.understood.colours)
        understood = drawable(request.understood)
        if understood.motifs:
            design, files = motif_design(
                understood,
                request.named_colours,
                palette,
                (request.seed, variant),
                guided=request.reference is not None and request.reference_strength > 0,
                given=given,
                only=request.palette_only,
            )
            on_progress(1.0)
            return Draft(design=_with_origins(design, request), files=files, traits=traits)
        traits = permitted_traits(traits, understood, request.seed, variant)
        if traits["pattern"] not in DRAWN_PATTERNS:
            draft = field_draft(self.field, self.release, request, variant, on_progress)
            return replace(draft, design=_with_given_origins(draft.design, request))
        if given:
            only, named = request.palette_only, request.named_colours
            palette = given_for_family(given, palette, named, only=only)
        else:
            guided = request.reference is not None and request.reference_strength > 0
            palette = family_palette(palette, understood, request.named_colours, guided=guided)
        design = family_design(request, traits, palette, variant)
        on_progress(1.0)
        return Draft(design=_with_origins(design, request), traits=traits)

    def details(self, request: DraftRequest) -> Mapping[str, Any]:
        """Return the sampling settings."""
        return self.field.details(request)


def family_design(
    request: DraftRequest, traits: Mapping[str, str], palette: Sequence[str], variant: int
) -> Design:
    """Return the record of a pattern family, without a gradient through unwanted colours.

    A gradient that the brief asks for stays.
    """
    refused = refused_keys(request.understood)
    goals = area_goals(palette, request.understood)
    if goals:
        design = design_with_areas(traits, palette, goals, seed=request.seed, variant=variant)
    else:
        design, _ = visible_design(traits, palette, request.seed, variant)
    unwanted = request.palette_only and bool(request.palette)
    if not request.named_gradient and (unwanted or blends_to_refused(design, refused)):
        plain = {**traits, "gradient_direction": ""}
        if plain["pattern"] == "gradient":
            plain["pattern"] = _INSTEAD_OF_GRADIENT
        design, _ = visible_design(plain, palette, request.seed, variant)
    return design


def _with_origins(design: Design, request: DraftRequest) -> Design:
    seen = request.reference_colours[: None if request.reference_strength > 0 else 0]
    design = with_origins(design, request.understood, seen)
    return _with_given_origins(design, request)


def _with_given_origins(design: Design, request: DraftRequest) -> Design:
    """Return the design with the names of the colours that the designer gives."""
    entries = tuple(
        entry.model_copy(update={"name": request.palette[entry.hex] or None, "origin": "palette"})
        if entry.hex in request.palette
        else entry
        for entry in design.palette
    )
    return design.model_copy(update={"palette": entries})
