"""Tests of the directions of briefs that leave much open."""

from itertools import combinations

import pytest

from shared.briefs.directions import completed
from shared.briefs.directions.completed import COUNT, completed_briefs, open_parts
from shared.briefs.directions.tables import Direction, Directions, directions
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS

DIRECTIONS = directions().direction
BRIEFS = (
    "something cosy for kids",
    "a gift for my dad",
    "elegant wedding mug, no red",
    "poster",
    "calm blue notebook",
    "mug with foxes",
    "T-shirt without flowers or animals, sporty",
    "phone case: aluminium, waterproof; only navy and white",
    "送给妈妈的生日礼物，温馨",
    "春节手机壳",
    "海报，不要动物，森林感",
    "帆布袋，70%藏青色，其余白色",
)


def text_of(direction: Direction, language: str) -> str:
    colours = [COLOURS[key].label(language) for key in direction.colours]
    draw = direction.draw.said(language)
    if language == "zh":
        return f"马克杯。{draw}，{'、'.join(colours)}。"
    return f"A mug. {draw[0].upper()}{draw[1:]} in {', '.join(colours)}."


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("direction", DIRECTIONS, ids=lambda each: each.title.en)
def test_each_direction_is_understood_whole(direction: Direction, language: str) -> None:
    understood = parse_brief(text_of(direction, language))
    assert understood.unknown == understood.undrawn == ()
    assert understood.colours == direction.colours
    assert understood.product == "mug"
    assert bool(understood.pattern) != bool(understood.motifs)
    others = parse_brief(text_of(direction, "zh" if language == "en" else "en"))
    subjects = [each.subjects[0] for each in understood.motifs]
    assert subjects == [each.subjects[0] for each in others.motifs]
    assert understood.pattern == others.pattern


@pytest.mark.parametrize("brief", BRIEFS)
def test_four_briefs_keep_what_is_said_and_fill_in_what_is_open(brief: str) -> None:
    before = parse_brief(brief)
    parts = open_parts(before)
    found = completed_briefs(brief)
    assert len(found) == COUNT
    for each in found:
        after = parse_brief(each.brief)
        assert after == each.understood
        assert open_parts(after) == ()
        assert each.title
        assert each.brief.startswith(brief.rstrip("。"))
        for name in ("product", "materials", "functions", "shares", "only", "refused", "unknown"):
            assert getattr(after, name) == getattr(before, name), name
        assert after.excluded_colours == before.excluded_colours
        assert set(after.mood) >= set(before.mood)
        if "colours" not in parts:
            assert after.colours == before.colours
        if "look" not in parts:
            assert after.motifs == before.motifs
    if "colours" in parts:
        for one, other in combinations(found, 2):
            assert len({*one.understood.colours} & {*other.understood.colours}) <= 1
    if "look" in parts:
        looks = {
            (each.understood.pattern, tuple(thing.subjects[0] for thing in each.understood.motifs))
            for each in found
        }
        assert len(looks) == COUNT


def test_what_is_refused_is_in_no_direction() -> None:
    red = {"red", *(key for key, colour in COLOURS.items() if "red" in colour.shade_of)}
    for each in completed_briefs("romantic wedding mug, no red, no flowers"):
        assert not red & {*each.understood.colours}
        assert each.understood.pattern != "flowers"
        assert "rose" not in each.brief.lower().replace("dusty rose", "")


def test_mood_and_audience_choose_the_directions() -> None:
    titles = {each.title for each in completed_briefs("春节")}
    assert {"仙鹤祥云", "灯笼与中国结"} < titles
    assert "Reindeer and snow" in [each.title for each in completed_briefs("a Christmas mug")]
    assert "Up and away" in [each.title for each in completed_briefs("a mug for kids")]


def test_titles_are_in_the_language_that_is_asked_for() -> None:
    found = completed_briefs("春节手机壳", "en")
    assert found[0].title == "Lanterns and knots"
    assert found[0].brief.startswith("春节手机壳。灯笼")


def test_nothing_is_open_and_nothing_too_long() -> None:
    assert completed_briefs("foxes in navy and cream, mug") == []
    assert completed_briefs("mug", max_chars=10) == []


@pytest.mark.parametrize(
    ("brief", "most"),
    [
        (("quirky gift " * 170)[:1990], 1),  # too long with any direction
        ("maroon, camel, ecru scarf", 17),  # contradicted by all of them
        ("a cosy mug for my dad, no red", 9),
    ],
)
def test_few_texts_are_parsed(monkeypatch: pytest.MonkeyPatch, brief: str, most: int) -> None:
    texts: list[str] = []

    def counted(text: str) -> ParsedBrief:
        texts.append(text)
        return parse_brief(text)

    monkeypatch.setattr(completed, "parse_brief", counted)
    completed_briefs(brief)
    assert 1 <= len(texts) <= most


def test_a_direction_with_an_unknown_name_is_rejected() -> None:
    document = directions().model_dump()
    for field, value in (("kind", "nothing"), ("colours", ("navy", "nothing")), ("fits", ["x"])):
        wrong = {**document, "direction": [{**document["direction"][0], field: value}] * 4}
        with pytest.raises(ValueError, match="there is no"):
            Directions.model_validate(wrong)
