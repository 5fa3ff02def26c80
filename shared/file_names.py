"""Readable names of files and folders, in any script."""

import re

__all__ = ["folder_name", "slug", "suffix_of"]

_SUFFIXES = {
    "application/json": ".json",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/plain": ".txt",
}

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


def suffix_of(media_type: str) -> str:
    """Return the ending of the name of an artifact's file, with its dot."""
    return _SUFFIXES.get(media_type, ".bin")
