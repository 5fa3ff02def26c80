"""A dataset as it is sent: a zip of pictures with a metadata.jsonl, read within bounds.

Nothing is unpacked to disk, and no read trusts what the zip says of its sizes.
"""

from __future__ import annotations

import codecs
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import BinaryIO

__all__ = ["FAULTS", "METADATA", "BadDataset", "DatasetZip", "Row"]

METADATA = "metadata.jsonl"
FAULTS = {
    "not_a_zip": "This is not a zip file.",
    "damaged": "The zip file is damaged (%(reason)s).",
    "too_many_files": "The zip may hold at most %(most)d files.",
    "too_large": "The unpacked files exceed 2 GiB.",
    "leaves_the_folder": "A file name points outside the folder: %(name)s.",
    "link": "Links are not allowed: %(name)s.",
    "packing": "%(name)s is encrypted, or compressed by a method other than deflate.",
    "no_metadata": "There must be one metadata.jsonl at the top of the zip.",
    "metadata_too_large": "metadata.jsonl has more than 32 MiB.",
    "too_many_lines": "metadata.jsonl has more than %(most)d lines.",
    "line_too_long": "Line %(line)d of metadata.jsonl has more than %(most)d bytes.",
    "not_a_row": 'Line %(line)d of metadata.jsonl is not {"file_name": ..., "text": ...}.',
    "text_too_long": "Line %(line)d of metadata.jsonl has a text of more than %(most)d characters.",
    "no_picture": "Line %(line)d of metadata.jsonl names no PNG, JPEG or WebP file that is in the "
    "zip: %(name)s.",
    "picture_too_large": "%(name)s has more than 64 MiB.",
    "too_few": "%(got)d pictures are too few; at least %(least)d are required.",
    "too_many_unreadable": "%(got)d of %(all)d pictures cannot be read: %(names)s.",
}
"""What may be wrong with a dataset; the web half translates it."""

_MOST_MEMBERS = 50_000
_MOST_DIRECTORY_BYTES = 8 * 1024 * 1024
"""Of the zip's list of members, which is read as a whole: 160 bytes for each of the most."""
_MOST_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
_MOST_METADATA_BYTES = 32 * 1024 * 1024
_MOST_LINE_BYTES = 64 * 1024
_MOST_TEXT_CHARS = 2000
_MOST_PICTURE_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_NAME_CHARS = 80
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What zipfile raises on broken or encrypted zips."""


class BadDataset(ValueError):
    """The dataset cannot be trained on; the message says which line or file is at fault.

    Args:
        kind: one of FAULTS.
        details: what its text has places for.
    """

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(FAULTS[kind] % details)
        self.kind, self.details = kind, details


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of metadata.jsonl."""

    file_name: str
    """Of a picture that is in the zip, relative to metadata.jsonl."""
    text: str


class DatasetZip:
    """A zip with a metadata.jsonl at its top, or in the folder at its top.

    Args:
        source: seekable; stays open while this is used.

    Raises:
        BadDataset: it is no zip, has too much in it, or a name that leaves it.
    """

    def __init__(self, source: BinaryIO) -> None:
        bounded = _BoundedReads(source)
        with _told():
            if not zipfile.is_zipfile(bounded):
                raise BadDataset("not_a_zip")
            self._archive = zipfile.ZipFile(bounded)
        members = self._archive.infolist()
        _check_members(members)
        self._members = {member.filename: member for member in members}
        self._metadata = _metadata_of(members)
        self._folder = self._metadata.filename.removesuffix(METADATA)

    def rows(self) -> Iterator[Row]:
        """Yield the lines of metadata.jsonl, each checked; empty lines are left out.

        Raises:
            BadDataset: a line is too long, is no row, or names no picture that is in the zip.
        """
        with _told(), self._archive.open(self._metadata) as member:
            for number in count(1):
                line = member.readline(_MOST_LINE_BYTES + 1)
                if not line:
                    return
                if number > _MOST_MEMBERS:
                    raise BadDataset("too_many_lines", most=_MOST_MEMBERS)
                if len(line) > _MOST_LINE_BYTES:
                    raise BadDataset("line_too_long", line=number, most=_MOST_LINE_BYTES)
                if line.removeprefix(codecs.BOM_UTF8).strip():
                    row = _row(number, line.removeprefix(codecs.BOM_UTF8))
                    self._check_picture(number, row.file_name)
                    yield row

    def read(self, file_name: str) -> bytes:
        """Return the bytes of a picture that a row names.

        Raises:
            BadDataset: this part of the zip is damaged.
        """
        # Piece by piece: one whole read would inflate as much as there is, whatever the size says.
        with _told(), self._archive.open(self._members[self._folder + file_name]) as member:
            return b"".join(iter(lambda: member.read(_PIECE_BYTES), b""))

    def _check_picture(self, number: int, name: str) -> None:
        member = self._members.get(self._folder + name)
        if member is None or PurePosixPath(name).suffix.lower() not in _ENDINGS:
            raise BadDataset("no_picture", line=number, name=name[:_NAME_CHARS])
        if member.file_size > _MOST_PICTURE_BYTES:
            raise BadDataset("picture_too_large", name=name[:_NAME_CHARS])


class _BoundedReads:
    """A file that refuses large single reads: zipfile reads its list of members in one."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.seek, self.tell, self.seekable = source.seek, source.tell, source.seekable

    def read(self, size: int = -1) -> bytes:
        wanted = _MOST_DIRECTORY_BYTES + 1 if size < 0 else size
        content = self._source.read(min(wanted, _MOST_DIRECTORY_BYTES + 1))
        if len(content) > _MOST_DIRECTORY_BYTES:
            raise BadDataset("too_many_files", most=_MOST_MEMBERS)
        return content


@contextmanager
def _told() -> Iterator[None]:
    """Raise BadDataset for whatever zipfile raises."""
    try:
        yield
    except BadDataset:
        raise
    except _ZIP_ERRORS as error:
        reason = str(error).encode("utf-8", errors="replace").decode()
        raise BadDataset("damaged", reason=reason[:_NAME_CHARS]) from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_MEMBERS:
        raise BadDataset("too_many_files", most=_MOST_MEMBERS)
    if sum(member.file_size for member in members) > _MOST_UNPACKED_BYTES:
        raise BadDataset("too_large")
    for member in members:
        name = member.filename[:_NAME_CHARS]
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise BadDataset("leaves_the_folder", name=name)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BadDataset("link", name=name)
        encrypted = member.flag_bits & 1
        if encrypted or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise BadDataset("packing", name=name)  # others allocate what the zip asks for


def _metadata_of(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Find metadata.jsonl at the top, or else in the one folder at the top that has it."""
    paths = [(PurePosixPath(member.filename), member) for member in members]
    found = [(path, member) for path, member in paths if path.name == METADATA]
    for depth in (1, 2):
        at = [member for path, member in found if len(path.parts) == depth]
        if len(at) > 1:
            break
        if at:
            if at[0].file_size > _MOST_METADATA_BYTES:
                raise BadDataset("metadata_too_large")
            return at[0]
    raise BadDataset("no_metadata")


def _row(number: int, line: bytes) -> Row:
    try:
        entry = json.loads(line.decode())
        name, text = entry["file_name"], entry["text"]
        (name + text).encode()  # lone surrogates are no text
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        raise BadDataset("not_a_row", line=number) from None
    if not (isinstance(name, str) and isinstance(text, str) and name.strip() and text.strip()):
        raise BadDataset("not_a_row", line=number)
    if len(text) > _MOST_TEXT_CHARS:
        raise BadDataset("text_too_long", line=number, most=_MOST_TEXT_CHARS)
    return Row(file_name=name, text=text)
