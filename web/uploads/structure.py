"""Bounds the structure of an untrusted image in one linear pass, before Pillow parses it.

Bytes bound neither the work of Pillow's parsers, which are Python and cost microseconds for each
chunk, nor that of libjpeg, which visits every block of the image for each scan of 20 bytes.
"""

import re
import struct
from dataclasses import dataclass
from typing import Literal

from web.http.i18n import translate as _
from web.uploads.decoding import Unreadable

__all__ = [
    "MAX_JPEG_JUNK_BYTES",
    "MAX_JPEG_SCANS",
    "MAX_JPEG_SEGMENTS",
    "MAX_PNG_METADATA_CHUNKS",
    "MAX_TIFF_TAGS",
    "ExcessiveStructure",
    "Structure",
    "check_structure",
    "max_chunks",
]

MAX_JPEG_SCANS = 100
"""Encoders write about 10 for a progressive JPEG. Each costs a pass over all blocks."""
MAX_JPEG_SEGMENTS = 1000
"""20 MiB of metadata in the longest segments are 320. Pillow joins EXIF in quadratic time."""
MAX_JPEG_JUNK_BYTES = 64 * 1024
"""Bytes between segments of the header, which Pillow reads one by one."""
MAX_PNG_METADATA_CHUNKS = 500
"""Chunks besides those of pixels and frames. Each may be inflated to 1 MiB."""

MAX_TIFF_TAGS = 1000
"""Tags of the first picture of a TIFF; encoders write about 20."""

_PNG_DATA_CHUNKS = frozenset({b"IDAT", b"fdAT", b"fcTL"})
_VP8L_CHUNKS = frozenset({b"VP8L", b"ALPH"})
_ANMF_HEADER_BYTES = 16
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Any marker but RSTn; neither a stuffed FF00 nor a fill byte."""
_EOI = 0xD9
_SOS = 0xDA
_ACCEPTED_SOF = frozenset({0xC0, 0xC1, 0xC2})
"""Huffman-coded sequential and progressive, as in browsers; not arithmetic, not lossless."""
_OTHER_SOF = frozenset(range(0xC0, 0xD0)) - _ACCEPTED_SOF - {0xC4, 0xC8, 0xCC}
_SEGMENTS = _ACCEPTED_SOF | {0xC4, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE} | frozenset(range(0xE0, 0xF0))
"""Markers before a length: SOF, DHT, SOS, DQT, DNL, DRI, COM and APPn."""


class ExcessiveStructure(Exception):
    """The image would take excessive work to parse or decode; the text is for the client."""


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What the parts of an image say of the memory that decoding takes."""

    scans: int = 1
    """Scans of a JPEG; 1 for other formats."""
    lossless_webp: bool = False
    """Whether VP8L codes pixels or alpha: its prefix codes take up to 1 GB, of any size."""
    several: bool = False
    """Whether a GIF or TIFF has further pictures; other formats tell it when they are opened."""


def max_chunks(length: int) -> int:
    """Return the limit on the chunks of a PNG or WebP of `length` bytes.

    Encoders write pixels in chunks of 8 KiB and more, and two chunks for each frame.
    """
    return 1000 + length // 1024


def max_blocks(length: int) -> int:
    """Return the limit on the blocks of a GIF of `length` bytes, which have up to 255 bytes."""
    return 1000 + length // 32


def check_structure(format_name: str, content: bytes) -> Structure:
    """Count the parts of an image without decoding it; most corrupt files pass.

    Args:
        format_name: one of `shared.image_formats.REFERENCE_FORMATS`; AVIF and HEIF have no parts
            that are counted here: their decoders limit them, in the decoding subprocess.
    Raises:
        ExcessiveStructure: there are too many parts, or a JPEG is of a kind that is not accepted.
        Unreadable: the header of a JPEG or TIFF is corrupt or truncated.
    """
    if format_name == "JPEG":
        return Structure(scans=_check_jpeg(content))
    if format_name == "WEBP":
        return Structure(lossless_webp=_check_webp(content))
    if format_name == "GIF":
        return Structure(several=_check_gif(content))
    if format_name == "TIFF":
        return Structure(several=_check_tiff(content))
    if format_name == "PNG":
        _check_png(content)
    return Structure()


def _check_png(content: bytes) -> None:
    most = max_chunks(len(content))
    at, chunks, metadata = 8, 0, 0
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunks += 1
        metadata += kind not in _PNG_DATA_CHUNKS
        if chunks > most:
            raise ExcessiveStructure(_too_many_chunks(most))
        if metadata > MAX_PNG_METADATA_CHUNKS:
            raise ExcessiveStructure(
                _(
                    "The PNG has more than %(most)d chunks of metadata; save it without metadata.",
                    most=MAX_PNG_METADATA_CHUNKS,
                )
            )
        if kind == b"IEND":
            return
        at += 12 + length


def _check_webp(content: bytes) -> bool:
    """Count RIFF chunks; libwebp takes unknown ones in a frame as if they followed it."""
    lossless = False
    most = max_chunks(len(content))
    at, chunks = 12, 0
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        chunks += 1
        if chunks > most:
            raise ExcessiveStructure(_too_many_chunks(most))
        lossless = lossless or kind in _VP8L_CHUNKS
        at += 8 + (_ANMF_HEADER_BYTES if kind == b"ANMF" else length + length % 2)
    return lossless


def _too_many_chunks(most: int) -> str:
    return _("The image has more than %(most)d chunks; save it anew.", most=most)


def _check_gif(content: bytes) -> bool:
    """Count blocks up to the second picture, and return whether there is one."""
    most, blocks, pictures = max_blocks(len(content)), 0, 0
    at = 13 + _gif_palette_bytes(content[10:11])
    while pictures < 2 and (kind := content[at : at + 1]) in (b"!", b","):
        pictures += kind == b","
        at += 2 if kind == b"!" else 11 + _gif_palette_bytes(content[at + 9 : at + 10])
        while at < len(content) and content[at]:  # data follow in blocks; an empty one ends them
            at += content[at] + 1
            blocks += 1
        at, blocks = at + 1, blocks + 1
        if blocks > most:
            raise ExcessiveStructure(
                _("The GIF has more than %(most)d blocks; save it anew.", most=most)
            )
    return pictures > 1


def _gif_palette_bytes(flags: bytes) -> int:
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _check_tiff(content: bytes) -> bool:
    """Count the tags of the first picture, and return whether another one follows."""
    order: Literal["little", "big"] = "little" if content.startswith(b"II") else "big"
    big = content[2:4] in (b"+\0", b"\0+")
    first, offset_bytes, count_bytes, tag_bytes = (8, 8, 8, 20) if big else (4, 4, 2, 12)

    def number(at: int, length: int) -> int:
        if at + length > len(content):
            raise Unreadable("the first directory is truncated")
        return int.from_bytes(content[at : at + length], order)

    at = number(first, offset_bytes)
    tags = number(at, count_bytes)
    if tags > MAX_TIFF_TAGS:
        raise ExcessiveStructure(
            _("The TIFF has more than %(most)d tags; save it anew.", most=MAX_TIFF_TAGS)
        )
    return number(at + count_bytes + tag_bytes * tags, offset_bytes) != 0


def _check_jpeg(content: bytes) -> int:
    """Walk over the segments as Pillow does up to the first scan, and as libjpeg does after it."""
    at, scans, segments, junk = 2, 0, 0, 0
    while found := _JPEG_MARKER.search(content, at):
        marker = content[found.start() + 1]
        junk += 0 if scans else found.start() - at
        if marker in _OTHER_SOF:
            raise ExcessiveStructure(
                _("Only baseline and progressive JPEGs are accepted; save it as one of them.")
            )
        length = int.from_bytes(content[found.end() : found.end() + 2])
        if marker == _EOI or marker not in _SEGMENTS or length < 2:  # libjpeg ends here, too
            break
        scans += marker == _SOS
        segments += 1
        _check_jpeg_counts(scans, segments, junk)
        at = found.end() + length
    if not scans:
        raise Unreadable("no scan follows the header")
    return scans


def _check_jpeg_counts(scans: int, segments: int, junk: int) -> None:
    if scans > MAX_JPEG_SCANS:
        raise ExcessiveStructure(
            _("The JPEG has more than %(most)d scans; save it anew.", most=MAX_JPEG_SCANS)
        )
    if segments > MAX_JPEG_SEGMENTS:
        raise ExcessiveStructure(
            _("The JPEG has more than %(most)d segments; save it anew.", most=MAX_JPEG_SEGMENTS)
        )
    if junk > MAX_JPEG_JUNK_BYTES:
        raise ExcessiveStructure(
            _("The JPEG has data between its segments that belongs to none; save it anew.")
        )
