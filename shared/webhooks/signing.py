"""Signing webhooks as the Standard Webhooks specification says (symmetric, version 1).

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

__all__ = ["PREFIX", "BadSecret", "checked_secret", "new_secret", "signed_headers"]

PREFIX = "whsec_"
_NEW_BYTES = 32
_LEAST_BYTES = 24
_MOST_BYTES = 64


class BadSecret(ValueError):
    """The text is no secret that webhooks can be signed with."""


def new_secret() -> str:
    """Draw a secret of 32 bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_NEW_BYTES)).decode()


def checked_secret(secret: str) -> str:
    """Give the secret as it came.

    Raises:
        BadSecret: it is not whsec_ and the base64 of 24 to 64 bytes.
    """
    if not _LEAST_BYTES <= len(_key(secret)) <= _MOST_BYTES:
        raise BadSecret(f"must have {_LEAST_BYTES} to {_MOST_BYTES} bytes")
    return secret


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise BadSecret(f"must begin with {PREFIX}")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("must be base64") from None


def signed_headers(
    message_id: str, timestamp: int, payload: bytes, keys: Sequence[str]
) -> dict[str, str]:
    """Give the three headers of a message, with a signature by each secret.

    Args:
        timestamp: seconds since 1970, of this attempt.
        keys: secrets, the newest first.
    """
    signed = f"{message_id}.{timestamp}.".encode() + payload
    signatures = [
        base64.b64encode(hmac.new(_key(each), signed, hashlib.sha256).digest()).decode()
        for each in keys
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
