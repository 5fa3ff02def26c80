"""The Idempotency-Key request header, and the field of that name in forms of the pages."""

import re

from flask import request

from shared.errors import FieldError, InvalidRequest
from web.http.i18n import translate as _

__all__ = ["form_idempotency_key", "idempotency_key"]

_KEY_PATTERN = re.compile(r"[!-~]{1,128}")


def idempotency_key() -> str | None:
    """Return the request's Idempotency-Key, None without one; raise InvalidRequest if malformed."""
    return _checked("Idempotency-Key", request.headers.get("Idempotency-Key"))


def form_idempotency_key() -> str | None:
    """Return the form's field `idempotency_key`, None without one; raises as `idempotency_key`."""
    return _checked("idempotency_key", request.form.get("idempotency_key") or None)


def _checked(field: str, key: str | None) -> str | None:
    if key is not None and _KEY_PATTERN.fullmatch(key) is None:
        message = _("Use 1 to 128 printable ASCII characters without spaces.")
        raise InvalidRequest(FieldError(field=field, message=message))
    return key
