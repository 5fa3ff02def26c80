"""Response models of exports."""

from pydantic import BaseModel, Field

__all__ = ["ExportDocument", "ExportPage"]


class ExportDocument(BaseModel):
    """An export of everything that somebody made."""

    id: str
    state: str = Field(description="queued, running, succeeded, failed or cancelled.")
    progress: float = Field(description="0 to 1.")
    created_at: str
    finished_at: str | None
    expires_at: str | None = Field(description="Until then the zip can be downloaded.")
    size_bytes: int | None = Field(description="Of the zip; null: it is not finished.")
    designs: int | None = Field(description="Designs and prints in it.")
    files: int | None
    error: str | None = Field(description="Error code, if it failed.")
    links: dict[str, str] = Field(description="self; zip once it is finished.")


class ExportPage(BaseModel):
    """The last exports of whoever asks, newest first."""

    exports: list[ExportDocument]
