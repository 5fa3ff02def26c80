"""A user's dataset: pictures with texts, as a zip with metadata.jsonl."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.parser import Understood, understand
from shared.briefs.vocabulary import COLOURS
from shared.datasets import BadDataset, DatasetZip
from shared.image_formats import PICTURE_FORMATS, UNREADABLE
from worker.imaging.colour import Floats, delta_e, lab_from_rgb, rgb_from_lab
from worker.imaging.palette import separate
from worker.training.generator.dataset import Design

__all__ = ["Pictures", "read_dataset"]

_MOST_PIXELS = 50_000_000
_MOST_LEFT_OUT = 0.1
_MOST_NAMED = 10
_NAME_CHARS = 80


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What was read of a dataset."""

    designs: list[Design]
    left_out: tuple[str, ...]
    """File names of the pictures that cannot be read."""


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


def read_dataset(path: Path, side_px: int, most: int | None = None) -> Pictures:
    """Read an imagefolder: metadata.jsonl with file_name and text beside the pictures.

    A picture that is broken, too large or of another format than PNG, JPEG and WebP, whatever its
    name says, is left out; more than a tenth of them are a fault of the dataset.

    Args:
        path: a zip file.
        side_px: of the masks.
        most: take the first so many rows only.

    Raises:
        BadDataset: see `DatasetZip`; or there is no row, or too many pictures cannot be read.
    """
    designs, left_out = [], []
    with path.open("rb") as source:
        archive = DatasetZip(source)
        for row in islice(archive.rows(), most):
            picture = _picture(archive, row.file_name)
            if picture is None:
                left_out.append(row.file_name)
            else:
                designs.append(design_of(picture, row.text, side_px))
    rows = len(designs) + len(left_out)
    if len(left_out) > _MOST_LEFT_OUT * rows:
        names = ", ".join(name[:_NAME_CHARS] for name in left_out[:_MOST_NAMED])
        raise BadDataset("too_many_unreadable", got=len(left_out), all=rows, names=names)
    if not designs:
        raise BadDataset("too_few", got=0, least=1)
    return Pictures(designs=designs, left_out=tuple(left_out))


def _picture(archive: DatasetZip, name: str) -> Image.Image | None:
    """Decode a picture; return None where it cannot be read or has too many pixels."""
    try:
        content = io.BytesIO(archive.read(name))
        with Image.open(content, formats=PICTURE_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            return picture.convert("RGB")
    except (*UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
