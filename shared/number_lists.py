"""Parse lists of numbers and ranges, such as "1-4, 9"."""

import re

__all__ = ["numbers_in"]

_RANGE = re.compile(r"(\d{1,10})(?:-|–|\.\.)(\d{1,10})")
_PARTS = re.compile(r"[,;，；、\s]+")
_DASH = re.compile(r"(-|–|\.\.)")
_MAX_NUMBERS = 100


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a list such as "1-4, 9"; parts that are not numbers stay as they are.

    The result may be cut after 101 numbers or more, which suffices for a caller that refuses more
    than 100.
    """
    numbers: list[str] = []
    joined = "".join(part.strip() for part in _DASH.split(text))
    for part in _PARTS.split(joined):
        match = _RANGE.fullmatch(part)
        if len(numbers) > _MAX_NUMBERS:
            break
        if match is None:
            numbers += [part] if part else []
            continue
        first, last = int(match[1]), int(match[2])
        last = min(last, first + _MAX_NUMBERS)
        numbers += [str(number) for number in range(first, last + 1)] or [part]
    return numbers
