"""Reads the colours of palette files: ASE, ACO, GPL, CSS and JSON.

Each parser makes one pass over the content. The colours are those of the file; only what it does
not give in RGB is converted to sRGB.
"""

import colorsys
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["FileColour", "UnknownFormat", "UnreadablePalette", "palette_colours"]

MAX_NAME_CHARS = 80
_ASE_HEADER = b"ASEF"
_ASE_COLOUR, _ASE_CHANNELS = 0x0001, {b"RGB ": 3, b"CMYK": 4, b"LAB ": 3, b"Gray": 1}
_ACO_BYTES = 10
_ACO_RGB, _ACO_HSB, _ACO_CMYK, _ACO_LAB, _ACO_GREY = 0, 1, 2, 7, 8
_CSS_COLOUR = re.compile(r"#[0-9a-zA-Z_-]+|(?:rgb|hsl)a?\([^()]{1,80}\)", re.IGNORECASE)
_HEX = re.compile(r"#?(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})")
_NUMBER = re.compile(r"[-+]?[\d.]{1,20}")
_SEPARATOR = re.compile(r"([;{}])")
_SRGB_FROM_D50 = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_D50 = (0.96422, 1.0, 0.82521)


class UnreadablePalette(Exception):
    """The file is damaged or gives no colours; the text is for the client, in English."""


class UnknownFormat(Exception):
    """The content is of none of the formats."""


@dataclass(frozen=True, kw_only=True)
class FileColour:
    """A colour of a palette file."""

    hex: str
    """#RRGGBB, upper case, sRGB."""
    name: str = ""
    converted: bool = False
    """Whether the file gives it in CMYK or Lab."""


def palette_colours(content: bytes) -> Iterator[FileColour]:
    """Yield the colours of a file, in its order; the content decides the format.

    Raises:
        UnknownFormat: the content is of none of the formats.
        UnreadablePalette: it is damaged.
    """
    if content.startswith(_ASE_HEADER):
        return _ase(content)
    if _is_aco(content):
        return _aco(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnknownFormat from error
    if "\0" in text:
        raise UnknownFormat
    if text.startswith("GIMP Palette"):
        return _gpl(text)
    return _json(text) if text.lstrip()[:1] in ("[", "{") else _css(text)


def _ase(content: bytes) -> Iterator[FileColour]:
    """Adobe Swatch Exchange: blocks of type, length and body."""
    at = 12
    for _ in range(int.from_bytes(content[8:12])):
        kind, length = _unpack(">HI", content, at)
        if kind == _ASE_COLOUR:
            yield _ase_colour(content[at + 6 : at + 6 + length])
        at += 6 + length


def _ase_colour(block: bytes) -> FileColour:
    (chars,) = _unpack(">H", block, 0)
    name = block[2 : 2 + 2 * chars].decode("utf-16-be", "replace")
    model = block[2 + 2 * chars : 6 + 2 * chars]
    if model not in _ASE_CHANNELS:
        raise UnreadablePalette("a colour of the ASE file has an unknown model")
    values = _unpack(f">{_ASE_CHANNELS[model]}f", block, 6 + 2 * chars)
    if model == b"LAB ":
        return _lab_colour(values[0] * 100, values[1], values[2], name)
    if model == b"CMYK":
        return _cmyk_colour(values, name)
    return _colour(values if model == b"RGB " else values * 3, name)


def _is_aco(content: bytes) -> bool:
    if len(content) < 4:
        return False
    version, count = struct.unpack_from(">HH", content)
    return version in (1, 2) and len(content) >= 4 + count * _ACO_BYTES


def _aco(content: bytes) -> Iterator[FileColour]:
    """Adobe Photoshop colours: a list without names, and mostly a second one with names."""
    version, count = struct.unpack_from(">HH", content)
    second = 4 + count * _ACO_BYTES
    if version == 1 and content[second : second + 2] == b"\0\x02":
        return _aco_rows(content, second)
    return _aco_rows(content, 0)


def _aco_rows(content: bytes, at: int) -> Iterator[FileColour]:
    version, count = _unpack(">HH", content, at)
    at += 4
    for _ in range(count):
        space, *values = _unpack(">5H", content, at)
        at += _ACO_BYTES
        name = ""
        if version == 2:
            (chars,) = _unpack(">I", content, at)
            if at + 4 + 2 * chars > len(content):
                raise UnreadablePalette("the file ends within a colour")
            name = content[at + 4 : at + 4 + 2 * chars].decode("utf-16-be", "replace")
            at += 4 + 2 * chars
        yield _aco_colour(space, values, name)


def _aco_colour(space: int, values: list[int], name: str) -> FileColour:
    parts = [value / 65535 for value in values]
    if space == _ACO_RGB:
        return _colour(parts[:3], name)
    if space == _ACO_HSB:
        return _colour(colorsys.hsv_to_rgb(*parts[:3]), name)
    if space == _ACO_CMYK:  # 0 is all ink
        return _cmyk_colour([1 - part for part in parts], name)
    if space == _ACO_GREY:
        return _colour([values[0] / 10_000] * 3, name)
    if space == _ACO_LAB:
        a, b = ((value - 65536 if value > 32767 else value) / 100 for value in values[1:3])
        return _lab_colour(values[0] / 100, a, b, name)
    raise UnreadablePalette("a colour of the ACO file is in a space that is not supported")


def _gpl(text: str) -> Iterator[FileColour]:
    """GIMP palette: rows of red, green, blue and a name."""
    for line in text.splitlines()[1:]:
        parts = line.split(None, 3)
        digits = [part for part in parts[:3] if part.isascii() and part.isdigit()]
        if len(digits) < 3:  # a header or a comment
            continue
        if any(len(part) > 3 or int(part) > 255 for part in digits):
            raise UnreadablePalette("a value of the GIMP palette is above 255")
        name = parts[3] if len(parts) > 3 else ""
        yield _colour([int(part) / 255 for part in digits], name)


def _json(text: str) -> Iterator[FileColour]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("{"):  # CSS may begin so
            return _css(text)
        raise UnreadablePalette("the file is not valid JSON") from error
    if isinstance(document, dict):
        lists = (document.get(key) for key in ("palette", "colours", "colors"))
        document = next((each for each in lists if isinstance(each, list)), None)
    if not isinstance(document, list):
        raise UnreadablePalette("the JSON is not a list of colours")
    return map(_json_colour, document)


def _json_colour(item: Any) -> FileColour:
    code = item.get("hex") if isinstance(item, dict) else item
    name = item.get("name") if isinstance(item, dict) else ""
    if not (isinstance(code, str) and _HEX.fullmatch(code)):
        raise UnreadablePalette("an item of the JSON is neither a hex string nor has one as hex")
    return _hex_colour(code, name if isinstance(name, str) else "")


def _css(text: str) -> Iterator[FileColour]:
    """Colours in values of declarations; in a text without any, all hex and rgb colours."""
    text = _without_comments(text)
    declared = False
    parts = [*_SEPARATOR.split(text), ""]
    for value, end in zip(parts[::2], parts[1::2], strict=True):
        prop, colon, colours = value.partition(":")
        if end == "{" or not colon:
            continue
        name = prop.strip().removeprefix("--") if prop.strip().startswith("--") else ""
        for colour in _css_colours(colours, name):
            declared = True
            yield colour
    if not declared:
        yield from _css_colours(text, "")


def _without_comments(text: str) -> str:
    first, *others = text.split("/*")
    return " ".join((first, *(part.partition("*/")[2] for part in others)))


def _css_colours(text: str, name: str) -> Iterator[FileColour]:
    for code in _CSS_COLOUR.findall(text):
        if not code.startswith("#"):
            yield _function_colour(code, name)
        elif _HEX.fullmatch(code):
            yield _hex_colour(code, name)


def _function_colour(code: str, name: str) -> FileColour:
    """Return a colour written as rgb() or hsl(); its opacity is ignored."""
    body = code.partition("(")[2]
    try:
        first, second, third = (float(number) for number in _NUMBER.findall(body)[:3])
    except ValueError as error:
        raise UnreadablePalette(f"{code} is not a colour") from error
    if code[:3].lower() == "hsl":
        parts = colorsys.hls_to_rgb(first % 360 / 360, third / 100, second / 100)
        return _colour(parts, name)
    most = 100 if "%" in body else 255
    return _colour((first / most, second / most, third / most), name)


def _hex_colour(code: str, name: str) -> FileColour:
    digits = code.removeprefix("#").upper()
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    return FileColour(hex=f"#{digits[:6]}", name=_clean(name))


def _colour(parts: Any, name: str, *, converted: bool = False) -> FileColour:
    """Return a colour of three parts, 0 to 1; those beyond are clipped."""
    if any(part != part for part in parts):
        raise UnreadablePalette("a value of the file is not a number")
    red, green, blue = (int(255 * min(1.0, max(0.0, part)) + 0.5 + 1e-9) for part in parts)
    return FileColour(
        hex=f"#{red:02X}{green:02X}{blue:02X}", name=_clean(name), converted=converted
    )


def _cmyk_colour(parts: Any, name: str) -> FileColour:
    """Return CMYK, 0 to 1 each, without a profile, as screens show it by default."""
    cyan, magenta, yellow, black = parts
    inks = (cyan, magenta, yellow)
    return _colour([(1 - ink) * (1 - black) for ink in inks], name, converted=True)


def _lab_colour(lightness: float, a: float, b: float, name: str) -> FileColour:
    """Return CIELAB under D50 as sRGB, adapted by Bradford's method."""
    middle = (lightness + 16) / 116
    steps = (middle + a / 500, middle, middle - b / 200)
    xyz = [
        white * (step**3 if step > 6 / 29 else 3 * (6 / 29) ** 2 * (step - 4 / 29))
        for step, white in zip(steps, _D50, strict=True)
    ]
    linear = [sum(k * value for k, value in zip(row, xyz, strict=True)) for row in _SRGB_FROM_D50]
    clipped = [min(1.0, max(0.0, value)) for value in linear]
    coded = [12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055 for x in clipped]
    return _colour(coded, name, converted=True)


def _clean(name: str) -> str:
    """Return a name without control characters, at most 80 characters long."""
    printable = "".join(char for char in name if char.isprintable())
    return printable.strip()[:MAX_NAME_CHARS]


def _unpack(form: str, content: bytes, at: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(form, content, at)
    except struct.error as error:
        raise UnreadablePalette("the file ends within a colour") from error
