"""Search of motifs by name, and their pictures, on the own motifs alone."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from shared.briefs.parser import parse_brief
from shared.motifs.catalog import own_motifs
from shared.motifs.library import MotifLibrary, MotifNotFound, open_library
from shared.motifs.names import motif_names
from shared.motifs.pictures import motif_svg
from shared.motifs.search import find_motif, search_motifs


@pytest.fixture
def library(tmp_path: Path) -> MotifLibrary:
    """Library of an installation that has none."""
    return MotifLibrary(tmp_path)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("fox", "own:fox"),
        (" Foxes ", "own:fox"),
        ("狐狸", "own:fox"),
        ("pine tree", "own:pine-tree"),
        ("pine", "own:pine-branch"),
        ("松", "own:pine-branch"),
    ],
)
def test_closest_name_is_first(library: MotifLibrary, words: str, first: str) -> None:
    assert search_motifs(library, words)[0].id == first


def test_name_that_contains_the_words_follows_names_that_begin_so(library: MotifLibrary) -> None:
    found = [motif.english for motif in search_motifs(library, "tree")]
    begins = [name.startswith("tree") for name in found if "tree" in name]
    assert found[0] == "tree"
    assert begins == sorted(begins, reverse=True)
    assert "pine tree" in found


def test_no_words_find_all_and_unknown_words_none(library: MotifLibrary) -> None:
    assert len(search_motifs(library, "  ")) == len(own_motifs())
    assert search_motifs(library, "xyzzy") == []


def test_found_motif_says_who_draws_it(library: MotifLibrary) -> None:
    fox = find_motif(library, "own:fox")
    assert fox is not None
    assert (fox.sets, fox.licences, fox.category) == (("own",), ("Apache-2.0",), "animal")
    assert (fox.name("en"), fox.name("zh"), fox.turns) == ("fox", "狐狸", False)
    assert find_motif(library, "own:nothing") is None


@pytest.mark.parametrize("name", sorted(own_motifs()))
def test_own_motif_has_a_picture(library: MotifLibrary, name: str) -> None:
    root = ET.fromstring(motif_svg(f"own:{name}", library, 48))
    colours = {path.get("fill") for path in root} | {path.get("stroke") for path in root}
    assert root.get("width") == "48"
    assert len(root) > 0
    assert colours - {None, "none"} <= {colour.hex for colour in own_motifs()[name].colours}


@pytest.mark.parametrize("name", ["own:nothing", "nothing", "fluent:fox@1.2.6", ":", "@", ""])
def test_unknown_motif_has_no_picture(library: MotifLibrary, name: str) -> None:
    with pytest.raises(MotifNotFound):
        motif_svg(name, library, 48)


def test_library_is_that_of_the_environment_wherever_no_folder_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODESIGNER_MOTIFS_DIR", str(tmp_path))
    assert open_library(None) is open_library(tmp_path)
    assert len(motif_names()) == len(own_motifs())
    assert parse_brief("foxes and lemons").motifs[0].subjects == ("own:fox",)
    assert len(parse_brief("foxes and lemons").motifs) == 1


def test_picture_of_a_drawing_is_that_of_its_own_motif(library: MotifLibrary) -> None:
    assert motif_svg("own:fox@1", library, 48) == motif_svg("own:fox", library, 48)
