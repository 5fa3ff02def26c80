"""The library as the packages give it; skipped where they cannot be fetched."""

from pathlib import Path

import numpy as np
import pytest

from shared.motifs.curation import extra_subjects, motif_sets
from shared.motifs.files import default_folder
from shared.motifs.library import MotifLibrary
from shared.motifs.state import library_state
from worker.motif_sets.emoji import read_emoji
from worker.motif_sets.install import MAX_DIFFERENCE, converted_rows, install_library
from worker.motif_sets.packages import PackagesUnavailable, fetch_packages
from worker.motif_sets.selection import Chosen, known_subjects, selection

DEFAULT = [each for each in motif_sets().values() if not each.optional]
LEAST_SUBJECTS = 1200
SAMPLE = 12


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return fetch_packages(tmp_path_factory.mktemp("packages"), optional=True)
    except PackagesUnavailable as error:
        pytest.skip(f"the packages cannot be fetched: {error}")


@pytest.fixture(scope="module")
def chosen(packages: Path) -> dict[str, list[Chosen]]:
    subjects = known_subjects(read_emoji(packages))
    return {each.name: selection(each, packages, subjects) for each in motif_sets().values()}


@pytest.fixture(scope="module")
def library() -> MotifLibrary:
    folder = default_folder(None)
    if not library_state(folder).current:
        pytest.skip("the motif library is not installed; `codesigner motifs install` does it")
    return MotifLibrary(folder)


def test_every_subject_of_the_table_is_known(packages: Path) -> None:
    assert set(extra_subjects()) - set(known_subjects(read_emoji(packages))) == set()


@pytest.mark.parametrize("name", motif_sets())
def test_a_drawing_shows_one_subject(chosen: dict[str, list[Chosen]], name: str) -> None:
    sources = [each.source for each in chosen[name]]
    assert len(sources) == len(set(sources))


@pytest.mark.slow
def test_conversions_look_like_the_originals(chosen: dict[str, list[Chosen]]) -> None:
    random = np.random.default_rng(3)
    differences, left_out = [], 0
    for drawings in chosen.values():
        for index in random.choice(len(drawings), SAMPLE, replace=False):
            outcome = converted_rows(drawings[index])
            left_out += outcome.row is None
            if outcome.row is not None:
                differences.append(outcome.difference)
    assert np.percentile(differences, 95) < 2
    assert max(differences) <= MAX_DIFFERENCE
    assert left_out <= 0.05 * (left_out + len(differences))


def test_nothing_is_done_the_second_time(library: MotifLibrary) -> None:
    said: list[str] = []
    assert install_library(default_folder(None), say=said.append).current
    assert said == []


def test_library_has_enough_subjects_in_colour(library: MotifLibrary) -> None:
    coloured = {
        subject
        for each in DEFAULT
        if each.style in {"flat", "duotone"}
        for subject in library.subjects_of(each.name)
        if any(len(drawing.colours) > 1 for drawing in library.drawings_of(subject))
    }
    assert len(coloured) >= LEAST_SUBJECTS


def test_subjects_have_names_in_english_and_chinese(library: MotifLibrary) -> None:
    nameless = [
        (subject.id, language)
        for subject in library.subjects()
        for language in ("en", "zh")
        if not library.names(subject.id, language)[0]
    ]
    assert nameless == []


def test_no_faces_flags_letters_or_religious_signs(library: MotifLibrary) -> None:
    unwanted = {"grinning-face", "waving-hand", "man", "latin-cross", "input-numbers", "dog-face"}
    assert unwanted & {subject.id for subject in library.subjects()} == set()
    assert not any("skin-tone" in subject.id for subject in library.subjects())
