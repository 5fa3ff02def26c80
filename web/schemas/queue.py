"""The queue's state and its dead jobs as the API gives them to administrators."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.queue.pauses import ALL
from web.schemas.base import Given, Line
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


class ResumeRequest(Given):
    """Which stage is to go on."""

    stage: Line = Field(ALL, max_length=40, description="A stage's name, or all.")


class PauseRequest(ResumeRequest):
    """Which stage is to be paused, and why."""

    reason: Line = Field("", description="For whoever looks.")


class PauseDocument(BaseModel):
    """A pause, and whose it is."""

    stage: str = Field(description="A stage's name, or all.")
    actor: str
    reason: str
    at: str


class StageLineDocument(BaseModel):
    """How much of a stage waits and runs."""

    name: str
    queue: str
    paused: bool
    drained: bool = Field(description="Paused, and nothing of it runs any more.")
    ready: int
    running: int


class OwnerLineDocument(BaseModel):
    """How many jobs of an owner have not ended."""

    name: str
    queued: int
    running: int


class QueueStateDocument(BaseModel):
    """The queue."""

    active: int = Field(description="Jobs that have not ended.")
    max_queue: int
    pauses: list[PauseDocument]
    stages: list[StageLineDocument]
    owners: list[OwnerLineDocument] = Field(description="Those with the most jobs.")
    dead: int = Field(description="Failed jobs that were never retried.")


class FailureDocument(BaseModel):
    """An attempt that failed."""

    attempt: int
    at: str
    host: str
    code: str
    message: str
    traceback: str


class DeadJobDocument(BaseModel):
    """A failed job, and what its workers told of each attempt."""

    id: str
    pipeline: str
    brief: str
    owner: str
    error: JobError | None
    stage: str | None = Field(description="That failed; none: the job was overdue.")
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


class RetryRequest(Given):
    """Which dead jobs to submit anew: exactly one of the two."""

    ids: list[JobId] | None = Field(None, min_length=1, max_length=100)
    all: bool = Field(False, description="Those that were never retried, at most 100 at once.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "RetryRequest":
        if (self.ids is None) == (not self.all):
            raise PydanticCustomError("ids_or_all", "Give either ids or all.")
        return self


class RetriedJob(BaseModel):
    """A dead job and the new one."""

    id: str
    retried_as: str


class RetriedDocument(BaseModel):
    """What was submitted anew."""

    retried: list[RetriedJob]
    left: int = Field(description="Dead jobs that were never retried.")
