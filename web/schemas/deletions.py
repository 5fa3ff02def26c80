"""Request and response models of deletions."""

from pydantic import BaseModel, Field

from web.schemas.base import RequestBody

__all__ = [
    "AccountDeleted",
    "AccountDeletion",
    "AccountRestored",
    "DeletedTogether",
    "DeletionDocument",
    "DeletionPage",
    "RestoredTogether",
]


class DeletionDocument(BaseModel):
    """A deletion that somebody asked for, and what became of it."""

    id: int
    kind: str = Field(description="job, batch, reference or account.")
    object_id: str = Field(description="Id of it; of a reference image its sha256.")
    state: str = Field(
        description="pending: it can be undone, or is not complete yet; restored; done: the last "
        "row and file are deleted."
    )
    asked_by: str = Field(description="Who asked, as owners of jobs are named.")
    workspace_id: str | None
    asked_at: str
    undo_until: str
    restored_at: str | None = Field(description="When everything was restored.")
    done_at: str | None
    jobs: int = Field(description="Jobs that were deleted at first, prints among them.")
    jobs_restored: int
    rows_deleted: int
    files_deleted: int
    files_kept: int = Field(description="Files that something else refers to.")
    bytes_deleted: int


class DeletionPage(BaseModel):
    """A page of the ledger of deletions, newest first."""

    deletions: list[DeletionDocument]
    next: str | None = Field(description="URL of the next page; null: this is the last one.")


class DeletedTogether(BaseModel):
    """What was deleted as one."""

    id: str = Field(description="Id of the batch, or sha256 of the reference image.")
    jobs: list[str] = Field(description="Ids of the deleted jobs.")
    undo_s: float = Field(description="Seconds for which it can be restored.")
    links: dict[str, str] = Field(description="restore: POST there restores all of them.")


class RestoredTogether(BaseModel):
    """What was restored as one."""

    id: str
    jobs: list[str] = Field(description="Ids of the restored jobs.")


class AccountDeletion(RequestBody):
    """What shows that the owner of an account asks for its deletion."""

    password: str | None = Field(
        default=None, max_length=1000, description="The account's password, if it has one."
    )
    name: str | None = Field(
        default=None,
        max_length=254,
        description="The account's name, in place of a password that it does not have.",
    )


class AccountDeleted(BaseModel):
    """A deleted account."""

    id: str
    undo_s: float = Field(description="Seconds for which it can be restored.")
    links: dict[str, str] = Field(description="restore: POST name and password there.")


class AccountRestored(BaseModel):
    """A restored account."""

    id: str
