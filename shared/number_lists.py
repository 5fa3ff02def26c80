"""A person's lists of numbers."""

import re

__all__ = ["numbers_in"]

_RANGE = re.compile(r"(\d{1,10})(?:-|–|\.\.)(\d{1,10})")
_PARTS = re.compile(r"[,;，；、\s]+")
_DASH = re.compile(r"(-|–|\.\.)")
_MOST = 100


def numbers_in(text: str) -> list[str]:
    """Split a person's list of numbers, such as "1-4, 9"; what is no number comes as it is.

    More than 100 numbers are cut after the 101st at the earliest: whoever checks the list's length
    then refuses it.
    """
    found: list[str] = []
    tight = "".join(part.strip() for part in _DASH.split(text))
    for part in _PARTS.split(tight):
        whole = _RANGE.fullmatch(part)
        if len(found) > _MOST:
            break
        if whole is None:
            found += [part] if part else []
            continue
        first, last = int(whole[1]), int(whole[2])
        found += [str(each) for each in range(first, min(last, first + _MOST) + 1)] or [part]
    return found
