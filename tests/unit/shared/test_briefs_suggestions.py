"""Tests of what is suggested instead of words that are not understood."""

from pathlib import Path

import pytest

from shared.briefs.parser import parse_brief
from shared.briefs.suggestions import suggestions
from shared.motifs.library import MotifLibrary, open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> MotifLibrary:
    """Return a library without sets: only the own motifs."""
    folder: Path = tmp_path_factory.mktemp("motifs")
    return open_library(folder, ())


@pytest.mark.parametrize(
    ("word", "kind", "key"),
    [
        ("turquois", "colour", "turquoise"),
        ("houndstoth", "pattern", "houndstooth"),
        ("foxie", "motif", "own:fox"),
        ("青莲蓝", "colour", "cyan"),
        ("千鸟", "pattern", "houndstooth"),
        ("鲸鲨", "motif", "own:whale-tail"),
    ],
)
def test_the_nearest_words_are_suggested(
    library: MotifLibrary, word: str, kind: str, key: str
) -> None:
    found = suggestions(word, library)
    assert (kind, key) in [(each.kind, each.key) for each in found]
    assert len(found) <= 4


@pytest.mark.parametrize("word", ["turquois", "lavendar", "houndstoth", "foxie", "千鸟", "鲸鲨"])
def test_what_is_suggested_is_understood(library: MotifLibrary, word: str) -> None:
    for each in suggestions(word, library):
        understood = parse_brief(each.text)
        assert understood.unknown == (), each
        assert understood.colours or understood.pattern or understood.motifs or understood.mood


@pytest.mark.parametrize("word", ["魑魅", "xqzvw", "", " ", "🦊🦊", "العربية", "<b>"])
def test_nothing_is_suggested_for_what_resembles_nothing(library: MotifLibrary, word: str) -> None:
    assert suggestions(word, library) == ()


def test_long_words_are_cut(library: MotifLibrary) -> None:
    assert suggestions("z" * 100_000, library) == ()
