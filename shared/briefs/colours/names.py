"""Colours of briefs: keys of the vocabulary, or #RRGGBB for those that are given by numbers."""

from shared.briefs.vocabulary import COLOURS

__all__ = ["colour_hex", "colour_name", "colour_rgb", "english_names", "is_exact"]


def is_exact(colour: str) -> bool:
    """Return whether a colour of a brief is given by numbers."""
    return colour.startswith("#")


def colour_hex(colour: str) -> str:
    """Return a colour of a brief as #RRGGBB.

    Raises:
        KeyError: the vocabulary has no such colour.
    """
    return colour if is_exact(colour) else COLOURS[colour].hex


def colour_rgb(colour: str) -> tuple[int, int, int]:
    """Return a colour of a brief as sRGB, 0 to 255 each; KeyError as `colour_hex`."""
    red, green, blue = bytes.fromhex(colour_hex(colour)[1:])
    return red, green, blue


def english_names(colour: str) -> tuple[str, ...]:
    """Return the vocabulary's English names of a colour; none if it is given by numbers."""
    term = COLOURS.get(colour)
    return () if term is None else term.en


def colour_name(colour: str, language: str = "en") -> str:
    """Return the name of a colour in "en" or "zh": its label, or the numbers as #RRGGBB."""
    term = COLOURS.get(colour)
    return colour if term is None else term.label(language)
