"""The stream of a zip: its size, its bytes, damaged files and the memory that it takes."""

import hashlib
import io
import os
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from shared.errors import ArtifactCorrupt, ArtifactNotFound
from shared.storage.artifacts import ArtifactStore
from web.downloads.archive import Entry, zip_chunks, zip_digest, zip_size
from web.downloads.names import content_disposition, folder_name, variant_file_name

AT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
MIB = 1024 * 1024
ID = "01a20cf4-862c-7e19-be50-8e847ebf1fd4"


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(f"file://{tmp_path}/artifacts")


def stored(store: ArtifactStore, name: str, content: bytes) -> Entry:
    return Entry(name=name, at=AT, stored=store.put(content), stored_bytes=len(content))


def opened(store: ArtifactStore, entries: Sequence[Entry]) -> tuple[bytes, ZipFile]:
    content = b"".join(zip_chunks(store, entries))
    return content, ZipFile(io.BytesIO(content))


def test_entries_are_complete_and_the_size_is_known_before(store: ArtifactStore) -> None:
    large = os.urandom(3 * MIB + 17)
    entries = [
        Entry(name="狐狸-1fd4/sheet.html", at=AT, content="<p>狐</p>".encode()),
        stored(store, "狐狸-1fd4/tile.png", large),
        stored(store, "empty.bin", b""),
        Entry(name="last.txt", at=AT, content=b"end"),
    ]
    content, archive = opened(store, entries)
    assert len(content) == zip_size(entries)
    assert archive.testzip() is None
    assert archive.namelist() == [each.name for each in entries]
    assert archive.read("狐狸-1fd4/tile.png") == large
    first = archive.infolist()[0]
    assert first.flag_bits & 0x800, "the name is not marked as UTF-8"
    assert {each.date_time for each in archive.infolist()} == {(2026, 3, 4, 5, 6, 8)}
    # Headers have size and checksum: no data descriptors, which some unpackers cannot read.
    assert not any(each.flag_bits & 0x8 for each in archive.infolist())


def test_equal_entries_give_equal_bytes_and_digests(store: ArtifactStore) -> None:
    entries = [stored(store, "a.png", b"a" * 70_000), Entry(name="b", at=AT, content=b"b")]
    assert opened(store, entries)[0] == opened(store, entries)[0]
    others = [
        [stored(store, "a.png", b"c" * 70_000), entries[1]],
        [entries[0], Entry(name="b", at=AT, content=b"c")],
        [entries[0], Entry(name="c", at=AT, content=b"b")],
        entries[:1],
    ]
    assert len({zip_digest(each) for each in [entries, *others]}) == 5


def test_damaged_or_missing_files_end_the_stream(store: ArtifactStore, tmp_path: Path) -> None:
    entry = stored(store, "a.png", b"content")
    assert entry.stored is not None
    path = tmp_path / "artifacts" / entry.stored[:2] / entry.stored
    path.write_bytes(b"damaged")
    with pytest.raises(ArtifactCorrupt):
        list(zip_chunks(store, [entry]))
    path.unlink()
    with pytest.raises(ArtifactNotFound):
        list(zip_chunks(store, [entry]))


def test_a_file_of_another_size_than_recorded_ends_the_stream(store: ArtifactStore) -> None:
    entry = Entry(name="a.png", at=AT, stored=store.put(b"content"), stored_bytes=3)
    with pytest.raises(ArtifactCorrupt):
        list(zip_chunks(store, [entry]))


def test_memory_does_not_grow_with_the_zip(store: ArtifactStore) -> None:
    name = store.put(os.urandom(20 * MIB))
    entries = [
        Entry(name=f"{number}.png", at=AT, stored=name, stored_bytes=20 * MIB)
        for number in range(10)
    ]
    digest, total = hashlib.sha256(), 0
    tracemalloc.start()
    try:
        for chunk in zip_chunks(store, entries):
            total += len(chunk)
            digest.update(chunk)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total == zip_size(entries) > 200 * MIB
    assert peak < 8 * MIB


def test_a_client_that_leaves_closes_the_stream(store: ArtifactStore) -> None:
    stream = zip_chunks(store, [stored(store, "a.png", os.urandom(2 * MIB))])
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert list(stream) == []


@pytest.mark.parametrize(
    ("brief", "folder"),
    [
        ("Foxes & pine trees, cosy!", "foxes-pine-trees-cosy-8e847ebf1fd4"),
        ("仙鹤与祥云，红色金色", "仙鹤与祥云-红色金色-8e847ebf1fd4"),
        ("../../etc/passwd\\CON:\n", "etc-passwd-con-8e847ebf1fd4"),
        ("", "design-8e847ebf1fd4"),
        ("…", "design-8e847ebf1fd4"),
        ("long " * 50, "long-long-long-long-long-long-long-long-8e847ebf1fd4"),
    ],
)
def test_folders_have_readable_names(brief: str, folder: str) -> None:
    assert folder_name(brief, ID) == folder


def test_files_of_variants_name_the_variant() -> None:
    assert variant_file_name(2, "tile.png") == "variant-2/variant-2-tile.png"
    assert variant_file_name(2, "layers/ab.png") == "variant-2/layers/ab.png"


def test_file_names_in_headers_are_ascii_with_a_unicode_one() -> None:
    assert content_disposition("fox-1.zip") == 'attachment; filename="fox-1.zip"'
    assert content_disposition("狐-1.zip") == (
        "attachment; filename=\"1.zip\"; filename*=UTF-8''%E7%8B%90-1.zip"
    )
