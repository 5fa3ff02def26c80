"""What bodies of requests have in common, and the webhook that they may name."""

import unicodedata
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.queue.events import EVENT_KINDS, EventKind
from shared.webhooks.endpoints import DEFAULT_EVENTS
from shared.webhooks.signing import PREFIX, BadSecret, checked_secret
from shared.webhooks.url_policy import MAX_URL, BadUrl, checked_target

__all__ = ["Given", "Line", "WebhookEvents", "WebhookGiven", "WebhookSecret", "WebhookUrl"]

_MOST_FIELDS = 100
_EXAMPLE = PREFIX + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Given(BaseModel):
    """A request's body; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _few(cls, given: Any) -> Any:
        """Refuse very many fields before each of them is told as unknown."""
        if isinstance(given, dict) and len(given) > _MOST_FIELDS:
            message = "At most {max_length} of these."
            raise PydanticCustomError("too_long", message, {"max_length": _MOST_FIELDS})
        return given


def _printable(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise PydanticCustomError("control_characters", "Control characters are not taken.")
    return text


Line = Annotated[str, Field(max_length=500), AfterValidator(_printable)]
"""A text of at most 500 characters without line breaks and other control characters."""


def _usable_url(url: str, given: ValidationInfo) -> str:
    try:
        checked_target(url, (given.context or {}).get("webhook_allow", ()))
    except BadUrl as error:
        kind = "url_private" if error.private else "url_malformed"
        raise PydanticCustomError(kind, "Webhooks are not sent there.") from error
    return url


def _usable_secret(secret: str) -> str:
    try:
        return checked_secret(secret)
    except BadSecret as error:
        raise PydanticCustomError("secret_malformed", "Signs nothing.") from error


WebhookUrl = Annotated[
    str, Field(max_length=MAX_URL, json_schema_extra={"format": "uri"}), AfterValidator(_usable_url)
]
WebhookSecret = Annotated[
    str, Field(max_length=200, examples=[_EXAMPLE]), AfterValidator(_usable_secret)
]
WebhookEvents = Annotated[list[EventKind], Field(min_length=1, max_length=len(EVENT_KINDS))]


class WebhookGiven(Given):
    """Where the events of what is asked for are sent."""

    url: WebhookUrl = Field(description="A public https:// or http:// address.")
    secret: WebhookSecret = Field(description="whsec_ and the base64 of 24 to 64 bytes; signs.")
    events: WebhookEvents = Field([*DEFAULT_EVENTS], description="Kinds of events that are sent.")
