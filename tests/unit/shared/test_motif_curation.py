"""The tables that decide what the motif library has are consistent."""

import json

import pytest

from shared.motifs.curation import (
    SETS_FOLDER,
    curation_marks,
    extra_subjects,
    motif_sets,
    parse_optional_sets,
    subgroups,
)
from shared.settings import load_settings

LOCK = json.loads((SETS_FOLDER / "packages" / "package-lock.json").read_text())


@pytest.mark.parametrize("name", motif_sets())
def test_each_set_is_locked_and_has_a_licence(name: str) -> None:
    each = motif_sets()[name]
    assert each.integrity.startswith("sha512-")
    assert each.version[0].isdigit()
    assert (SETS_FOLDER / "licences" / f"{each.licence}.txt").is_file()


def test_lock_names_no_host() -> None:
    packages = [entry for name, entry in LOCK["packages"].items() if name]
    assert all("resolved" not in entry and "integrity" in entry for entry in packages)


def test_sets_that_ask_for_something_are_optional() -> None:
    free = {"Apache-2.0", "CC0-1.0", "ISC", "MIT"}
    assert {each.name for each in motif_sets().values() if each.licence not in free} == {
        each.name for each in motif_sets().values() if each.optional
    }


def test_marks_are_known_and_name_sets() -> None:
    assert set(curation_marks().values()) == {"out", "head"}
    assert {name for name, _ in curation_marks()} - set(motif_sets()) == {"*"}


def test_faces_people_flags_and_signs_are_left_out_whole() -> None:
    kept = set(subgroups())
    assert not {"face-smiling", "hand-fingers-open", "country-flag", "religion", "arrow"} & kept
    for name in ("face-costume", "face-negative", "body-parts", "heart", "flag", "other-symbol"):
        assert subgroups()[name].only


def test_further_subjects_have_both_names_and_a_drawing() -> None:
    for each in extra_subjects().values():
        assert each.drawings, each.subject
        if each.category is not None:
            assert each.english, each.subject
            assert each.chinese, each.subject


def test_optional_sets_are_parsed() -> None:
    assert parse_optional_sets(" openmoji, game,openmoji") == ("openmoji", "game")
    assert parse_optional_sets("") == ()
    assert load_settings(motif_sets="game").motif_sets == "game"


@pytest.mark.parametrize("names", ["fluent", "none", "game;openmoji"])
def test_unknown_optional_sets_are_refused(names: str) -> None:
    with pytest.raises(ValueError, match="is none of"):
        load_settings(motif_sets=names)
