"""Pictures of a dataset: three formats are accepted, unreadable pictures are left out."""

import json
import os
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image

from shared.datasets import InvalidDataset
from worker.corpus import compose, sample
from worker.corpus.render import render_masks
from worker.training.user_dataset import read_dataset


def _drawn(index: int, **how: Any) -> bytes:
    spec = sample(700 + index)
    content = BytesIO()
    Image.fromarray(compose(render_masks(spec, 48), spec.palette)).save(content, **how)
    return content.getvalue()


def _dataset(path: Path, rows: int = 5, folder: str = "", **others: bytes) -> Path:
    """Write a zip of drawn pictures and of other files, named by their .png suffixes."""
    pictures = {f"pictures/{index}.png": _drawn(index, format="PNG") for index in range(rows)}
    pictures |= {f"{name}.png": content for name, content in others.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pictures.items():
            archive.writestr(f"{folder}{name}", content)
        lines = [json.dumps({"file_name": name, "text": "blue waves"}) for name in pictures]
        archive.writestr(f"{folder}metadata.jsonl", "\n".join(lines))
    return path


def test_zip_is_read_with_or_without_a_folder(tmp_path: Path) -> None:
    plain = read_dataset(_dataset(tmp_path / "plain.zip"), 32)
    folder = read_dataset(_dataset(tmp_path / "folder.zip", folder="set/"), 32)
    assert len(plain.designs) == len(folder.designs) == 5
    for one, other in zip(plain.designs, folder.designs, strict=True):
        assert np.array_equal(one.masks, other.masks)
        assert one.captions == other.captions
        assert one.facts.pattern


@pytest.mark.parametrize(("name", "how"), [("JPEG", {}), ("WEBP", {"lossless": True}), ("PNG", {})])
def test_supported_formats_are_accepted(tmp_path: Path, name: str, how: dict[str, Any]) -> None:
    path = _dataset(tmp_path / "set.zip", 1, other=_drawn(1, format=name, **how))
    assert len(read_dataset(path, 32).designs) == 2


EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 48 48
%%EndComments
0 0 48 48 rectfill
showpage
%%EOF
"""


def _huge(width: int, height: int) -> bytes:
    """Return a PNG that declares more pixels than it contains."""
    content = BytesIO()
    Image.new("L", (8, 8)).save(content, format="PNG")
    changed = bytearray(content.getvalue())
    changed[16:24] = struct.pack(">II", width, height)
    changed[29:33] = struct.pack(">I", zlib.crc32(changed[12:29]))
    return bytes(changed)


BROKEN: dict[str, Callable[[], bytes]] = {
    "broken": lambda: b"\x89PNG but no more",
    "empty": lambda: b"",
    "cut": lambda: _drawn(1, format="PNG")[:-200],
    "postscript": lambda: EPS,
    "bitmap": lambda: _drawn(1, format="BMP"),
    "tiff": lambda: _drawn(1, format="TIFF"),
    "large": lambda: _huge(9_000, 6_000),
    "larger": lambda: _huge(12_000, 8_000),
    "huge": lambda: _huge(20_000, 20_000),
}


@pytest.fixture
def ghostscript_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a file that is created if Ghostscript is run."""
    mark, program = tmp_path / "mark", tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    return mark


@pytest.mark.parametrize("kind", BROKEN)
def test_one_unreadable_picture_is_left_out(
    tmp_path: Path, ghostscript_mark: Path, kind: str
) -> None:
    path = _dataset(tmp_path / "set.zip", 12, **{kind: BROKEN[kind]()})
    read = read_dataset(path, 16)
    assert (len(read.designs), read.left_out) == (12, (f"{kind}.png",))
    assert not ghostscript_mark.exists()


def test_ghostscript_mark_detects_ghostscript(ghostscript_mark: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError), Image.open(BytesIO(EPS)) as picture:
        picture.load()
    assert ghostscript_mark.exists()


def test_damaged_picture_is_left_out(tmp_path: Path) -> None:
    path = _dataset(tmp_path / "set.zip", 12)
    content = bytearray(path.read_bytes())
    start = content.index(b"pictures/3.png") + 40
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(bytes(content))
    assert read_dataset(path, 16).left_out == ("pictures/3.png",)


def test_too_many_unreadable_pictures_reject_the_dataset(tmp_path: Path) -> None:
    path = _dataset(tmp_path / "set.zip", 12, postscript=EPS, empty=b"")
    with pytest.raises(InvalidDataset, match=r"2 of 14 pictures .*: postscript\.png, empty\.png"):
        read_dataset(path, 16)


def test_dataset_without_rows_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="too few"):
        read_dataset(_dataset(tmp_path / "set.zip", 0), 32)
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(InvalidDataset, match="zip"):
        read_dataset(tmp_path / "no.zip", 32)
