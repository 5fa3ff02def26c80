"""Readable names of folders and files, in any script."""

import unicodedata
from urllib.parse import quote

from shared.file_names import folder_name, slug

__all__ = ["content_disposition", "folder_name", "slug", "variant_file_name"]


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
