"""Traditional Chinese characters as the simplified ones that the vocabulary is written in."""

from typing import Annotated

from pydantic import Field

from shared.briefs.loader import load_replacements

__all__ = ["simplified"]

_Character = Annotated[str, Field(min_length=1, max_length=1)]
_TABLE = str.maketrans(dict(load_replacements("traditional", dict[_Character, _Character])))


def simplified(text: str) -> str:
    """Replace traditional characters one by one; the text keeps its length."""
    return text.translate(_TABLE)
