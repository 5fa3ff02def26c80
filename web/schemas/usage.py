"""Response models of quotas and what is used of them."""

from pydantic import BaseModel, Field

__all__ = ["LimitDocument", "UsageDocument"]


class LimitDocument(BaseModel):
    """One limit of the submitter and what is used of it."""

    name: str = Field(
        description="jobs-per-day, unfinished-jobs, stored-bytes, address-jobs-per-day or "
        "address-unfinished-jobs; as in the RateLimit headers."
    )
    scope: str = Field(description="owner, or address: of all who submit from the same network.")
    limit: int | None = Field(description="null: unlimited.")
    used: int | None = Field(description="null: of an address; others use it too.")
    remaining: int | None = Field(description="null: unlimited, or of an address.")
    reached: bool = Field(description="Whether the next job would be refused.")
    window_s: int | None = Field(description="Seconds for which a job counts; null: no window.")
    frees_in_s: int | None = Field(
        description="Seconds until the oldest job in the window does not count any more."
    )


class UsageDocument(BaseModel):
    """The limits of whoever sends the request."""

    limits: list[LimitDocument]
