"""Request and response models of queue administration: state, pauses, dead jobs."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.queue.pauses import ALL
from web.schemas.base import Line, RequestBody
from web.schemas.jobs import JobError

__all__ = [
    "DeadJobPage",
    "PauseRequest",
    "QueueStateDocument",
    "ResumeRequest",
    "RetriedDocument",
    "RetryRequest",
]

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class ResumeRequest(RequestBody):
    """Stage to resume."""

    stage: Line = Field(ALL, max_length=40, description="A stage's name, or all.")


class PauseRequest(ResumeRequest):
    """Stage to pause, and the reason."""

    reason: Line = Field("", description="Shown in the queue's state.")


class PauseDocument(BaseModel):
    """A pause and who requested it."""

    stage: str = Field(description="A stage's name, or all.")
    actor: str
    reason: str
    at: str


class StageLineDocument(BaseModel):
    """Number of ready and running stage runs of a stage."""

    name: str
    queue: str
    paused: bool
    drained: bool = Field(description="Paused, with no stage run running.")
    ready: int
    running: int


class OwnerLineDocument(BaseModel):
    """Number of unfinished jobs of an owner."""

    name: str
    queued: int
    running: int


class QueueStateDocument(BaseModel):
    """State of the queue."""

    active: int = Field(description="Number of unfinished jobs.")
    max_queue: int
    pauses: list[PauseDocument]
    stages: list[StageLineDocument]
    owners: list[OwnerLineDocument] = Field(description="Owners with the most unfinished jobs.")
    dead: int = Field(description="Number of failed jobs that were never retried.")


class FailureDocument(BaseModel):
    """A failed attempt."""

    attempt: int
    at: str
    host: str
    code: str
    message: str
    traceback: str


class DeadJobDocument(BaseModel):
    """A failed job and the failures of its attempts."""

    id: str
    pipeline: str
    brief: str
    owner: str
    error: JobError | None
    stage: str | None = Field(description="Failed stage; null: the job passed its deadline.")
    attempts: int
    failures: list[FailureDocument]
    created_at: str
    finished_at: str | None
    retried_from: str | None
    retries: int
    links: dict[str, str]


class DeadJobPage(BaseModel):
    """Failed jobs, newest first."""

    jobs: list[DeadJobDocument]
    next: str | None


class RetryRequest(RequestBody):
    """Dead jobs to retry: exactly one of ids and all."""

    ids: list[JobId] | None = Field(None, min_length=1, max_length=100)
    all: bool = Field(False, description="All that were never retried, at most 100 per request.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "RetryRequest":
        if (self.ids is None) == (not self.all):
            raise PydanticCustomError("ids_or_all", "Give either ids or all.")
        return self


class RetriedJob(BaseModel):
    """A dead job and its retry."""

    id: str
    retried_as: str


class RetriedDocument(BaseModel):
    """Retries that were submitted."""

    retried: list[RetriedJob]
    left: int = Field(description="Number of dead jobs that were never retried.")
