"""Convert traditional Chinese characters to the simplified ones of the vocabulary."""

from typing import Annotated

from pydantic import Field

from shared.briefs.text.loader import load_replacements

__all__ = ["simplified"]

_Character = Annotated[str, Field(min_length=1, max_length=1)]
_TABLE = str.maketrans(dict(load_replacements("traditional", dict[_Character, _Character])))


def simplified(text: str) -> str:
    """Return the text in simplified characters, replaced one by one; the length is unchanged."""
    return text.translate(_TABLE)
