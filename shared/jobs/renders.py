"""Renders: jobs that draw a submitted design record."""

from collections.abc import Sequence
from typing import Unpack

from shared.designs.notices import notices
from shared.designs.record import Design
from shared.jobs.insertion import DesignInput, Submission, SubmissionFields
from shared.queue.completion import ArtifactRecord

__all__ = ["render_submission"]


def render_submission(
    design: Design,
    files: Sequence[ArtifactRecord],
    *,
    size_px: int,
    product: str | None,
    **fields: Unpack[SubmissionFields],
) -> Submission:
    """Return the submission of a render.

    Args:
        files: the stored record, of kind design, and the files that it refers to, of the kinds
            layer-1, layer-2 and so on.
        size_px: the tile's longer side.
        product: product of the sketch; None: no sketch.
    """
    return Submission(
        pipeline="render",
        options={
            "variants": 1,
            "seed": design.seed,
            "size": size_px,
            "product": product or "",
            "reference_strength": 0.0,
        },
        design=DesignInput(notices=notices(design)),
        artifacts=tuple(files),
        model_versions={},
        **fields,
    )
