"""Renders: jobs that draw a submitted design record, or a changed one of an earlier job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from shared.db.models import Job
from shared.designs.edits.kinds import Edit, edit_document
from shared.designs.notices import notices
from shared.designs.record import Design
from shared.jobs.insertion import Derivation, DesignInput, Submission, SubmissionFields
from shared.queue.completion import ArtifactRecord

__all__ = ["EditedVariant", "edit_submission", "render_submission"]


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


@dataclass(frozen=True, kw_only=True)
class EditedVariant:
    """The variant of a job that an edit changes."""

    job: Job
    variant: int
    design: Design


def edit_submission(
    source: EditedVariant,
    edit: Edit,
    said: str | None,
    files: Sequence[ArtifactRecord],
    **fields: Unpack[SubmissionFields],
) -> Submission:
    """Return the submission of a job that draws a variant of another one, edited.

    Args:
        said: the words that the edit was said in; None: it was given by its fields.
        files: the stored record, of kind base, and the files that it refers to.
    """
    job, options = source.job, source.job.options
    return Submission(
        pipeline="render",
        brief=job.brief,
        options={
            "variants": 1,
            "seed": source.design.seed,
            "size": options["size"],
            "product": options.get("product") or "",
            "reference_strength": 0.0,
            "edit": edit_document(edit),
            "derived_from": {"job": job.id, "variant": source.variant, "say": said},
        },
        design=DesignInput(understood=job.understood, notices=notices(source.design)),
        artifacts=tuple(files),
        model_versions={},
        **fields | {"derivation": Derivation(job_id=job.id, how="edit")},
    )
