"""The Idempotency-Key request header."""

import re

from flask import request

from shared.errors import FieldError, InvalidRequest
from web.http.i18n import translate as _

__all__ = ["idempotency_key"]

_KEY_PATTERN = re.compile(r"[!-~]{1,128}")


def idempotency_key() -> str | None:
    """Return the request's Idempotency-Key, None without one; raise InvalidRequest if malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and _KEY_PATTERN.fullmatch(key) is None:
        message = _("Use 1 to 128 printable ASCII characters without spaces.")
        raise InvalidRequest(FieldError(field="Idempotency-Key", message=message))
    return key
