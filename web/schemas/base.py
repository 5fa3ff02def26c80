"""Base model of request bodies, and the models of webhooks."""

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
from shared.webhooks.signing import PREFIX, InvalidSecret, validate_secret
from shared.webhooks.url_policy import MAX_URL, InvalidWebhookUrl, parse_webhook_url

__all__ = [
    "Line",
    "RequestBody",
    "WebhookEvents",
    "WebhookGiven",
    "WebhookSecret",
    "WebhookUrl",
    "printable",
]

_MAX_FIELDS = 100
_EXAMPLE = PREFIX + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class RequestBody(BaseModel):
    """Base model of request bodies; unknown fields are rejected."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _limit_fields(cls, body: Any) -> Any:
        """Reject a very large number of fields before each is reported as unknown."""
        if isinstance(body, dict) and len(body) > _MAX_FIELDS:
            message = "Must contain at most {max_length} items."
            raise PydanticCustomError("too_long", message, {"max_length": _MAX_FIELDS})
        return body


def printable(text: str) -> str:
    """Return the text; raise PydanticCustomError if it has control characters."""
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise PydanticCustomError("control_characters", "Control characters are not allowed.")
    return text


Line = Annotated[str, Field(max_length=500), AfterValidator(printable)]
"""String of at most 500 characters without line breaks or other control characters."""


def _validate_url(url: str, info: ValidationInfo) -> str:
    try:
        parse_webhook_url(url, (info.context or {}).get("webhook_allow", ()))
    except InvalidWebhookUrl as error:
        kind = "url_private" if error.private else "url_malformed"
        raise PydanticCustomError(kind, "Not a valid webhook URL.") from error
    return url


def _validate_secret(secret: str) -> str:
    try:
        return validate_secret(secret)
    except InvalidSecret as error:
        raise PydanticCustomError("secret_malformed", "Not a valid webhook secret.") from error


WebhookUrl = Annotated[
    str,
    Field(max_length=MAX_URL, json_schema_extra={"format": "uri"}),
    AfterValidator(_validate_url),
]
WebhookSecret = Annotated[
    str, Field(max_length=200, examples=[_EXAMPLE]), AfterValidator(_validate_secret)
]
WebhookEvents = Annotated[list[EventKind], Field(min_length=1, max_length=len(EVENT_KINDS))]


class WebhookGiven(RequestBody):
    """Endpoint that receives the events of the requested job or batch."""

    url: WebhookUrl = Field(description="A public https:// or http:// address.")
    secret: WebhookSecret = Field(
        description="Signing secret: whsec_ and the base64 of 24 to 64 bytes."
    )
    events: WebhookEvents = Field([*DEFAULT_EVENTS], description="Kinds of events to send.")
