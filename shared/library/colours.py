"""Colours in OKLab (Ottosson, 2020): equal distances look about equally different."""

import re

from shared.briefs.colours.names import colour_hex
from shared.briefs.parser import parse_brief

__all__ = ["colour_of", "oklab"]

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def colour_of(text: str) -> str | None:
    """Return the colour that a text names, as #rrggbb: by numbers, or by name in both languages."""
    if (match := _HEX.fullmatch(text.strip())) is not None:
        return f"#{match[1].lower()}"
    colours = parse_brief(text).colours
    return colour_hex(colours[0]).lower() if len(colours) == 1 else None


def oklab(colour: str) -> tuple[float, float, float]:
    """Return (L, a, b) of an sRGB colour #rrggbb; L is 0 for black and 1 for white."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
