"""Read an uploaded dataset within limits: a zip of pictures with a metadata.jsonl.

Nothing is unpacked to disk, and no read trusts the sizes declared in the zip.
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

__all__ = ["FAULTS", "METADATA", "DatasetZip", "InvalidDataset", "Row"]

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
"""Messages of dataset errors by kind; the web front end translates them."""

_MAX_MEMBERS = 50_000
_MAX_DIRECTORY_BYTES = 8 * 1024 * 1024
"""Size limit of the central directory, which is read as a whole: 160 bytes a member."""
_MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
_MAX_METADATA_BYTES = 32 * 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024
_MAX_TEXT_CHARS = 2000
_MAX_PICTURE_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_SHOWN_CHARS = 80
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
"""Exceptions of zipfile for broken or encrypted zips."""


class InvalidDataset(ValueError):
    """The dataset is invalid; the message names the line or file.

    Args:
        kind: one of FAULTS.
        details: values of the placeholders in the message.
    """

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(FAULTS[kind] % details)
        self.kind, self.details = kind, details


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of metadata.jsonl."""

    file_name: str
    """Path of a picture in the zip, relative to metadata.jsonl."""
    text: str


class DatasetZip:
    """A zip with a metadata.jsonl at its top level or in one top-level folder.

    Args:
        source: seekable file; it must stay open.

    Raises:
        InvalidDataset: not a zip, too large, or a member name points outside the folder.
    """

    def __init__(self, source: BinaryIO) -> None:
        bounded = _BoundedReads(source)
        with _translated_errors():
            if not zipfile.is_zipfile(bounded):
                raise InvalidDataset("not_a_zip")
            self._archive = zipfile.ZipFile(bounded)
        members = self._archive.infolist()
        _check_members(members)
        self._members = {member.filename: member for member in members}
        self._metadata = _find_metadata(members)
        self._folder = self._metadata.filename.removesuffix(METADATA)

    def rows(self) -> Iterator[Row]:
        """Yield the validated lines of metadata.jsonl; empty lines are skipped.

        Raises:
            InvalidDataset: a line is too long or invalid, or names no picture in the zip.
        """
        with _translated_errors(), self._archive.open(self._metadata) as member:
            for number in count(1):
                line = member.readline(_MAX_LINE_BYTES + 1)
                if not line:
                    return
                if number > _MAX_MEMBERS:
                    raise InvalidDataset("too_many_lines", most=_MAX_MEMBERS)
                if len(line) > _MAX_LINE_BYTES:
                    raise InvalidDataset("line_too_long", line=number, most=_MAX_LINE_BYTES)
                if line.removeprefix(codecs.BOM_UTF8).strip():
                    row = _parse_row(number, line.removeprefix(codecs.BOM_UTF8))
                    self._check_picture(number, row.file_name)
                    yield row

    def read(self, file_name: str) -> bytes:
        """Return the bytes of a picture by the file name of its row.

        Raises:
            InvalidDataset: the member is damaged.
        """
        # Read in chunks: a single read() would inflate everything, whatever the declared size.
        with (
            _translated_errors(),
            self._archive.open(self._members[self._folder + file_name]) as member,
        ):
            return b"".join(iter(lambda: member.read(_CHUNK_BYTES), b""))

    def _check_picture(self, number: int, name: str) -> None:
        member = self._members.get(self._folder + name)
        if member is None or PurePosixPath(name).suffix.lower() not in _SUFFIXES:
            raise InvalidDataset("no_picture", line=number, name=name[:_SHOWN_CHARS])
        if member.file_size > _MAX_PICTURE_BYTES:
            raise InvalidDataset("picture_too_large", name=name[:_SHOWN_CHARS])


class _BoundedReads:
    """File wrapper that limits single reads: zipfile reads the central directory in one."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.seek, self.tell, self.seekable = source.seek, source.tell, source.seekable

    def read(self, size: int = -1) -> bytes:
        requested = _MAX_DIRECTORY_BYTES + 1 if size < 0 else size
        content = self._source.read(min(requested, _MAX_DIRECTORY_BYTES + 1))
        if len(content) > _MAX_DIRECTORY_BYTES:
            raise InvalidDataset("too_many_files", most=_MAX_MEMBERS)
        return content


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise InvalidDataset for exceptions of zipfile."""
    try:
        yield
    except InvalidDataset:
        raise
    except _ZIP_ERRORS as error:
        reason = str(error).encode("utf-8", errors="replace").decode()
        raise InvalidDataset("damaged", reason=reason[:_SHOWN_CHARS]) from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MAX_MEMBERS:
        raise InvalidDataset("too_many_files", most=_MAX_MEMBERS)
    if sum(member.file_size for member in members) > _MAX_UNPACKED_BYTES:
        raise InvalidDataset("too_large")
    for member in members:
        name = member.filename[:_SHOWN_CHARS]
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise InvalidDataset("leaves_the_folder", name=name)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InvalidDataset("link", name=name)
        encrypted = member.flag_bits & 1
        if encrypted or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise InvalidDataset(
                "packing", name=name
            )  # other methods allocate memory as the zip demands


def _find_metadata(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Return the metadata.jsonl at the top level, or else in the one top-level folder with it."""
    paths = [(PurePosixPath(member.filename), member) for member in members]
    candidates = [(path, member) for path, member in paths if path.name == METADATA]
    for depth in (1, 2):
        matches = [member for path, member in candidates if len(path.parts) == depth]
        if len(matches) > 1:
            break
        if matches:
            if matches[0].file_size > _MAX_METADATA_BYTES:
                raise InvalidDataset("metadata_too_large")
            return matches[0]
    raise InvalidDataset("no_metadata")


def _parse_row(number: int, line: bytes) -> Row:
    try:
        entry = json.loads(line.decode())
        name, text = entry["file_name"], entry["text"]
        (name + text).encode()  # lone surrogates cannot be encoded
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        raise InvalidDataset("not_a_row", line=number) from None
    if not (isinstance(name, str) and isinstance(text, str) and name.strip() and text.strip()):
        raise InvalidDataset("not_a_row", line=number)
    if len(text) > _MAX_TEXT_CHARS:
        raise InvalidDataset("text_too_long", line=number, most=_MAX_TEXT_CHARS)
    return Row(file_name=name, text=text)
