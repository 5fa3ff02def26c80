"""The library is written, read, and its state told."""

import sqlite3
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path

import pytest

from shared.motifs import state
from shared.motifs.curation import motif_sets
from shared.motifs.files import CATALOG, UNITS, set_file
from shared.motifs.library import MotifLibrary, MotifNotFound, open_library
from shared.motifs.pictures import drawing_svg
from shared.motifs.state import library_state
from worker.drawing.motifs.shapes import extent
from worker.drawing.motifs.stored import stored_shapes
from worker.motif_sets.emoji import Words
from worker.motif_sets.install import converted_rows
from worker.motif_sets.selection import Chosen, KnownSubject
from worker.motif_sets.store import write_catalog, write_set

DRAWINGS = Path(__file__).parent / "drawings"
FISH = KnownSubject(
    id="fish", category="animal", turns=True, subgroup="animal-marine", emoji="1F41F"
)
RING = KnownSubject(id="ring", category="object", turns=True, subgroup="", emoji="")
WORDS = {
    "1F41F": {
        "en": Words(names=("fish",), keywords=("Pisces", "zodiac")),
        "zh": Words(names=("鱼",), keywords=("动物",)),
    }
}


def _chosen(subject: KnownSubject) -> Chosen:
    document = (DRAWINGS / f"{subject.id}.svg").read_text()
    return Chosen(subject=subject, source=subject.id, document=document, head=False, tints=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [converted_rows(_chosen(subject)).row for subject in (FISH, RING)]
    assert rows[0] is not None
    assert rows[1] is not None
    write_set(tmp_path, motif_sets()["fluent"], [rows[0], rows[1]])
    write_set(tmp_path, motif_sets()["game"], [rows[1]])
    write_catalog(tmp_path, [FISH, RING], WORDS)
    return tmp_path


def test_subjects_are_found_by_name_in_any_language(folder: Path) -> None:
    library = MotifLibrary(folder)
    assert [each.id for each in library.find("Fish")] == ["fish"]
    assert [each.id for each in library.find("鱼")] == ["fish"]
    assert [each.id for each in library.find(" PISCES ")] == ["fish"]
    assert library.find("鱼", "en") == []
    assert library.find("dog") == []
    assert library.names("fish", "en") == (["fish"], ["Pisces", "zodiac"])
    assert ("fish", "动物", True) in list(library.all_names("zh"))
    assert [each.id for each in library.subjects()] == ["fish", "ring"]


def test_drawing_has_its_hash_colours_and_outline(folder: Path) -> None:
    (drawing,) = MotifLibrary(folder).drawings_of("fish")
    assert drawing.name == f"fluent:fish@{motif_sets()['fluent'].version}"
    assert drawing.licence == "MIT"
    with sqlite3.connect(set_file(folder, "fluent")) as connection:
        query = "SELECT shapes FROM drawing WHERE subject = 'fish'"
        (shapes,) = connection.execute(query).fetchone()
    connection.close()
    assert drawing.sha256 == sha256(shapes.encode()).hexdigest()
    assert drawing.colours[0].hex == "#E8772E"
    assert drawing.colours[0].role == "body"
    assert 3 <= len(drawing.outline) <= 64
    assert max(abs(value) for point in drawing.outline for value in point) < 0.6


def test_stored_shapes_are_the_converted_ones(folder: Path) -> None:
    library = MotifLibrary(folder)
    shapes = stored_shapes(library.drawings_of("fish")[0].content)
    left, top, right, bottom = extent(shapes)
    assert max(right - left, bottom - top) == pytest.approx(1, abs=2 / UNITS)
    assert stored_shapes(library.drawings_of("ring")[0].content)[0].path.codes.startswith("M")
    ET.fromstring(drawing_svg(library.drawings_of("fish")[0], 64))


def test_conversion_is_deterministic() -> None:
    assert converted_rows(_chosen(FISH)) == converted_rows(_chosen(FISH))


@pytest.mark.parametrize("name", ["fluent:dog@1.2.6", "fluent:fish@0.1", "none:fish@1.2.6", "fish"])
def test_missing_drawings_are_told(folder: Path, name: str) -> None:
    with pytest.raises(MotifNotFound):
        MotifLibrary(folder).drawing(name)


def test_optional_sets_are_found_only_when_turned_on(folder: Path) -> None:
    off, on = MotifLibrary(folder), MotifLibrary(folder, ["game"])
    assert [each.set for each in off.drawings_of("ring")] == ["fluent"]
    assert [each.set for each in on.drawings_of("ring")] == ["fluent", "game"]
    name = f"game:ring@{motif_sets()['game'].version}"
    assert off.drawing(name) == on.drawing(name)  # an old record can still be drawn


def test_state_lists_what_is_there_and_what_is_missing(folder: Path) -> None:
    told = library_state(folder)
    assert [(each.name, each.drawings, each.current) for each in told.sets] == [
        ("fluent", 2, True),
        ("game", 1, True),
    ]
    assert told.subjects == 2
    assert "noto" in told.missing
    assert "openmoji" not in told.missing
    assert "openmoji" in library_state(folder, ["openmoji"]).missing
    assert not told.current


def test_empty_folder_has_a_state_and_an_empty_library(tmp_path: Path) -> None:
    told = library_state(tmp_path / "nothing")
    assert (told.sets, told.subjects, told.current) == ((), 0, False)
    library = open_library(tmp_path / "nothing")
    assert (library.subjects(), library.find("fish"), library.drawings_of("fish")) == ([], [], [])


def test_damaged_file_counts_as_missing(folder: Path) -> None:
    set_file(folder, "fluent").write_bytes(b"SQLite format 3\0" + b"x" * 100)
    assert "fluent" in library_state(folder).missing
    assert MotifLibrary(folder).drawings_of("fish") == []


def test_outdated_set_is_told(folder: Path) -> None:
    with sqlite3.connect(set_file(folder, "fluent")) as connection:
        connection.execute("UPDATE meta SET value = 'older' WHERE key = 'fingerprint'")
    connection.close()
    assert [each.current for each in library_state(folder).sets] == [False, True]


def test_library_is_opened_once_until_it_changes(folder: Path) -> None:
    first = open_library(folder)
    assert open_library(folder) is first
    (folder / CATALOG).touch()
    assert open_library(folder) is not first


def test_outdated_set_that_is_turned_off_needs_no_installation(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fluent, game = motif_sets()["fluent"], motif_sets()["game"]
    monkeypatch.setattr(state, "motif_sets", lambda: {"fluent": fluent, "game": game})
    with sqlite3.connect(set_file(folder, "game")) as connection:
        connection.execute("UPDATE meta SET value = 'older' WHERE key = 'fingerprint'")
    connection.close()
    assert library_state(folder).current
    assert not library_state(folder, ["game"]).current
