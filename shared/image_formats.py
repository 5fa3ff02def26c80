"""Accepted formats of untrusted images, and exceptions of their decoders."""

import struct
import zlib

__all__ = ["PICTURE_FORMATS", "REFERENCE_FORMATS", "UNREADABLE"]

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP")
"""For `Image.open(formats=...)`: by default Pillow opens every format it knows, and runs
Ghostscript for EPS."""

REFERENCE_FORMATS = (*PICTURE_FORMATS, "GIF", "TIFF", "AVIF", "HEIF")
"""Formats of reference images, by Pillow's names; HEIF needs the package pillow-heif."""

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""Exceptions of Pillow's decoders for broken images."""
