"""A person's lists of numbers."""

import re

__all__ = ["numbers_in"]

_RANGE = re.compile(r"(\d{1,10})\s*(?:-|–|\.\.)\s*(\d{1,10})")
_PARTS = re.compile(r"[,;，；、\s]+")
_TIGHT = re.compile(r"\s*(-|–|\.\.)\s*")
_MOST = 100


def numbers_in(text: str) -> list[str]:
    """Split a person's list of numbers, such as "1-4, 9"; what is no number comes as it is.

    A range of more than 100 numbers is cut after its 101st: whoever checks the list's length
    then refuses it.
    """
    found: list[str] = []
    for part in _PARTS.split(_TIGHT.sub(r"\1", text.strip())):
        whole = _RANGE.fullmatch(part)
        if whole is None:
            found += [part] if part else []
            continue
        first, last = int(whole[1]), int(whole[2])
        found += [str(each) for each in range(first, min(last, first + _MOST) + 1)] or [part]
    return found
