"""Writes palette files: ASE, GPL and CSS; `web.uploads.palette_files` reads them."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from web.downloads.names import slug

__all__ = ["Swatch", "ase_file", "css_file", "distinct", "gpl_file"]

_GROUP_START, _GROUP_END, _COLOUR = 0xC001, 0xC002, 0x0001
_GLOBAL = 0
"""Type of an ASE colour: its uses follow a change of it."""


@dataclass(frozen=True, kw_only=True)
class Swatch:
    """A colour of a palette file."""

    hex: str
    """#RRGGBB."""
    name: str
    share: float | None = None
    """Its share of the area, 0 to 1; None: not measured."""

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255 each."""
        red, green, blue = bytes.fromhex(self.hex[1:])
        return red, green, blue


def distinct(swatches: Iterable[Swatch]) -> list[Swatch]:
    """Return the swatches; a name that occurs again gets a number."""
    named: dict[str, Swatch] = {}
    for each in swatches:
        name, number = each.name, 1
        while name in named:
            number += 1
            name = f"{each.name} {number}"
        named[name] = Swatch(hex=each.hex, name=name, share=each.share)
    return list(named.values())


def ase_file(title: str, swatches: Sequence[Swatch]) -> bytes:
    """Return an Adobe Swatch Exchange file with one group of RGB colours."""
    blocks = [_block(_GROUP_START, _ase_name(title))]
    for each in swatches:
        channels = struct.pack(">4s3fH", b"RGB ", *(part / 255 for part in each.rgb), _GLOBAL)
        blocks.append(_block(_COLOUR, _ase_name(each.name) + channels))
    blocks.append(_block(_GROUP_END, b""))
    return struct.pack(">4sHHI", b"ASEF", 1, 0, len(blocks)) + b"".join(blocks)


def _block(kind: int, body: bytes) -> bytes:
    return struct.pack(">HI", kind, len(body)) + body


def _ase_name(name: str) -> bytes:
    """Return a length in UTF-16 units and the name, both with the closing NUL."""
    encoded = f"{name}\0".encode("utf-16-be")
    return struct.pack(">H", len(encoded) // 2) + encoded


def gpl_file(title: str, swatches: Sequence[Swatch]) -> bytes:
    """Return a GIMP palette."""
    rows = ["{:3} {:3} {:3}\t{}".format(*each.rgb, _one_line(each.name)) for each in swatches]
    return "\n".join(["GIMP Palette", f"Name: {_one_line(title)}", "#", *rows, ""]).encode()


def css_file(title: str, swatches: Sequence[Swatch]) -> bytes:
    """Return a style sheet that declares the colours as custom properties, with their shares."""
    rows = []
    for number, each in enumerate(swatches, 1):
        share = "" if each.share is None else f" /* {each.share:.1%} */"
        rows.append(f"  --{slug(each.name) or f'colour-{number}'}: {each.hex};{share}")
    comment = _one_line(title).replace("*/", "")
    return "\n".join([f"/* {comment} */", ":root {", *rows, "}", ""]).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
