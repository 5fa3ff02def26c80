"""Search terms: what a query finds, in both languages."""

import pytest

from shared.briefs.parser import parse_brief
from shared.library.colours import colour_of, oklab
from shared.library.terms import query_terms, tag_term, terms_of

FOX = "手机壳：狐狸和松树，墨绿底，防水"
LEMON = "mug with lemons on navy, hand-drawn"
CRANES = "仙鹤与牡丹，红色，藏青底"
PARIS = "Notebook for Café Ünique"


def finds(query: str, brief: str, *, name: str = "", tags: tuple[str, ...] = ()) -> bool:
    """Return whether a query matches a design, as the database compares them."""
    terms = set(terms_of([brief, name], parse_brief(brief).to_document(), tags=tags))
    groups = query_terms(query)
    return bool(groups) and all(terms & set(group) for group in groups)


@pytest.mark.parametrize(
    ("query", "brief"),
    [
        ("fox", FOX),
        ("foxes", FOX),
        ("狐狸", FOX),
        ("pine tree", FOX),
        ("phone case", FOX),
        ("waterproof fox", FOX),
        ("柠檬", LEMON),
        ("lemon mug", LEMON),
        ("柠檬 杯子", LEMON),
        ("NAVY", LEMON),
        ("cafe unique", PARIS),
        ("鸟", CRANES),
        ("birds", CRANES),
        ("动物", CRANES),
        ("flowers", CRANES),
        ("花", CRANES),
        ("水果", "mug with lychees"),
        ("fish", "a koi on red"),
    ],
)
def test_query_finds_the_design(query: str, brief: str) -> None:
    assert finds(query, brief)


@pytest.mark.parametrize(
    ("query", "brief"),
    [
        ("bear", FOX),
        ("bird", FOX),
        ("crane", "birds on teal"),
        ("mug", "tote bag with teacups"),
        ("flowers", FOX),
        ("fox mug", FOX),
        ("lemon poster", LEMON),
        ("狐", LEMON),
        ("水防", FOX),
        ("😀", LEMON),
        ("", LEMON),
    ],
)
def test_query_finds_no_other_design(query: str, brief: str) -> None:
    assert not finds(query, brief)


def test_names_and_tags_are_found() -> None:
    assert finds("spring 2027", LEMON, name="Spring 2027")
    assert not finds("spring 2028", LEMON, name="Spring 2027")
    assert finds("春季", LEMON, tags=("春季新品",))
    assert "tag:acme" in terms_of([], {}, tags=["ACME "])
    assert tag_term("Ａcme") == tag_term("acme")


def test_markup_and_other_scripts_are_only_words() -> None:
    assert query_terms("<script>alert(1)</script>") == [["1"], ["alert"], ["script"]]
    assert query_terms("مرحبا") == []


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#0B7A75", "#0b7a75"), ("0b7a75", "#0b7a75"), ("teal", None), ("墨绿", None), ("x", "")],
)
def test_colours_are_read_by_number_and_name(text: str, colour: str | None) -> None:
    found = colour_of(text)
    if colour == "":
        assert found is None
    elif colour is None:
        assert found is not None
        assert found.startswith("#")
    else:
        assert found == colour


def test_oklab_of_the_primaries() -> None:
    """The values are those of the author's table, rounded to three digits."""
    assert oklab("#ffffff") == pytest.approx((1.0, 0.0, 0.0), abs=1e-3)
    assert oklab("#000000") == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)
    assert oklab("#ff0000") == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)
    assert oklab("#00ff00") == pytest.approx((0.866, -0.234, 0.179), abs=1e-3)
    assert oklab("#0000ff") == pytest.approx((0.452, -0.032, -0.312), abs=1e-3)
