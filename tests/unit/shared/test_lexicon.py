"""The lexicon: complete in both languages, and no name means two things."""

from collections import defaultdict

import pytest

from shared.lexicon import (
    COLOURS,
    GRADIENT_DIRECTIONS,
    LANGUAGES,
    MOODS,
    PATTERNS,
    PRODUCTS,
    VOCABULARIES,
)
from shared.lexicon.labels import CHINESE_LABELS
from shared.lexicon.synonyms import SYNONYMS
from shared.lexicon.terms import Names, Term, by_key, names_by_key
from shared.lexicon.traditional import simplified
from shared.understanding import understand

TERMS = [(kind, term) for kind, terms in VOCABULARIES.items() for term in terms.values()]


def test_there_is_a_rich_choice() -> None:
    assert len(COLOURS) >= 48
    assert len(PATTERNS) >= 32
    assert set(PRODUCTS) == {"phone-case", "mug", "t-shirt", "tote", "notebook", "poster"}
    assert set(GRADIENT_DIRECTIONS) == {"vertical", "horizontal", "diagonal", "radial"}


@pytest.mark.parametrize(("kind", "term"), TERMS, ids=lambda given: getattr(given, "key", given))
def test_every_term_has_names_in_both_languages(kind: str, term: Term) -> None:
    for language in LANGUAGES:
        names = term.names(language)
        assert len(names) >= 2, kind
        assert len(set(names)) == len(names)
        assert all(name == name.strip().lower() and name for name in names)
        assert term.name(language) == names[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_means_two_things(language: str) -> None:
    meanings = defaultdict(list)
    for kind, term in TERMS:
        for name in term.names(language):
            meanings[name].append((kind, term.key))
    for kind, names_of in SYNONYMS.items():
        for key, names in names_of.items():
            for name in getattr(names, language):
                meanings[name].append((kind, key))
    assert {name: keys for name, keys in meanings.items() if len(keys) > 1} == {}


def test_synonyms_name_terms() -> None:
    assert SYNONYMS.keys() == VOCABULARIES.keys()
    for kind, names_of in SYNONYMS.items():
        assert names_of.keys() <= VOCABULARIES[kind].keys()
        for names in names_of.values():
            assert all(name == name.strip().lower() and name for name in (*names.en, *names.zh))


def test_labels_name_terms() -> None:
    """A label names a known term, is not its canonical name, and no two terms share one."""
    for kind, labels in CHINESE_LABELS.items():
        for key, label in labels.items():
            assert label != VOCABULARIES[kind][key].name("zh")
        shown = [labels.get(key, term.name("zh")) for key, term in VOCABULARIES[kind].items()]
        assert len(set(shown)) == len(shown), kind


@pytest.mark.parametrize("kind", ["product", "material", "pattern", "mood"])
def test_labels_are_read_as_what_they_label(kind: str) -> None:
    """Whoever writes what a chip shows gets the same chip."""
    for key, label in CHINESE_LABELS[kind].items():
        found = getattr(understand(label), "materials" if kind == "material" else kind)
        assert key in ((found,) if isinstance(found, str) else found), label


def test_a_table_of_names_wraps_and_has_each_key_once() -> None:
    table = names_by_key("\nred = a|b\n    |c\n    = 红\nblue = d = 蓝|靛\n")
    assert table["red"] == Names(en=("a", "b", "c"), zh=("红",))
    assert table["blue"].zh == ("蓝", "靛")
    with pytest.raises(ValueError, match="red"):
        names_by_key("red = a = 红\nred = b = 赤")


def test_traditional_characters_are_simplified_one_by_one() -> None:
    assert (
        simplified("手機殼，鋁合金，幾何圖案，漸變，防水 mug")
        == "手机壳，铝合金，几何图案，渐变，防水 mug"
    )
    names = "".join(name for _, term in TERMS for name in term.zh)
    assert simplified(names) == names


def test_colours_are_hex_and_all_different() -> None:
    assert all(len(colour.hex) == 7 and colour.hex.startswith("#") for colour in COLOURS.values())
    assert len({colour.rgb for colour in COLOURS.values()}) == len(COLOURS)
    assert COLOURS["navy"].rgb == (0x1B, 0x2B, 0x55)


def test_palettes_of_moods_name_colours() -> None:
    for mood in MOODS.values():
        assert mood.palettes
        for palette in mood.palettes:
            assert 2 <= len(palette) <= 5
            assert len(set(palette)) == len(palette)
            assert set(palette) <= COLOURS.keys(), mood.key


def test_two_terms_with_one_key_are_refused() -> None:
    term = Term(key="same", en=("same",), zh=("同",))
    with pytest.raises(ValueError, match="same"):
        by_key((term, term))
