"""Loader of user datasets: a zip of pictures with their texts in metadata.jsonl."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from shared.datasets import DatasetZip, InvalidDataset
from shared.image_formats import PICTURE_FORMATS, UNREADABLE
from worker.imaging.colour import Floats, delta_e, lab_from_rgb, rgb_from_lab
from worker.imaging.palette import separate
from worker.training.generator.dataset import Design

__all__ = ["UserDataset", "read_dataset"]

_MAX_PIXELS = 50_000_000
_MAX_SKIPPED_SHARE = 0.1
_MAX_LISTED_NAMES = 10
_MAX_NAME_CHARS = 80


@dataclass(frozen=True, kw_only=True)
class UserDataset:
    """Designs loaded from a dataset."""

    designs: list[Design]
    left_out: tuple[str, ...]
    """File names of the unreadable pictures, which were skipped."""


def design_of(picture: Image.Image, text: str, side_px: int) -> Design:
    """Return the picture split into colour separations and a palette, with its parsed text."""
    masks, lab = separate(picture, side_px)
    masks = masks[: len(lab)]
    parsed = parse_brief(text)
    document = parsed.to_document() | {"colours": _colour_keys(lab)}
    return Design(
        masks=masks,
        palette=rgb_from_lab(lab),
        facts=ParsedBrief.from_document(document),
        captions=((text, parsed),) if text else (),
    )


def _colour_keys(lab: Floats) -> list[str]:
    """Return the nearest unused vocabulary colour for each Lab colour."""
    keys = list(COLOURS)
    vocabulary = lab_from_rgb(np.array([COLOURS[key].rgb for key in keys], dtype=np.float64))
    chosen: list[str] = []
    for colour in lab:
        order = np.argsort(delta_e(vocabulary, colour), kind="stable")
        chosen.append(next(keys[i] for i in order if keys[i] not in chosen))
    return chosen


def read_dataset(path: Path, side_px: int, limit: int | None = None) -> UserDataset:
    """Load an imagefolder dataset: metadata.jsonl with file_name and text, and the pictures.

    A picture that is broken, too large or not a PNG, JPEG or WebP by its content is skipped. The
    dataset is rejected if more than a tenth of its pictures are skipped.

    Args:
        path: zip file.
        side_px: side of the masks.
        limit: read at most this many rows.

    Raises:
        InvalidDataset: see `DatasetZip`; or there are no rows, or too many unreadable pictures.
    """
    designs, left_out = [], []
    with path.open("rb") as source:
        archive = DatasetZip(source)
        for row in islice(archive.rows(), limit):
            picture = _picture(archive, row.file_name)
            if picture is None:
                left_out.append(row.file_name)
            else:
                designs.append(design_of(picture, row.text, side_px))
    rows = len(designs) + len(left_out)
    if len(left_out) > _MAX_SKIPPED_SHARE * rows:
        names = ", ".join(name[:_MAX_NAME_CHARS] for name in left_out[:_MAX_LISTED_NAMES])
        raise InvalidDataset("too_many_unreadable", got=len(left_out), all=rows, names=names)
    if not designs:
        raise InvalidDataset("too_few", got=0, least=1)
    return UserDataset(designs=designs, left_out=tuple(left_out))


def _picture(archive: DatasetZip, name: str) -> Image.Image | None:
    """Return the decoded picture, or None if it is unreadable or has too many pixels."""
    try:
        content = io.BytesIO(archive.read(name))
        with Image.open(content, formats=PICTURE_FORMATS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return None
            return picture.convert("RGB")
    except (*UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
