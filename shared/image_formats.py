"""Accepted formats of untrusted images, and exceptions of their decoders."""

import struct
import zlib

__all__ = ["PICTURE_FORMATS", "UNREADABLE"]

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP")
"""For `Image.open(formats=...)`: by default Pillow opens every format it knows, and runs
Ghostscript for EPS."""

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""Exceptions of Pillow's decoders for broken images."""
