"""Unicode normalization of untrusted text in linear time."""

import unicodedata
from typing import Literal

__all__ = ["MOST_MARKS", "normalized"]

MOST_MARKS = 30
"""Maximum length of a run of combining marks (Unicode Standard Annex #15, section 13)."""

_JOINER = "\u034f"
_FIRST_MARK = "\u0300"


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the normal form of the text after the Stream-Safe Text Process of UAX #15.

    Sorting a run of combining marks takes quadratic time, so runs of more than 30 are split by
    combining grapheme joiners. Check the length of the text before and after: normalization
    expands some characters.
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
    """Return whether the decomposition of the character begins with a combining mark."""
    return char >= _FIRST_MARK and unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) > 0
