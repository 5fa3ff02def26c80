"""Checking an uploaded dataset before a training run starts: a zip in the imagefolder layout."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NoReturn

from shared.errors import CodesignerError, FieldError
from web.i18n import translate as _

__all__ = ["FIELD", "MAX_DATASET_BYTES", "check_dataset"]

FIELD = "dataset"
MAX_DATASET_BYTES = 512 * 1024 * 1024
MIN_IMAGES = 8

_MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
_MAX_MEMBERS = 50_000
_MAX_METADATA_BYTES = 32 * 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_METADATA = "metadata.jsonl"


def check_dataset(source: BinaryIO) -> int:
    """Check a zip with a metadata.jsonl of {"file_name", "text"} and the pictures it names.

    The pictures themselves are decoded by the worker, which tells which of them it left out.

    Returns:
        The number of pictures.
    Raises:
        CodesignerError: dataset_invalid or unsupported_media_type, of the field `dataset`.
    """
    source.seek(0)
    if not zipfile.is_zipfile(source):
        _refuse(_("This is not a zip file."), "unsupported_media_type")
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            return _check(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        _refuse(_("The zip file is damaged (%(reason)s).", reason=str(error)))


def _check(archive: zipfile.ZipFile) -> int:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        _refuse(_("At most %(most)d files are taken.", most=_MAX_MEMBERS))
    if sum(member.file_size for member in members) > _MAX_UNPACKED_BYTES:
        _refuse(_("Unpacked, the files have more than 2 GiB."))
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            _refuse(_("A file's name leaves the folder: %(name)s.", name=member.filename[:80]))
    folder, metadata = _metadata_of(members)
    present = {member.filename for member in members}
    named = set()
    for number, name in _named_in(archive, metadata):
        if PurePosixPath(name).suffix.lower() not in _PICTURES or folder + name not in present:
            _refuse(
                _(
                    "Line %(line)d of metadata.jsonl names no PNG, JPEG or WebP file that is "
                    "in the zip: %(name)s.",
                    line=number,
                    name=name[:80],
                )
            )
        named.add(name)
    if len(named) < MIN_IMAGES:
        _refuse(
            _("%(got)d pictures are too few; send %(least)d.", got=len(named), least=MIN_IMAGES)
        )
    return len(named)


def _metadata_of(members: list[zipfile.ZipInfo]) -> tuple[str, zipfile.ZipInfo]:
    """Find metadata.jsonl at the top, or in the one folder that everything is in."""
    found = [each for each in members if PurePosixPath(each.filename).name == _METADATA]
    found = [each for each in found if len(PurePosixPath(each.filename).parts) <= 2]
    if len(found) != 1:
        _refuse(_("There must be one metadata.jsonl at the top of the zip."))
    if found[0].file_size > _MAX_METADATA_BYTES:
        _refuse(_("metadata.jsonl has more than 32 MiB."))
    return found[0].filename.removesuffix(_METADATA), found[0]


def _named_in(archive: zipfile.ZipFile, metadata: zipfile.ZipInfo) -> Iterator[tuple[int, str]]:
    """Give line numbers and file names; refuse lines that are not as they should be."""
    for number, line in enumerate(_lines(archive, metadata), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not all(
            isinstance(entry.get(key), str) and entry[key].strip() for key in ("file_name", "text")
        ):
            _refuse(
                _(
                    'Line %(line)d of metadata.jsonl is not {"file_name": ..., "text": ...}.',
                    line=number,
                )
            )
        yield number, entry["file_name"]


def _lines(archive: zipfile.ZipFile, metadata: zipfile.ZipInfo) -> Iterator[str]:
    with archive.open(metadata) as stream:
        number = 1
        while line := stream.readline(_MAX_LINE_BYTES + 1):
            if len(line) > _MAX_LINE_BYTES:
                _refuse(_("Line %(line)d of metadata.jsonl has more than 64 KiB.", line=number))
            yield line.decode("utf-8", errors="replace")
            number += 1


def _refuse(message: str, code: str = "dataset_invalid") -> NoReturn:
    raise CodesignerError(code, message, fields=(FieldError(field=FIELD, message=message),))
