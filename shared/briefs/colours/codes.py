"""Find colours that a brief gives by numbers: hex, rgb(), hsl(), Lab, CMYK; and colour systems.

Names of Pantone, RAL, NCS and HKS are found as a whole, and have no colour: their tables are not
free.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["ColourCode", "find_colour_codes"]

_N = r"(-?\d{1,3}(?:\.\d{1,4})?)"
_S, _COLON, _COMMA = r"\s{0,3}", r"[\s:：-]{0,3}", r"[\s,，/]{0,3}"
_BYTE = r"(\d{1,3})"
_DASH = r"\s{0,3}[-,，、/ ]\s{0,3}"
_GAP = r"\s{0,3}[,，、/ ]\s{0,3}"
_OPEN, _CLOSE = r"\s{0,3}[:：=]?\s{0,3}\(?\s{0,3}", r"\s{0,3}\)?"
_START, _END = r"(?<![0-9a-z#])", r"(?![0-9a-z])"
_DEGREE = r"(?:\s{0,3}(?:deg|°))?"
_PERCENT = r"\s{0,3}%?"
_BRADFORD_D50_TO_SRGB = (
    (3.1341359, -1.6173863, -0.4906619),
    (-0.9787954, 1.9162543, 0.0334427),
    (0.0719551, -0.2289768, 1.4053860),
)
"""XYZ relative to D50 to linear sRGB, adapted by Bradford; CSS Color Module Level 4."""
_D50 = (0.9642956, 1.0, 0.8251046)
_CALLED = (
    r"(?:\s{1,3}[A-Z][A-Za-z'é-]{1,20}){0,3}"
    r"(?:(?:\s{1,3}(?!with\b|and\b|on\b|in\b|or\b)[a-z]{1,20})?\s{1,3}"
    r"(?:red|blue|green|yellow|gr[ae]y|white|"
    r"black|orange|brown|violet|purple|pink|magenta|beige|ivory|cyan)\b)?"
    r"(?:\s{0,3}(?![和与配加底及用、])[一-鿿]{1,3}?(?<![底配和与及加用、])[红白灰蓝绿黄黑紫橙粉棕](?!底))?"
)
"""The name of a colour after its number: Viva Magenta, gentian blue, 交通红."""
_WORD = r"[A-Z][A-Za-z'é-]{1,20}"
"""A capitalised word of the name of a colour, such as Viva Magenta."""


@dataclass(frozen=True, kw_only=True)
class ColourCode:
    """A colour given by numbers, or the name of a colour in a system without a free table."""

    start: int
    end: int
    hex: str = ""
    """#RRGGBB; empty: the name of a colour that is not known."""
    converted: bool = False
    """Whether the colour is only an approximation of what is written: CMYK."""


def find_colour_codes(text: str) -> list[ColourCode]:
    """Return the codes in a text, in order, without overlaps.

    Args:
        text: in its own case; names of systems may be followed by capitalised words.
    """
    found: list[ColourCode] = []
    taken = bytearray(len(text))
    for pattern, read, converted in _CODES:
        for match in pattern.finditer(text):
            rgb = read(match.groups())
            if rgb is None or any(taken[match.start() : match.end()]):
                continue
            taken[match.start() : match.end()] = b"\1" * len(match[0])
            code = "" if not rgb else "#{:02X}{:02X}{:02X}".format(*rgb)
            end = match.start() + len(match[0].rstrip())
            found.append(ColourCode(start=match.start(), end=end, hex=code, converted=converted))
    if any(code.hex for code in found):  # beside other codes, letters alone may be one too
        found += [
            ColourCode(start=match.start(), end=match.end(), hex=f"#{match[0].upper()}")
            for match in _LETTERS.finditer(text)
            if match[0].lower() not in _WORDS and not any(taken[match.start() : match.end()])
        ]
    return sorted(found, key=lambda code: code.start)


def _hex(groups: Sequence[str]) -> Sequence[int] | None:
    digits = next(filter(None, groups))
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    return list(bytes.fromhex(digits[:6]))


def _rgb(groups: Sequence[str]) -> Sequence[int] | None:
    values = [float(group) for group in groups[::2]]
    if any(groups[1::2]):
        values = [2.55 * value for value in values]
    return _in_bytes(values)


def _plain_rgb(groups: Sequence[str]) -> Sequence[int] | None:
    return _in_bytes([float(group) for group in groups])


def _hsl(groups: Sequence[str]) -> Sequence[int] | None:
    hue, saturation, lightness = map(float, groups)
    if not (0 <= saturation <= 100 and 0 <= lightness <= 100):
        return None
    rgb = colorsys.hls_to_rgb(hue % 360 / 360, lightness / 100, saturation / 100)
    return _in_bytes([255 * value for value in rgb])


def _lab(groups: Sequence[str]) -> Sequence[int] | None:
    """Return CIE Lab under D50, as CSS and image editors have it, clipped to sRGB."""
    light, a, b = map(float, groups)
    if not 0 <= light <= 100:
        return None
    fy = (light + 16) / 116
    cubes = [
        value**3 if value > 6 / 29 else 3 * (6 / 29) ** 2 * (value - 4 / 29)
        for value in (fy + a / 500, fy, fy - b / 200)
    ]
    xyz = [cube * white for cube, white in zip(cubes, _D50, strict=True)]
    linear = [
        sum(factor * value for factor, value in zip(row, xyz, strict=True))
        for row in _BRADFORD_D50_TO_SRGB
    ]
    return [round(255 * _encoded(min(1.0, max(0.0, value)))) for value in linear]


def _encoded(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _cmyk(groups: Sequence[str]) -> Sequence[int] | None:
    cyan, magenta, yellow, black = (float(group) / 100 for group in groups)
    if not all(0 <= value <= 1 for value in (cyan, magenta, yellow, black)):
        return None
    return _in_bytes([255 * (1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)])


def _in_bytes(values: Sequence[float]) -> Sequence[int] | None:
    if not all(0 <= value <= 255.5 for value in values):
        return None
    return [min(255, int(value + 0.5 + 1e-9)) for value in values]


def _system(_: Sequence[str]) -> Sequence[int]:
    return ()


_LETTERS = re.compile(rf"{_START}[a-f]{{6}}{_END}", re.IGNORECASE)
_WORDS = frozenset(("facade", "decade", "accede", "deface", "efface", "beaded", "bedded"))
_Reader = Callable[[Sequence[str]], Sequence[int] | None]
_CODES: Sequence[tuple[re.Pattern[str], _Reader, bool]] = [
    (re.compile(pattern, flags), read, converted)
    for pattern, flags, read, converted in (
        (
            (rf"{_START}(?:(?i:pantone|pms)|潘通|彩通)(?:色号|色卡|色|号)?{_COLON}"
            rf"(?:\d{{1,5}}(?:-\d{{3,4}})?(?:{_S}(?i:tcx|tpx|tpg|tsx|cp|up|xgc|c|u|m){_END})?号?"
            rf"{_CALLED}"
            r"|(?i:(?:cool|warm)\s{1,3}gr[ae]y|process|reflex|rhodamine|rubine|warm|bright|black|"
            r"violet|purple|green|orange|yellow)(?:\s{1,3}(?i:red|blue|orange|black|cyan|magenta|"
            rf"yellow|green))?(?:\s{{1,3}}\d{{1,3}})?(?:{_S}(?i:c|u){_END})?"
            rf"|{_WORD}(?:\s{{1,3}}{_WORD}){{0,2}}"
            r"|[冷暖]灰\s{0,3}\d{1,2}号?"
            r"|(?!(?:and|with|on|in|or|for|as|to|the|is)\b)[a-z]{1,20}"
            r"(?:\s{1,3}(?!(?:and|with|on|in|or|for|as|to|the|is)\b)[a-z]{1,20})?)"),
            0, _system, False,
        ),
        (
            (rf"{_START}(?:ral|劳尔)(?:{_S}(?:classic|design|effect))?(?:色卡|色号|色)?{_COLON}"
            rf"(?:\d{{3}}(?:{_S}\d{{2}}){{2}}|\d{{4}}|\d{{3}}-[a-z0-9]{{1,20}})号?(?-i:{_CALLED})"),
            re.IGNORECASE, _system, False,
        ),
        (
            rf"{_START}ncs{_COLON}(?:s[\s-]{{0,3}})?\d{{4}}(?:-[a-z](?:\d{{1,2}}[a-z])?)?{_END}",
            re.IGNORECASE, _system, False,
        ),
        (rf"{_START}hks{_COLON}\d{{1,3}}(?:{_S}[a-z]{_END})?", re.IGNORECASE, _system, False),
        (rf"{_START}\d{{2}}-\d{{4}}{_S}(?:tcx|tpx|tpg|tsx){_END}", re.IGNORECASE, _system, False),
        (
            rf"{_START}(?:cool|warm)\s{{1,3}}gr[ae]y\s{{1,3}}\d{{1,2}}(?:{_S}[cu]{_END})?",
            re.IGNORECASE, _system, False,
        ),
        (
            (rf"{_START}(?:rgba?){_OPEN}{_BYTE}{_S}(%)?{_DASH}{_BYTE}{_S}(%)?{_DASH}{_BYTE}{_S}(%)?"
            rf"(?:{_GAP}[\d.]{{1,20}}%?)?{_CLOSE}"),
            re.IGNORECASE, _rgb, False,
        ),
        (
            rf"{_START}r{_S}[:=]?{_S}{_BYTE}[\s,/]{{0,3}}g{_S}[:=]?{_S}{_BYTE}[\s,/]{{0,3}}b{_S}[:=]?{_S}{_BYTE}{_END}",
            re.IGNORECASE, _plain_rgb, False,
        ),
        (
            (rf"{_START}(?:hsla?){_OPEN}{_N}{_DEGREE}{_GAP}{_N}{_PERCENT}{_GAP}{_N}{_PERCENT}"
            rf"(?:{_GAP}[\d.]{{1,20}}%?)?{_CLOSE}"),
            re.IGNORECASE, _hsl, False,
        ),
        (
            (rf"{_START}(?:cie)?{_S}l\*?a\*?b\*?{_OPEN}(?:l\*?{_S}[:=]?{_S})?{_N}{_PERCENT}{_GAP}"
            rf"(?:a\*?{_S}[:=]?{_S})?{_N}{_GAP}(?:b\*?{_S}[:=]?{_S})?{_N}{_CLOSE}"),
            re.IGNORECASE, _lab, False,
        ),
        (
            (rf"{_START}(?:cmyk){_OPEN}{_N}{_PERCENT}{_GAP}{_N}{_PERCENT}{_GAP}{_N}{_PERCENT}{_GAP}"
            rf"{_N}{_PERCENT}{_CLOSE}"),
            re.IGNORECASE, _cmyk, True,
        ),
        (
            (rf"{_START}(?:cmyk[\s:：(]{{0,3}})?c{_S}[:=]?{_S}{_N}{_PERCENT}{_COMMA}m{_S}[:=]?{_S}{_N}{_PERCENT}"
            rf"{_COMMA}y{_S}[:=]?{_S}{_N}{_PERCENT}{_COMMA}k{_S}[:=]?{_S}{_N}{_PERCENT}\)?{_END}"),
            re.IGNORECASE, _cmyk, True,
        ),
        (
            (rf"#([0-9a-f]{{8}}|[0-9a-f]{{6}}|[0-9a-f]{{3,4}}){_END}"
            rf"|{_START}(?:hex|色值|色号|0x)[\s:：#]{{0,3}}([0-9a-f]{{6}}|[0-9a-f]{{3}}){_END}"
            rf"|{_START}((?=[a-f]{{0,5}}[0-9])(?=[0-9]{{0,5}}[a-f])[0-9a-f]{{6}}){_END}"),
            re.IGNORECASE, _hex, False,
        ),
    )
]  # fmt: skip
"""Patterns in order of precedence, how each is read, and whether it is an approximation."""
