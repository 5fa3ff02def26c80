"""Request and response models of the workspace in use."""

from pydantic import BaseModel, Field

from shared.accounts.workspaces import MAX_RETENTION_S, MIN_RETENTION_S
from web.schemas.base import RequestBody

__all__ = ["RetentionChange", "WorkspaceSettings"]


class RetentionChange(RequestBody):
    """For how long new designs are kept."""

    retention_s: float | None = Field(
        ge=MIN_RETENTION_S,
        le=MAX_RETENTION_S,
        description="Seconds after their end; null: as long as the installation keeps them.",
    )


class WorkspaceSettings(BaseModel):
    """The workspace in use."""

    id: str
    name: str
    retention_s: float | None = Field(description="What its administrator set.")
    kept_s: float | None = Field(
        description="Seconds for which a new design is kept after its end: the shorter of "
        "retention_s and what the installation sets; null: forever."
    )
