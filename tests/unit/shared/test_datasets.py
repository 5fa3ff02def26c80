"""Untrusted zip files are read within limits, whatever sizes they declare."""

import io
import json
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from zipfile import ZipFile, ZipInfo

import pytest

from shared.datasets import FAULTS, DatasetZip, InvalidDataset

MIB = 1024 * 1024
_CENTRAL = b"PK\x01\x02"
_CENTRAL_FLAGS, _CENTRAL_SIZE = 8, 24


def line(name: str, text: str = "waves") -> str:
    return json.dumps({"file_name": name, "text": text})


def zipped(files: dict[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    content = io.BytesIO()
    with ZipFile(content, "w", packing) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content


def patched(content: io.BytesIO, name: str, offset: int, fields: bytes) -> io.BytesIO:
    """Overwrite fields of a member's entry in the central directory."""
    changed = bytearray(content.getvalue())
    at = changed.rindex(name.encode())  # the central directory is at the end
    at = changed.rindex(_CENTRAL, 0, at)
    changed[at + offset : at + offset + len(fields)] = fields
    return io.BytesIO(bytes(changed))


def names(content: io.BytesIO) -> list[str]:
    return [row.file_name for row in DatasetZip(content).rows()]


def fault(content: io.BytesIO) -> str:
    with pytest.raises(InvalidDataset) as refused:
        names(content)
    assert str(refused.value) == FAULTS[refused.value.kind] % refused.value.details
    return refused.value.kind


@pytest.mark.parametrize(
    "lines",
    [
        f"{line('a.png')}\n\n{line('b.jpeg')}\n",
        f"{line('a.png')}\r\n{line('b.jpeg')}",
        f"\ufeff{line('a.png')}\n \n{line('b.jpeg')}",
        f'{{"file_name": "a.png", "text": "one\u2028line\x85 水波", "more": 1}}\n{line("b.jpeg")}',
    ],
)
@pytest.mark.parametrize("folder", ["", "tiles/", "瓷砖/"])
def test_rows_are_read_from_the_root_or_a_folder(lines: str, folder: str) -> None:
    files = {"a.png": b"1", "b.jpeg": b"2", "metadata.jsonl": lines, "notes/metadata.jsonl": "x"}
    content = zipped({f"{folder}{name}": each for name, each in files.items()})
    assert names(content) == ["a.png", "b.jpeg"]
    assert DatasetZip(content).read("b.jpeg") == b"2"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("{", "not_a_row"),
        ("[]", "not_a_row"),
        ("7", "not_a_row"),
        ("null", "not_a_row"),
        ('"file_name"', "not_a_row"),
        ('{"file_name": "a.png"}', "not_a_row"),
        ('{"file_name": "a.png", "text": " "}', "not_a_row"),
        ('{"file_name": ["a.png"], "text": ["x"]}', "not_a_row"),
        ('{"file_name": 1, "text": 2}', "not_a_row"),
        ('{"file_name": "a.png", "text": "\\ud800"}', "not_a_row"),
        ("[" * 60_000, "not_a_row"),
        ('{"file_name": "a.png", "text": "x", "n": ' + "9" * 5000 + "}", "not_a_row"),
        (line("a.png").encode("utf-16"), "not_a_row"),
        (b'{"file_name": "a.png", "text": "\xff"}', "not_a_row"),
        (line("a.png", "x" * 2001), "text_too_long"),
        (line("a.png", "x" * 70_000), "line_too_long"),
        (f"{line('a.png')}\n" * 50_001, "too_many_lines"),
        ("\n" * 50_001, "too_many_lines"),
        (line("none.png"), "no_picture"),
        (line("../a.png"), "no_picture"),
        (line("/a.png"), "no_picture"),
        (line("metadata.jsonl"), "no_picture"),
        (line("a.eps"), "no_picture"),
        (b" " * (32 * MIB + 1), "metadata_too_large"),
    ],
)
def test_invalid_lines_are_rejected(lines: str | bytes, kind: str) -> None:
    assert fault(zipped({"a.png": b"1", "a.eps": b"2", "metadata.jsonl": lines})) == kind


def _plain() -> dict[str, bytes | str]:
    return {"a.png": b"1", "metadata.jsonl": line("a.png")}


def _link() -> io.BytesIO:
    content = zipped(_plain())
    with ZipFile(content, "a") as archive:
        info = ZipInfo("b.png")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return content


def _twice() -> io.BytesIO:
    content = zipped(_plain())
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(content, "a") as archive:
        archive.writestr("metadata.jsonl", line("a.png"))
    return content


def _torn() -> io.BytesIO:
    """Return a zip whose metadata.jsonl is invalid deflate data."""
    lines = "\n".join(line("a.png", f"waves {number}") for number in range(100))
    content = bytearray(zipped({"metadata.jsonl": lines, "a.png": b"1"}).getvalue())
    content[44:49] = b"\xff" * 5  # after the local header and the name
    return io.BytesIO(bytes(content))


def _many(count: int, name: Callable[[int], str]) -> io.BytesIO:
    return zipped({name(number): b"" for number in range(count)} | _plain(), zipfile.ZIP_STORED)


HOSTILE: Iterable[tuple[str, Callable[[], io.BytesIO]]] = [
    ("not_a_zip", lambda: io.BytesIO(b"no zip")),
    ("not_a_zip", io.BytesIO),
    ("not_a_zip", lambda: io.BytesIO(zipped(_plain()).getvalue()[:-30])),
    ("damaged", _torn),
    ("damaged", lambda: patched(zipped(_plain()), "metadata.jsonl", 42, b"\xff\xff\xff\x7f")),
    ("no_metadata", lambda: zipped({"a.png": b"1"})),
    ("no_metadata", lambda: zipped({"a/b/metadata.jsonl": line("a.png")})),
    ("no_metadata", lambda: zipped({"a/metadata.jsonl": "", "b/metadata.jsonl": ""})),
    ("no_metadata", _twice),
    ("leaves_the_folder", lambda: zipped(_plain() | {"../b.png": b"1"})),
    ("leaves_the_folder", lambda: zipped(_plain() | {"a/../../b.png": b"1"})),
    ("leaves_the_folder", lambda: zipped(_plain() | {"/b.png": b"1"})),
    ("leaves_the_folder", lambda: zipped(_plain() | {"a\\..\\b.png": b"1"})),
    ("link", _link),
    ("packing", lambda: zipped(_plain(), zipfile.ZIP_LZMA)),
    ("packing", lambda: zipped(_plain(), zipfile.ZIP_BZIP2)),
    ("packing", lambda: patched(zipped(_plain()), "a.png", _CENTRAL_FLAGS, b"\x01\x00")),
    ("too_many_files", lambda: _many(50_000, str)),
    ("too_many_files", lambda: _many(150, lambda number: f"{number:04}" + "x" * 60_000)),
    (
        "too_large",
        lambda: patched(
            zipped(_plain()), "a.png", _CENTRAL_SIZE, struct.pack("<L", 2048 * MIB + 1)
        ),
    ),
    (
        "picture_too_large",
        lambda: patched(zipped(_plain()), "a.png", _CENTRAL_SIZE, struct.pack("<L", 64 * MIB + 1)),
    ),
]


@pytest.mark.parametrize(("kind", "content"), HOSTILE)
def test_invalid_zips_are_rejected(kind: str, content: Callable[[], io.BytesIO]) -> None:
    assert fault(content()) == kind


def _peak_mib(action: Callable[[], object]) -> float:
    """Return the peak memory that an action allocated, in MiB."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def test_zip_bomb_is_not_inflated() -> None:
    """The member is deflated zeros whose declared size is small."""
    files = _plain() | {"metadata.jsonl": b"\0" * (128 * MIB)}
    lines = patched(zipped(files), "metadata.jsonl", _CENTRAL_SIZE, struct.pack("<L", 1000))
    assert _peak_mib(lambda: fault(lines)) < 8

    files = _plain() | {"a.png": b"\0" * (128 * MIB)}
    dataset = DatasetZip(patched(zipped(files), "a.png", _CENTRAL_SIZE, struct.pack("<L", 1000)))

    def read() -> None:
        with pytest.raises(InvalidDataset, match="damaged"):
            dataset.read("a.png")

    assert _peak_mib(read) < 8
