"""Pictures from outside: the formats that are decoded, and what broken ones raise."""

import struct
import zlib

__all__ = ["PICTURE_FORMATS", "UNREADABLE"]

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP")
"""For `Image.open(formats=...)`: without it Pillow takes every format it knows, and runs
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
"""What Pillow's readers raise on broken bytes."""
