"""Detects the format of an untrusted image by its signature, before anything parses it."""

import struct
from importlib.util import find_spec

from web.http.i18n import translate as _

__all__ = ["HEADER_BYTES", "detect_format", "size_in_header", "unsupported_message"]

HEADER_BYTES = 64
"""Bytes of a file that are looked at."""

_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def detect_format(header: bytes) -> str | None:
    """Return Pillow's name of the format; None if it is not one that is accepted.

    Args:
        header: the first `HEADER_BYTES` bytes of the file.
    """
    if header.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if header.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return "WEBP"
    if header.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if header.startswith(_TIFF_SIGNATURES):
        return "TIFF"
    brands = _brands(header)
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS and find_spec("pillow_heif") is not None:
        return "HEIF"
    return None


def _brands(header: bytes) -> frozenset[bytes]:
    """Return the brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    if header[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(header[:4]), len(header))
    return frozenset({header[8:12], *(header[at : at + 4] for at in range(16, end - 3, 4))})


def unsupported_message(header: bytes) -> str:
    """Return what to say of a file that `detect_format` does not know."""
    if header.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<svg", b"<?xml", b"<!doctype")):
        return _("This is an SVG or XML document; send an image of pixels, such as a PNG or JPEG.")
    if all(byte in b"\r\n\t" or byte >= 32 for byte in header):
        return _("This looks like text, not an image; send a PNG, JPEG or other image.")
    return _("Only PNG, JPEG, WebP, GIF, TIFF, AVIF and HEIC images are accepted.")


def size_in_header(format_name: str, header: bytes) -> tuple[int, int] | None:
    """Return width and height, px; None if the header does not contain them."""
    if format_name == "PNG" and len(header) >= 24 and header[12:16] == b"IHDR":
        width, height = struct.unpack(">II", header[16:24])
        return width, height
    if format_name == "GIF" and len(header) >= 10:
        width, height = struct.unpack("<HH", header[6:10])
        return width, height
    return _size_of_webp(header) if format_name == "WEBP" and len(header) >= 30 else None


def _size_of_webp(header: bytes) -> tuple[int, int] | None:
    chunk = header[12:16]
    if chunk == b"VP8X":
        return (
            int.from_bytes(header[24:27], "little") + 1,
            int.from_bytes(header[27:30], "little") + 1,
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(header[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", header[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None
