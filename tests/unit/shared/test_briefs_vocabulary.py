"""The data files of the vocabulary are valid, complete and unambiguous."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from shared.briefs import parser
from shared.briefs.text.index import _PHRASE_KINDS, is_chinese
from shared.briefs.text.loader import (
    DATA,
    VocabularyError,
    check_palettes,
    load_replacements,
    load_terms,
)
from shared.briefs.text.terms import Colour, Pattern, Term, Theme
from shared.briefs.text.traditional import simplified
from shared.briefs.vocabulary import (
    COLOURS,
    GRADIENT_DIRECTIONS,
    LANGUAGES,
    MOODS,
    PATTERNS,
    PHRASES,
    PRODUCTS,
    VOCABULARIES,
)

TERMS = [(kind, term) for kind, terms in VOCABULARIES.items() for term in terms.values()]
ENTRIES = [*TERMS, *(("phrases", phrase) for phrase in PHRASES.values())]
MANIFEST = Path(__file__).resolve().parents[3] / "worker" / "weights" / "manifest.json"
IN_CODE = {
    "product": {"phone-case"},
    "material": {"ceramic", "canvas", "glass", "paper", "plastic"},
    "finish": {"matte"},
    "pattern": {"gradient", "solid", "geometric", "porcelain"},
    "colour": {
        "beige", "black", "blue", "charcoal", "cobalt", "cream", "ice", "indigo", "ivory", "navy",
        "silver", "white",
    },
    "function": set(parser._STANDALONE_FUNCTIONS.values()),
    "mood": {"cool", "monochrome", "noir", "pastel", "warm"},
    "gradient_direction": set(parser._DIRECTION_WORDS.values()),
}  # fmt: skip
"""Keys that code names, beside the tables that other tests compare with the vocabulary."""


def test_vocabulary_has_the_expected_size() -> None:
    assert len(COLOURS) >= 48
    assert len(PATTERNS) >= 32
    assert set(PRODUCTS) == {"phone-case", "mug", "t-shirt", "tote", "notebook", "poster"}
    assert set(GRADIENT_DIRECTIONS) == {"vertical", "horizontal", "diagonal", "radial"}


def test_every_file_is_loaded() -> None:
    files = {file.name.removesuffix(".toml") for file in DATA.iterdir() if ".toml" in file.name}
    plurals = {"finish": "finishes", "density": "densities"}
    kinds = {plurals.get(kind, f"{kind}s") for kind in VOCABULARIES}
    assert files == kinds | {"amounts", "phrases", "spellings", "traditional"}


@pytest.mark.parametrize("kind", IN_CODE)
def test_keys_used_in_code_exist(kind: str) -> None:
    assert IN_CODE[kind] - VOCABULARIES[kind].keys() == set()


def test_phrase_kinds_match_those_of_the_index() -> None:
    assert PHRASES.keys() == _PHRASE_KINDS.keys()


def test_qualifiers_refer_to_existing_entries() -> None:
    assert parser._QUALIFIERS
    for kind, key in parser._QUALIFIERS.values():
        assert key in VOCABULARIES[kind]


def test_vocabulary_matches_the_keys_of_the_released_models() -> None:
    """Model outputs are keys by position: no key may be moved, renamed or removed."""
    configs = {
        entry["role"]: entry["config"] for entry in json.loads(MANIFEST.read_text())["versions"]
    }
    for kind, keys in configs["fusion"]["vocabulary"].items():
        assert list(VOCABULARIES[kind])[: len(keys)] == keys
    assert len(COLOURS) == configs["captioner"]["colours"]
    for kind, count in configs["captioner"]["readings"]:
        assert len(VOCABULARIES[kind]) == count - 1  # and "none" or "photograph"


@pytest.mark.parametrize(("kind", "term"), ENTRIES, ids=lambda given: getattr(given, "key", given))
def test_names_are_in_the_language_of_their_field(kind: str, term: Term) -> None:
    assert all(name.isascii() for name in (*term.en, *term.en_synonyms))
    for name in (*term.zh, *term.zh_synonyms):
        assert any(map(is_chinese, name)), f"{kind}: {name} is not Chinese"
        assert simplified(name) == name, f"{kind}: {name} has traditional characters"


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_unambiguous(language: str) -> None:
    meanings = defaultdict(list)
    for kind, term in ENTRIES:
        for name in (*term.names(language), *term.synonyms(language)):
            meanings[name].append((kind, term.key))
    assert {name: keys for name, keys in meanings.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_labels_are_unique(kind: str) -> None:
    for language in LANGUAGES:
        labels = [term.label(language) for term in VOCABULARIES[kind].values()]
        assert len(set(labels)) == len(labels)
    for term in VOCABULARIES[kind].values():
        assert term.zh_label != term.name("zh")


@pytest.mark.parametrize("kind", ["product", "material", "pattern", "mood"])
def test_labels_are_parsed_as_their_terms(kind: str) -> None:
    """A brief that repeats a chip's label yields the same chip."""
    for key, term in VOCABULARIES[kind].items():
        found = getattr(parser.parse_brief(term.label("zh")), _FIELDS.get(kind, kind))
        assert key in ((found,) if isinstance(found, str) else found), term.label("zh")


_FIELDS = {"material": "materials"}


def test_terms_have_labels_in_both_languages() -> None:
    assert PRODUCTS["t-shirt"].label("zh") == "T恤"
    assert PRODUCTS["t-shirt"].label("en") == "t-shirt"
    assert PRODUCTS["mug"].label("zh") == PRODUCTS["mug"].name("zh") == "马克杯"


def test_traditional_characters_are_simplified() -> None:
    assert (
        simplified("手機殼，鋁合金，幾何圖案，漸變，防水 mug")
        == "手机壳，铝合金，几何图案，渐变，防水 mug"
    )


def test_colours_are_distinct() -> None:
    assert len({colour.rgb for colour in COLOURS.values()}) == len(COLOURS)
    assert COLOURS["navy"].rgb == (0x1B, 0x2B, 0x55)


def test_entries_keep_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "moods.toml").write_bytes(
        '\ufeff# a comment\r\n[wild]\r\nen = ["wild", "untamed"]\r\nzh = ["狂野"]\r\n'
        'zh_synonyms = ["野性"]\r\npalettes = [["red", "black"]]\r\n[calm]\r\n'
        'en = ["calm"]\r\nzh = ["平静"]\r\npalettes = [["sky", "ice"]]\r\n'.encode()
    )
    moods = load_terms("moods", Theme, tmp_path)
    assert list(moods) == ["wild", "calm"]
    assert moods["wild"] == Theme(
        key="wild",
        en=("wild", "untamed"),
        zh=("狂野",),
        zh_synonyms=("野性",),
        palettes=(("red", "black"),),
    )
    assert moods["wild"].name("en") == "wild"
    assert moods["wild"].synonyms("zh") == ("野性",)
    assert moods["calm"].synonyms("en") == ()


NAVY = 'hex = "#1B2B55"\nen = ["navy"]\nzh = ["藏青"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[navy]\nhex = #1B2B55\nen = ["navy"]',
            "colours.toml: Invalid value (at line 2, column 7",
        ),
        (
            f"[navy]\n{NAVY}[navy]\n{NAVY}",
            "colours.toml: Cannot declare ('navy',) twice (at line 5",
        ),
        (f"[navy]\n{NAVY}".replace("55", "5"), "colours.toml: [navy] hex: "),
        (f"[navy]\n{NAVY}".replace("1B", "1b"), "colours.toml: [navy] hex: "),
        (f"[navy]\n{NAVY}".replace("zh", "cn"), "colours.toml: [navy] zh: Field required"),
        (f"[navy]\n{NAVY}".replace("zh", "cn"), "colours.toml: [navy] cn: "),
        (f"[navy]\n{NAVY}".replace('["藏青"]', "[]"), "colours.toml: [navy] zh: "),
        (f"[navy]\n{NAVY}".replace('["navy"]', '"navy"'), "colours.toml: [navy] en: "),
        (f"[navy]\n{NAVY}".replace('["navy"]', '["Navy"]'), "[navy] en.0: "),
        (f"[navy]\n{NAVY}".replace('["navy"]', '["navy "]'), "[navy] en.0: "),
        (f"[navy]\n{NAVY}".replace('["navy"]', '["navy", 7]'), "[navy] en.1: "),
        (f"[Navy_Blue]\n{NAVY}", "colours.toml: [Navy_Blue] key: "),
        (f'[navy]\nkey = "blue"\n{NAVY}', "colours.toml: [navy] key: "),
        (NAVY, "colours.toml: hex: a field before the first entry"),
        (f"[navy]\n{NAVY}[marine]\n{NAVY}", "[marine] en: 'navy' is a name of [navy] already"),
        (f'[navy]\n{NAVY}en_synonyms = ["navy"]', "[navy] en: 'navy' is a name of [navy] already"),
    ],
)
def test_errors_name_file_entry_and_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "colours.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError) as refused:
        load_terms("colours", Colour, tmp_path)
    assert said in str(refused.value)


def test_all_errors_of_a_file_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "patterns.toml").write_text(
        '[waves]\nkind = "wet"\nen = []\nzh = ["波浪"]\n[dots]\nkind = "plain"\nen = ["dots"]\n'
    )
    with pytest.raises(VocabularyError) as refused:
        load_terms("patterns", Pattern, tmp_path)
    places = [line.split(":")[1].strip() for line in str(refused.value).splitlines()]
    assert sorted(places) == ["[dots] zh", "[waves] en", "[waves] kind"]


def test_palettes_are_validated(tmp_path: Path) -> None:
    start = '[wild]\nen = ["wild"]\nzh = ["狂野"]\npalettes = '
    for palettes in ('[["red"]]', '[["red", "red"]]', "[]", '["red black"]'):
        (tmp_path / "moods.toml").write_text(start + palettes)
        with pytest.raises(VocabularyError, match=r"moods\.toml: \[wild\] palettes"):
            load_terms("moods", Theme, tmp_path)
    (tmp_path / "moods.toml").write_text(start + '[["red", "reed"]]')
    with pytest.raises(VocabularyError, match=r"moods\.toml: \[wild\] palettes: 'reed'"):
        check_palettes(load_terms("moods", Theme, tmp_path), COLOURS)
    assert MOODS["sunset"].palettes[0] == ("orange", "coral", "plum")


def test_replacements_are_validated(tmp_path: Path) -> None:
    (tmp_path / "spellings.toml").write_text("gray = 7\n")
    with pytest.raises(VocabularyError, match=r"spellings\.toml: \[gray\]"):
        load_replacements("spellings", folder=tmp_path)
    (tmp_path / "spellings.toml").write_bytes(b"gray = '\xff'\n")
    with pytest.raises(VocabularyError, match=r"spellings\.toml: .*utf-8"):
        load_replacements("spellings", folder=tmp_path)
