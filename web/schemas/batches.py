"""Request and response models of batches."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo

from shared.jobs.batches import MAX_JOBS
from shared.pipelines import DEFAULT_SIZE_PX, DEFAULT_VARIANTS
from web.schemas.base import RequestBody, WebhookGiven
from web.schemas.jobs import (
    DEFAULT_STRENGTH,
    JobId,
    JobSummary,
    Priority,
    Product,
    ReferenceGiven,
    Seed,
    Size,
    Strength,
    Ttl,
    Variants,
    checked_brief,
)
from web.schemas.motifs import Motifs
from web.schemas.palettes import ColourChanges, PaletteGiven

__all__ = ["MAX_JOBS", "BatchDocument", "BatchPage", "BatchRequest", "BatchSummary"]

Combination = Literal["product", "pairs"]
BatchState = Literal["queued", "running", "ended"]


def _validate_brief(brief: str, info: ValidationInfo) -> str:
    return checked_brief(brief, (info.context or {}).get("max_brief_chars", 2000))


Brief = Annotated[str, AfterValidator(_validate_brief)]


class BatchRequest(RequestBody):
    """Several designs at once: a list of briefs, seeds or strengths, or several of these lists."""

    briefs: list[Brief] = Field(
        min_length=1,
        max_length=MAX_JOBS,
        description="Free text in English or Chinese.",
        examples=[["teal mug", "navy mug"]],
    )
    seeds: list[Seed] | None = Field(
        None, min_length=1, max_length=MAX_JOBS, description="null: one random seed for all jobs."
    )
    strengths: list[Strength] | None = Field(
        None,
        min_length=1,
        max_length=MAX_JOBS,
        description=f"Weights of the reference; null: {DEFAULT_STRENGTH}.",
    )
    combine: Combination = Field(
        "product",
        description="product: every combination of brief, seed and strength. pairs: the first "
        "items of the lists form a job, the second items the next, and so on; a list with one item "
        "applies to all jobs.",
    )
    variants: Variants = Field(DEFAULT_VARIANTS, description="Number of designs for each job.")
    product: Product | None = Field(None, description="null: as stated in each brief.")
    size: Size = Field(DEFAULT_SIZE_PX, description="Side of a tile in px.")
    motifs: Motifs | None = Field(
        None, description="Ids of the motifs to draw in every job; null: as each brief says."
    )
    colour_changes: ColourChanges | None = Field(
        None, description="As of a design; a change of a colour that a brief lacks is left out."
    )
    derived_from: JobId | None = Field(
        None, description="Id of the design whose changed brief they are; only recorded."
    )
    ttl_s: Ttl | None = Field(None, description="As of a design, for all jobs.")
    listed: bool = Field(True, description="Whether the library lists the jobs.")
    priority: Priority = Field("normal", description="Priority of all jobs: low, normal or high.")
    reference: ReferenceGiven | None = Field(
        None, description="Reference image of all jobs. In a multipart form: a file of this name."
    )
    palette: PaletteGiven | None = Field(
        None, description="Palette of all jobs. In a multipart form: a file of this name."
    )
    palette_only: bool = Field(False, description="Whether no other colours are drawn.")
    webhook: WebhookGiven | None = Field(
        None, description="Receives the events of all jobs. In a multipart form: JSON text."
    )


class BatchJob(JobSummary):
    """A job of a batch."""

    index: int = Field(description="Index in the batch, from 0.")
    seed: int
    reference_strength: float
    error: str | None = Field(description="Error code of a failed job.")


class BatchCounts(BaseModel):
    """Number of jobs in each state."""

    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class BatchSummary(BaseModel):
    """A batch without its jobs."""

    id: str
    state: BatchState = Field(description="ended: every job is in a final state.")
    size: int = Field(description="Number of requested jobs.")
    counts: BatchCounts = Field(description="Jobs that have not expired, by state.")
    asked: dict[str, Any] = Field(
        description="Requested briefs, seeds, strengths and their combination."
    )
    created_at: str
    links: dict[str, str]


class BatchDocument(BatchSummary):
    """A batch and its jobs."""

    jobs: list[BatchJob] = Field(description="In order of their index.")


class BatchPage(BaseModel):
    """Batches, newest first."""

    batches: list[BatchSummary]
    next: str | None = Field(description="Path of the next page.")
