"""Request and response models of share links, of what they show, and of links to artifacts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from shared.accounts.share_links import DEFAULT_LIFETIME_S, MAX_LIFETIME_S
from web.schemas.base import RequestBody, printable

__all__ = [
    "MAX_ARTIFACT_LINK_S",
    "ArtifactLinkDocument",
    "ArtifactLinkRequest",
    "NewShareLinkDocument",
    "ShareLinkDocument",
    "ShareLinkPage",
    "ShareLinkRequest",
    "SharedDocument",
]

MAX_ARTIFACT_LINK_S = 7 * 86_400
_MIN_LIFETIME_S = 60

Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(printable)
]


class ShareLinkRequest(RequestBody):
    """A new share link."""

    download: bool = Field(
        False,
        description="Whether tiles, vectors, design records and the zip may be fetched by it, "
        "beside the pictures.",
    )
    lifetime_s: int = Field(
        DEFAULT_LIFETIME_S,
        ge=_MIN_LIFETIME_S,
        le=MAX_LIFETIME_S,
        description="Seconds for which it is valid, at most a year.",
    )
    note: Note = Field("", description="For whom it is; visitors do not see it.")


class ShareLinkDocument(BaseModel):
    """A share link, without its token."""

    id: str
    job: str | None = Field(description="Id of the job that it opens.")
    collection: str | None = Field(description="Id of the collection that it opens.")
    download: bool
    note: str
    created_by: str = Field(description="Owner who made it.")
    created_at: str
    expires_at: str
    last_used_at: str | None = Field(description="Exact to a minute.")
    links: dict[str, str]


class NewShareLinkDocument(ShareLinkDocument):
    """A share link that was just made."""

    token: str = Field(description="Contained only in this response.")
    url: str = Field(description="The page to pass on; it has the token.")


class ShareLinkPage(BaseModel):
    """Share links that are neither revoked nor expired, the newest first."""

    share_links: list[ShareLinkDocument]
    next: str | None = Field(description="URL of the next page.")


class SharedFile(BaseModel):
    """A file that may be fetched by a share link."""

    kind: Literal["preview", "thumbnail", "sketch", "tile", "vector", "design", "licences"]
    media_type: str
    width: int | None
    height: int | None
    size_bytes: int
    sha256: str
    url: str


class SharedVariant(BaseModel):
    """A variant that a share link shows."""

    variant: int
    files: list[SharedFile]


class SharedDesign(BaseModel):
    """A design that a share link shows."""

    name: str
    brief: str
    product: str | None
    active: bool = Field(description="Whether variants are still being drawn.")
    variants: list[SharedVariant] = Field(description="Without those that were rejected.")


class SharedDocument(BaseModel):
    """What a share link shows."""

    kind: Literal["design", "collection"]
    name: str = Field(description="Of the design or the collection.")
    download: bool
    expires_at: str
    designs: list[SharedDesign] = Field(description="The newest first.")
    total: int = Field(description="Number of its designs.")
    next: str | None = Field(description="URL of the next page.")
    links: dict[str, str]


class ArtifactLinkRequest(RequestBody):
    """A new link to one artifact."""

    lifetime_s: int = Field(
        3600,
        ge=1,
        le=MAX_ARTIFACT_LINK_S,
        description="Seconds for which it is valid, at most seven days.",
    )


class ArtifactLinkDocument(BaseModel):
    """A link to one artifact."""

    url: str = Field(description="Valid without a sign-in until it expires; it has a signature.")
    expires_at: str
