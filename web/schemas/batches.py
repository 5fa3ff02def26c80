"""Batches as the API takes and gives them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo

from shared.jobs.batches import MAX_JOBS
from web.schemas.base import Given, WebhookGiven
from web.schemas.jobs import (
    DEFAULT_SIZE,
    DEFAULT_STRENGTH,
    DEFAULT_VARIANTS,
    JobSummary,
    Priority,
    Product,
    ReferenceGiven,
    Seed,
    Size,
    Strength,
    Variants,
    checked_brief,
)

__all__ = ["BatchDocument", "BatchPage", "BatchRequest", "BatchSummary"]

Combination = Literal["product", "pairs"]
BatchState = Literal["queued", "running", "ended"]


def _usable(brief: str, given: ValidationInfo) -> str:
    return checked_brief(brief, (given.context or {}).get("max_brief_chars", 2000))


Brief = Annotated[str, AfterValidator(_usable)]


class BatchRequest(Given):
    """Several designs at once: a list of briefs, seeds or strengths, or several of these lists."""

    briefs: list[Brief] = Field(
        min_length=1,
        max_length=MAX_JOBS,
        description="In plain words, English or Chinese.",
        examples=[["teal mug", "navy mug"]],
    )
    seeds: list[Seed] | None = Field(
        None, min_length=1, max_length=MAX_JOBS, description="None: one for all is drawn."
    )
    strengths: list[Strength] | None = Field(
        None,
        min_length=1,
        max_length=MAX_JOBS,
        description=f"Weights of the reference; none: {DEFAULT_STRENGTH}.",
    )
    combine: Combination = Field(
        "product",
        description="product: each brief with each seed and each strength. pairs: the first of "
        "each list together, the second of each, and so on; a list of one goes with all.",
    )
    variants: Variants = Field(DEFAULT_VARIANTS, description="How many designs of each.")
    product: Product | None = Field(None, description="None: as each brief says.")
    size: Size = Field(DEFAULT_SIZE, description="Side of a tile in px.")
    priority: Priority = Field("normal", description="Of all jobs: low, normal or high.")
    reference: ReferenceGiven | None = Field(
        None, description="Of all jobs. In a multipart form: a file of this name."
    )
    webhook: WebhookGiven | None = Field(
        None, description="Is told of all jobs. In a multipart form: its JSON."
    )


class BatchJob(JobSummary):
    """A job of a batch."""

    index: int = Field(description="Place in the batch, from 0.")
    seed: int
    reference_strength: float
    error: str | None = Field(description="The error's code, of a job that failed.")


class BatchCounts(BaseModel):
    """How many jobs are in which state."""

    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class BatchSummary(BaseModel):
    """A batch without its jobs."""

    id: str
    state: BatchState = Field(description="ended: every job has.")
    size: int = Field(description="Number of jobs that were asked for.")
    counts: BatchCounts = Field(description="Of the jobs that have not expired.")
    asked: dict[str, Any] = Field(description="briefs, seeds, strengths and how combined.")
    created_at: str
    links: dict[str, str]


class BatchDocument(BatchSummary):
    """A batch and its jobs."""

    jobs: list[BatchJob] = Field(description="In the order that they were asked for.")


class BatchPage(BaseModel):
    """Batches, newest first."""

    batches: list[BatchSummary]
    next: str | None = Field(description="Path of the next page.")
