"""Validation of what people enter: names, e-mail addresses, labels."""

import re
import unicodedata

from shared.errors import FieldError, InvalidRequest
from shared.unicode_text import normalized

__all__ = ["folded_name", "parse_email", "parse_label", "parse_name"]

_NAME = re.compile(r"\w[\w.-]{1,63}")
_LOCAL_PART = re.compile(r"[!-?A-~]{1,64}")
_HOST_LABEL = re.compile(r"[A-Za-z0-9-]{1,63}")
_MAX_EMAIL = 254
_MAX_LABEL = 100


def parse_name(name: str) -> str:
    """Return the normal form of an account's name.

    Raises:
        InvalidRequest: it is too short or long, or has other characters than letters of any
            script, digits, dots, dashes and underscores. A name has no @, so it is no e-mail.
    """
    normal = normalized("NFKC", name[:200]).strip()
    if _NAME.fullmatch(normal) is None:
        message = "Use 2 to 64 letters, digits, dots, dashes and underscores."
        raise InvalidRequest(FieldError(field="name", message=message))
    return normal


def folded_name(name: str) -> str:
    """Return what a name or e-mail is found by: the same in capitals and small letters."""
    return normalized("NFKC", name[:_MAX_EMAIL]).strip().casefold()


def parse_email(email: str | None) -> str | None:
    """Return an e-mail address in lower case; None for None and empty text.

    Raises:
        InvalidRequest: it is no address of ASCII characters.
    """
    lower = (email or "").strip().lower()
    if not lower:
        return None
    if len(lower) > _MAX_EMAIL or not _is_email(lower):
        raise InvalidRequest(FieldError(field="email", message="This is not an e-mail address."))
    return lower


def _is_email(text: str) -> bool:
    local_part, _at, host = text.partition("@")
    labels = host.split(".")
    has_host = len(labels) > 1 and all(map(_HOST_LABEL.fullmatch, labels))
    return has_host and _LOCAL_PART.fullmatch(local_part) is not None


def parse_label(label: str, *, field: str) -> str:
    """Return a name that people give a thing, without control characters.

    Raises:
        InvalidRequest: it is empty or has more than 100 characters.
    """
    normal = normalized("NFC", label[: 4 * _MAX_LABEL]).strip()
    if not 1 <= len(normal) <= _MAX_LABEL or any(unicodedata.category(c) == "Cc" for c in normal):
        message = f"Use 1 to {_MAX_LABEL} characters without line breaks."
        raise InvalidRequest(FieldError(field=field, message=message))
    return normal
