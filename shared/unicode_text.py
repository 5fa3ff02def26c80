"""Unicode normalization of what strangers wrote, in linear time."""

import unicodedata
from typing import Literal

__all__ = ["MOST_MARKS", "normalized"]

MOST_MARKS = 30
"""Most combining marks in a row: no language needs more (Unicode Standard Annex #15, 13.1)."""

_JOINER = "\u034f"
_FIRST_MARK = "\u0300"


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the normal form of the text after the Stream-Safe Text Process of UAX #15.

    Sorting a run of combining marks takes quadratic time, so a combining grapheme joiner parts
    runs of more than 30. Check the text's length first, and again afterwards: normalization makes
    some characters several.
    """
    return unicodedata.normalize(form, _stream_safe(text))


def _stream_safe(text: str) -> str:
    if text.isascii():
        return text
    safe: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if _begins_with_mark(char) else 0
        if marks > MOST_MARKS:
            safe.append(_JOINER)
            marks = 1
        safe.append(char)
    return "".join(safe)


def _begins_with_mark(char: str) -> bool:
    """Whether the character, taken apart, begins with a combining mark."""
    return char >= _FIRST_MARK and unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) > 0
