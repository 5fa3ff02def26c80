"""A user's dataset: pictures with texts, as a folder or a zip with metadata.jsonl."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from shared.briefs.parser import Understood, understand
from shared.briefs.vocabulary import COLOURS
from worker.colour import Floats, delta_e, lab_from_rgb, rgb_from_lab
from worker.palette import separate
from worker.training.designs import Design

__all__ = ["BadDataset", "read_dataset"]

METADATA = "metadata.jsonl"
_MOST_PIXELS = 50_000_000
_MOST_BYTES = 64 * 1024 * 1024


class BadDataset(ValueError):
    """The dataset cannot be trained on; the message says which row is at fault."""


@contextmanager
def _opened(path: Path) -> Iterator[Callable[[str], bytes]]:
    """Give a function that reads a member of the folder or zip by its name."""
    if path.is_dir():
        root = path.resolve()

        def from_folder(name: str) -> bytes:
            member = (root / name).resolve()
            if not member.is_relative_to(root) or not member.is_file():
                raise BadDataset(f"The dataset has no file {name!r}.")
            return member.read_bytes()

        yield from_folder
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadDataset(f"The dataset is neither a folder nor a zip file: {error}") from error
    with archive:
        members = {info.filename: info for info in archive.infolist()}

        def from_zip(name: str) -> bytes:
            info = members.get(name)
            if info is None:
                raise BadDataset(f"The dataset has no file {name!r}.")
            if info.file_size > _MOST_BYTES:
                raise BadDataset(f"{name!r} is larger than {_MOST_BYTES} bytes.")
            return archive.read(info)

        yield from_zip


def _rows(content: bytes) -> Iterator[tuple[str, str]]:
    """Give (file name, text) of each line; a text may be missing."""
    for number, line in enumerate(content.decode("utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, text = str(row["file_name"]), str(row.get("text") or "")
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise BadDataset(f"{METADATA}, line {number}: no JSON with file_name.") from error
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BadDataset(f"{METADATA}, line {number}: {name!r} leads outside the dataset.")
        yield name, text


def _picture(content: bytes, name: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > _MOST_PIXELS:
            raise BadDataset(f"{name!r} has more than {_MOST_PIXELS} pixels.")
        return picture.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise BadDataset(f"{name!r} is no picture that can be read.") from error


def design_of(picture: Image.Image, text: str, side_px: int) -> Design:
    """Split a picture into separations and a palette, with what its text says."""
    masks, lab = separate(picture, side_px)
    masks = masks[: len(lab)]
    said = understand(text)
    known = said.to_document() | {"colours": _names(lab)}
    return Design(
        masks=masks,
        palette=rgb_from_lab(lab),
        facts=Understood.from_document(known),
        captions=((text, said),) if text else (),
    )


def _names(lab: Floats) -> list[str]:
    """Name each colour by the vocabulary's nearest that is still free."""
    keys = list(COLOURS)
    named = lab_from_rgb(np.array([COLOURS[key].rgb for key in keys], dtype=np.float64))
    chosen: list[str] = []
    for colour in lab:
        order = np.argsort(delta_e(named, colour), kind="stable")
        chosen.append(next(keys[i] for i in order if keys[i] not in chosen))
    return chosen


def read_dataset(path: Path, side_px: int, most: int | None = None) -> list[Design]:
    """Read an imagefolder: metadata.jsonl with file_name and text beside the pictures.

    Args:
        path: a folder or a zip file.
        side_px: of the masks.
        most: take the first so many rows only.

    Raises:
        BadDataset: there is no metadata.jsonl, a row is wrong, a picture is missing or broken,
            or there is no row at all.
    """
    with _opened(path) as read:
        rows = list(_rows(read(METADATA)))[:most]
        designs = [design_of(_picture(read(name), name), text, side_px) for name, text in rows]
    if not designs:
        raise BadDataset(f"{METADATA} has no rows.")
    return designs
