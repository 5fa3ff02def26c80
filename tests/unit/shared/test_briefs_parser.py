"""Briefs in both languages are parsed into terms of the vocabulary."""

import json
import random
import string

import pytest

from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import LANGUAGES, VOCABULARIES

OWNERS = (
    "手机壳。材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑",
    "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑",
    "phone case: aluminium, translucent; abstract geometric, gradient; waterproof, non-slip",
)


@pytest.mark.parametrize("brief", OWNERS)
def test_documented_example_is_parsed_completely(brief: str) -> None:
    understood = parse_brief(brief)
    assert understood == ParsedBrief(
        product="phone-case",
        material="aluminium",
        materials=("aluminium", "translucent"),
        pattern="geometric",
        gradient=True,
        functions=("waterproof", "non-slip"),
        language="en" if brief.isascii() else "zh",
        unknown=(),
    )


@pytest.mark.parametrize(
    ("brief", "colours", "excluded"),
    [
        ("navy blue and gold", ("navy", "gold"), ()),
        ("gold on navy, then gold again", ("gold", "navy"), ()),
        ("蓝白相间", ("blue", "white"), ()),
        ("藏青色配金色", ("navy", "gold"), ()),
        ("blue, no red or pink please", ("blue",), ("red", "pink")),
        ("without red but with green", ("green",), ("red",)),
        ("no red, just white", ("white",), ("red",)),
        ("不要红色，要蓝色", ("blue",), ("red",)),
        ("不要红色和粉色，用绿色", ("green",), ("red", "pink")),
        ("turquise and burgandy", ("turquoise", "burgundy"), ()),
        ("Gray Color", ("grey",), ()),
        ("light blue", ("sky",), ()),
        ("克莱因蓝", ("cobalt",), ()),
        ("克洛因蓝", ("blue",), ()),
        ("红烧", (), ()),
        ("黑白灰", ("black", "white", "grey"), ()),
        ("紫蓝绿三色", ("purple", "blue", "green"), ()),
        ("黄绿圆点", ("lime",), ()),
        ("no red, pink or purple; teal", ("teal",), ("red", "pink", "purple")),
        ("no red, green stripes", ("green",), ("red",)),
        ("anything but brown", (), ("brown",)),
        ("红色不要，蓝色要", ("blue",), ("red",)),
        ("避开红色和绿色，银色", ("silver",), ("red", "green")),
        ("紅與白", ("red", "white"), ()),
    ],
)
def test_colours_and_excluded_colours_are_parsed(
    brief: str, colours: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    understood = parse_brief(brief)
    assert understood.colours == colours
    assert understood.excluded_colours == excluded


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("diagonal stripes", {"pattern": "diagonal-stripes", "gradient_direction": ""}),
        (
            "vertical gradient over hexagns",
            {"pattern": "hexagons", "gradient_direction": "vertical"},
        ),
        ("从上到下渐变的祥云", {"pattern": "clouds", "gradient_direction": "vertical"}),
        ("no gradient, dots", {"pattern": "dots", "gradient": False}),
        ("a plain gradient", {"pattern": "gradient", "gradient": True}),
        ("没有渐变，波点", {"pattern": "dots", "gradient": False}),
        ("small roses", {"pattern": "", "scale": "small"}),
        ("大花朵", {"pattern": "flowers", "scale": "large"}),
        ("thin stripes", {"pattern": "stripes", "line_weight": "fine"}),
        ("dense terrazzo, high contrast", {"density": "dense", "contrast": "high"}),
        ("面包", {"product": ""}),
        ("t-shirt with STARS", {"product": "t-shirt", "pattern": "stars"}),
        ("water-resistant nonslip mug", {"functions": ("waterproof", "non-slip")}),
        ("水墨风格的青花", {"mood": ("ink",), "pattern": "porcelain", "unknown": ()}),
        ("I would love a cup", {"mood": (), "product": "mug"}),
        ("navy to sky", {"gradient": True}),
        ("由青柠到蓝绿", {"gradient": True, "colours": ("lime", "teal")}),
        ("navy and sky, to order", {"gradient": False}),
        ("ombré waves", {"gradient": True, "pattern": "waves"}),
        ("abstract wavy lines", {"pattern": "waves"}),
        ("abstract", {"pattern": "geometric"}),
        ("纯色底，波点", {"pattern": "dots"}),
        ("单色大马士革", {"pattern": "damask", "mood": ("monochrome",)}),
        ("单色", {"pattern": "solid", "mood": ()}),
        ("no pattern", {"pattern": "solid"}),
        ("porcelain cup with roses", {"pattern": "", "materials": ("ceramic",)}),
        ("a porcelain mug", {"pattern": "porcelain", "materials": ()}),
        ("canvas bag", {"product": "tote", "materials": ("canvas",)}),
        ("a canvas bag in linen", {"materials": ("linen",)}),
        ("thin gold stripes", {"line_weight": "fine", "colours": ("gold",)}),
        ("stripes, thin", {"line_weight": "fine"}),
        ("a thin phone case", {"line_weight": ""}),
        ("密集，小，加号", {"scale": "small", "density": "dense"}),
        ("recyclable and light", {"functions": ("recyclable", "lightweight")}),
        ("light blue", {"functions": ()}),
        ("搪瓷杯", {"product": "mug", "materials": (), "unknown": ("搪瓷",)}),
        ("贝壳", {"product": ""}),
        ("手機殼，條紋", {"product": "phone-case", "pattern": "stripes", "language": "zh"}),
    ],
)
def test_parts_of_briefs_are_parsed(brief: str, expected: dict[str, object]) -> None:
    understood = parse_brief(brief)
    assert {name: getattr(understood, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("brief", "pattern", "others"),
    [
        ("几何三角形，蓝色", "triangles", ()),
        ("geometric triangles, blue", "triangles", ()),
        ("abstract geometric", "geometric", ()),
        ("geometric, no triangles", "geometric", ()),
        ("floral damask cushion", "damask", ("flowers",)),
        ("floral mug with stripes", "flowers", ("stripes",)),
        ("手机壳，波点，条纹", "dots", ("stripes",)),
        ("stripes, dots and a plain gradient", "stripes", ("dots",)),
        ("stripes, no dots", "stripes", ()),
        ("马克杯，白底蓝花，青花", "porcelain", ()),
        ("白底蓝花", "flowers", ()),
        ("porcelain cup with stripes", "stripes", ()),
    ],
)
def test_specific_patterns_are_drawn_and_others_told(
    brief: str, pattern: str, others: tuple[str, ...]
) -> None:
    understood = parse_brief(brief)
    assert (understood.pattern, understood.other_patterns) == (pattern, others)
    told = [code for code in brief_notices(understood) if code.startswith("one_pattern:")]
    assert told == [f"one_pattern:{pattern}:{other}" for other in others]


@pytest.mark.parametrize(
    ("brief", "field", "value"),
    [
        ("half-drop repeat, koi", "repeat", "half-drop"),
        ("koi, brick repeat", "repeat", "half-brick"),
        ("半跳接版，牡丹", "repeat", "half-drop"),
        ("non-directional roses", "layout", "tossed"),
        ("无方向性的玫瑰", "layout", "tossed"),
        ("one-way foxes", "layout", "one-way"),
        ("foxes in rows", "layout", "rows"),
        ("单向，小猫", "layout", "one-way"),
        ("half drop repeat of olive branches on cream", "repeat", "half-drop"),
        ("half drop repeat of olive branches on cream", "shares", ()),
        ("玫瑰，奶油底，1/2跳接", "shares", ()),
        ("排成一行一行的小猫", "layout", "rows"),
        ("navy #1F2A44 and white stripes", "colours", ("#1F2A44", "white")),
        ("橙色#F26B1F的条纹", "colours", ("#F26B1F",)),
        ("black, #C9A227 dots", "colours", ("black", "#C9A227")),
        ("蓝白青花", "colours", ("blue", "white")),
        ("青少年卧室壁纸，火箭", "colours", ()),
        ("圣诞老人，红底", "undrawn", ("圣诞老人",)),
        ("single colour roses", "mood", ("monochrome",)),
        ("单色玫瑰", "pattern", ""),
        ("粉紫渐变", "colours", ("pink", "purple")),
        ("粉紫色渐变", "colours", ("lilac",)),
        ("红色到蓝绿渐变", "colours", ("red", "teal")),
        ("my daughter loves unicorns", "mood", ()),
        ("foxes with bolder lines", "line_weight", "bold"),
        ("狐狸，线条细一点", "line_weight", "fine"),
        ("toile in blue", "unknown", ("toile",)),
        ("hand-drawn foxes", "unknown", ("hand-drawn",)),
        ("mirror repeat, roses", "unknown", ("mirror repeat",)),
        ("Hawaiian shirt: hibiscus", "other_product", "Hawaiian shirt"),
        ("lemons, tea towel, light blue background", "other_product", "tea towel"),
        ("千鸟格，大衣用", "other_product", "大衣"),
    ],
)
def test_words_of_the_trade_are_read(brief: str, field: str, value: object) -> None:
    assert getattr(parse_brief(brief), field) == value


@pytest.mark.parametrize(
    ("brief", "unknown"),
    [
        ("a gizmo riding a unicycle, in purple", ("gizmo riding", "unicycle")),
        ("皮卡丘骑独轮板，紫色", ("皮卡丘骑独轮板",)),
        ("please make me something nice", ()),
        ("a tie-dye mug from Lyon", ("tie-dye", "Lyon")),
        ("纸鹤 and stain resistant", ("纸鹤", "stain resistant")),
        ("騾，鵪", ("騾", "鵪")),
        ("🦄 42 !?", ()),
    ],
)
def test_unknown_words_are_reported(brief: str, unknown: tuple[str, ...]) -> None:
    assert parse_brief(brief).unknown == unknown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_parsed_as_its_term(language: str) -> None:
    missed = []
    for kind, terms in VOCABULARIES.items():
        for term in terms.values():
            for name in (*term.names(language), *term.synonyms(language)):
                text = f"gradient {name}" if kind == "gradient_direction" else name
                understood = parse_brief(text)
                if kind == "pattern" and understood.motifs:
                    continue  # daisies are drawn, and no pattern
                found = getattr(understood, _FIELDS.get(kind, kind))
                if term.key not in (found if isinstance(found, tuple) else (found,)):
                    missed.append((kind, term.key, name, found))
    assert missed == []


_FIELDS = {"material": "materials", "colour": "colours", "function": "functions"}


def test_parsed_brief_round_trips_through_json() -> None:
    understood = parse_brief(OWNERS[0])
    document = json.loads(json.dumps(understood.to_document()))
    assert ParsedBrief.from_document(document) == understood
    assert ParsedBrief.from_document({"product": "mug", "later": 1}) == ParsedBrief(product="mug")


def test_any_text_can_be_parsed() -> None:
    letters = string.printable + "的红蓝龙手机不要渐变大，。、\u200b\ud83e\u0130ﬁ①Ａ"
    dice = random.Random(7)
    for _ in range(300):
        text = "".join(dice.choice(letters) for _ in range(dice.randrange(80)))
        assert parse_brief(text).language in LANGUAGES


@pytest.mark.parametrize(
    ("brief", "language"), [("红 mug", "zh"), ("红 blue mug", "en"), ("", "en")]
)
def test_language_is_that_of_most_words_and_characters(brief: str, language: str) -> None:
    assert parse_brief(brief).language == language
