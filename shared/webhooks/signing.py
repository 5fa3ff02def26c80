"""Webhook signatures of the Standard Webhooks specification (symmetric, version 1).

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

__all__ = ["PREFIX", "InvalidSecret", "new_secret", "signed_headers", "validate_secret"]

PREFIX = "whsec_"
_SECRET_BYTES = 32
_MIN_BYTES = 24
_MAX_BYTES = 64


class InvalidSecret(ValueError):
    """The text is not a valid signing secret."""


def new_secret() -> str:
    """Return a new random secret of 32 bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def validate_secret(secret: str) -> str:
    """Return the secret unchanged if it is valid.

    Raises:
        InvalidSecret: it is not whsec_ followed by the base64 of 24 to 64 bytes.
    """
    if not secret.startswith(PREFIX):
        raise InvalidSecret(f"must begin with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise InvalidSecret("must be base64") from None
    if not _MIN_BYTES <= len(key) <= _MAX_BYTES:
        raise InvalidSecret(f"must have {_MIN_BYTES} to {_MAX_BYTES} bytes")
    return secret


def signed_headers(
    message_id: str, timestamp: int, payload: bytes, keys: Sequence[str]
) -> dict[str, str]:
    """Return the three headers of a message, with one signature per secret.

    Args:
        timestamp: Unix time of the attempt, seconds.
        payload: UTF-8.
        keys: valid secrets, newest first.
    """
    at, text = datetime.fromtimestamp(timestamp, UTC), payload.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, at, text) for key in keys),
    }
