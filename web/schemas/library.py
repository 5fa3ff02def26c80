"""Request and response models of the library."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from shared.library.terms import tag_term
from web.schemas.base import RequestBody, printable
from web.schemas.jobs import ChangeDocument, State

__all__ = [
    "MAX_JOBS_AT_ONCE",
    "MAX_TAGS",
    "BulkDone",
    "BulkRequest",
    "CollectionDocument",
    "CollectionPage",
    "CollectionRequest",
    "DeletedDocument",
    "EntryRequest",
    "LineageDocument",
    "PictureDocument",
    "ReviewRequest",
]

MAX_JOBS_AT_ONCE = 500
MAX_TAGS = 20


def _stripped(text: str) -> str:
    return " ".join(printable(text).split())


def _different(tags: list[str]) -> list[str]:
    """Return the tags without repetitions; they are compared without regard to case."""
    return list({tag_term(tag): tag for tag in reversed(tags)}.values())[::-1]


Name = Annotated[str, Field(max_length=100), AfterValidator(_stripped)]
Tag = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_stripped)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_different)]
JobIds = Annotated[list[str], Field(min_length=1, max_length=MAX_JOBS_AT_ONCE)]


class EntryRequest(RequestBody):
    """New name or tags of a job; what is not given stays."""

    name: Name | None = Field(None, description="Empty: none.")
    tags: Tags | None = Field(None, description="All its tags.")


class ReviewRequest(RequestBody):
    """Judgement of a variant; what is not given stays."""

    favourite: bool | None = None
    verdict: Literal["keep", "reject"] | None = Field(
        None, description="What retraining learns from; null: none."
    )


class BulkRequest(RequestBody):
    """What to do with several jobs."""

    jobs: JobIds = Field(description="Ids of the jobs.")
    add_tags: Tags = Field([], description="Tags that each gets.")
    remove_tags: Tags = Field([], description="Tags that are taken from each.")
    add_to: str | None = Field(None, description="Id of a collection that they are added to.")
    remove_from: str | None = Field(
        None, description="Id of a collection that they are taken out of."
    )
    delete: bool = Field(False, description="Whether they are deleted.")
    restore: bool = Field(False, description="Whether they are restored after a deletion.")


class BulkDone(BaseModel):
    """The jobs that were changed."""

    jobs: list[str] = Field(description="Ids.")
    undo_s: float | None = Field(description="Seconds for which a deletion can be undone.")


class DeletedDocument(BaseModel):
    """A job that was deleted."""

    id: str
    undo_s: float = Field(description="Seconds for which it can be restored.")
    links: dict[str, str]


class CollectionRequest(RequestBody):
    """Name of a collection."""

    name: Annotated[Name, Field(min_length=1)]


class CollectionDocument(BaseModel):
    """A named set of jobs."""

    id: str
    name: str
    size: int = Field(description="Number of its jobs.")
    created_at: str
    links: dict[str, str]


class CollectionPage(BaseModel):
    """All collections, by name."""

    collections: list[CollectionDocument]


class PictureDocument(BaseModel):
    """A stored picture, by which designs can be searched for."""

    sha256: str
    links: dict[str, str]


class LineageJob(BaseModel):
    """A job in a lineage."""

    id: str
    derived_from: str | None = Field(description="Id of the job that it was made from.")
    how: Literal["retry", "another_seed", "changed_brief", "edit"] | None
    say: str | None = Field(description="Of an edit: its words.")
    changed: list[ChangeDocument] | None = Field(description="What an edit changed.")
    brief: str
    name: str
    state: State
    created_at: str
    thumbnails: list[str]


class LineageDocument(BaseModel):
    """The jobs that a job descends from, and all that descend from the first of them."""

    jobs: list[LineageJob] = Field(description="Oldest first, at most 200.")
