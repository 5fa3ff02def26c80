"""Readable names of folders and files, in any script."""

import re
import unicodedata
from urllib.parse import quote

__all__ = ["content_disposition", "folder_name", "slug", "variant_file_name"]

_MAX_SLUG_CHARS = 40
_WORDS = re.compile(r"[^\W_]+")
_SHORT_CHARS = 12
"""Of the end of an id, which differs within a batch; its beginning is a time."""


def slug(text: str) -> str:
    """Return the words of a text in small letters, joined by dashes."""
    return "-".join(_WORDS.findall(text.lower()))


def folder_name(brief: str, identifier: str) -> str:
    """Return a name for the files of a job or batch: the words of its brief and a short id."""
    words = slug(brief)[:_MAX_SLUG_CHARS].strip("-")
    return f"{words or 'design'}-{identifier[-_SHORT_CHARS:]}"


def variant_file_name(number: int, ending: str) -> str:
    """Return the name of a variant's file; it says the variant outside of its folder, too.

    Args:
        number: of the variant, from 1.
    """
    folder = f"variant-{number}"
    return f"{folder}/{ending}" if "/" in ending else f"{folder}/{folder}-{ending}"


def content_disposition(name: str) -> str:
    """Return the header of an attachment, with an ASCII name for old clients (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("-.")
    header = f'attachment; filename="{plain or "designs.zip"}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
