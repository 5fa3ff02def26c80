"""What bodies of requests have in common, and the webhook that they may name."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.addresses import MAX_URL, BadUrl, checked_target
from shared.events import EVENT_KINDS, EventKind
from shared.signatures import PREFIX, BadSecret, checked_secret
from shared.webhooks import DEFAULT_EVENTS

__all__ = ["Given", "Line", "WebhookEvents", "WebhookGiven", "WebhookSecret", "WebhookUrl"]

_EXAMPLE = PREFIX + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Given(BaseModel):
    """A request's body; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _printable(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise PydanticCustomError("control_characters", "Control characters are not taken.")
    return text


Line = Annotated[str, AfterValidator(_printable)]
"""A text without line breaks and other control characters."""


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
    str, AfterValidator(_usable_url), Field(max_length=MAX_URL, json_schema_extra={"format": "uri"})
]
WebhookSecret = Annotated[
    str, AfterValidator(_usable_secret), Field(max_length=200, examples=[_EXAMPLE])
]
WebhookEvents = Annotated[list[EventKind], Field(min_length=1, max_length=len(EVENT_KINDS))]


class WebhookGiven(Given):
    """Where the events of what is asked for are sent."""

    url: WebhookUrl = Field(description="A public https:// or http:// address.")
    secret: WebhookSecret = Field(description="whsec_ and the base64 of 24 to 64 bytes; signs.")
    events: WebhookEvents = Field([*DEFAULT_EVENTS], description="Kinds of events that are sent.")
