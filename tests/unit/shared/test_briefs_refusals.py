"""What a brief refuses is read as refused, however it is said, and nothing else is."""

import pytest

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief


def _refused(understood: ParsedBrief) -> set[str]:
    return {*understood.excluded_colours, *(part.key for part in understood.refused)}


@pytest.mark.parametrize(
    "words",
    [
        "green isn't wanted", "green is not wanted", "green-free", "non-green", "minus green",
        "leave green out", "keep green away from it", "green is forbidden", "green not allowed",
        "green is banned at my daughter's school", "neither green nor grey", "can't have green",
        "anything except green", "anything but green", "skip the green", "not a trace of green",
        "Negative prompt: green", "allergic to green", "sans green", "the client hates green",
        "but not in green", "green? no thank you", "green must not appear", "green is off limits",
        "green: no", "please avoid grey and green",
    ],
)  # fmt: skip
def test_english_refusals_of_a_colour(words: str) -> None:
    understood = parse_brief(f"mug, waves, {words}")
    assert "green" in understood.excluded_colours
    assert "green" not in understood.colours
    assert (understood.product, understood.pattern) == ("mug", "waves")


@pytest.mark.parametrize(
    "words",
    [
        "绿色以外的颜色", "绿色不可以", "绿色禁用", "负面提示：绿色", "勿用绿色", "除了绿色都行",
        "不要绿色",
        "绿色就免了吧", "绿色免谈", "拒绝绿色", "避开灰色和绿色", "绿色一丁点都不能出现",
        "灰、绿都不行",
        "客户讨厌绿色", "别用绿色", "绿色已经看腻了", "不含绿色",
    ],
)  # fmt: skip
def test_chinese_refusals_of_a_colour(words: str) -> None:
    understood = parse_brief(f"马克杯，波浪，{words}")
    assert "green" in understood.excluded_colours
    assert "green" not in understood.colours
    assert (understood.product, understood.pattern) == ("mug", "waves")


@pytest.mark.parametrize(
    ("brief", "refused"),
    [
        ("mug, without flowers", {"flowers"}),
        ("mug, dots, without gradient", {"gradient"}),
        ("杯子，不要花", {"flowers"}),
        ("foxes, no cats", {"own:cat"}),
        ("waves, nothing floral, no neon", {"flowers", "neon"}),
        ("材质不要塑料，条纹", {"plastic"}),
        ("stripes, no text", {"text"}),
        ("不想要卡通风格，狐狸", {"playful"}),
    ],
)
def test_other_parts_are_refused(brief: str, refused: set[str]) -> None:
    understood = parse_brief(brief)
    assert _refused(understood) == refused
    assert not refused & {understood.pattern, *understood.mood, *understood.materials}
    assert not understood.gradient


def test_refused_things_are_not_drawn() -> None:
    understood = parse_brief("foxes and lemons, no cats")
    assert [mention.word for mention in understood.motifs] == ["foxes", "lemons"]
    assert [part.word for part in understood.refused] == ["cats"]
    assert understood.unknown == ()


@pytest.mark.parametrize(
    "brief",
    [
        "I can't wait to see foxes in rust", "no problem if it takes long, blue dots",
        "non-slip mug, dots", "not only blue but also gold waves", "好看得不得了，橘红色狐狸",
        "无缝的蓝色波点", "防滑马克杯，条纹", "不仅有蓝色还有金色，波浪",
        "除了绿色以外，还要金色，波点",
        "why not blue waves", "don't forget the stars, navy",
    ],
)  # fmt: skip
def test_negative_words_that_refuse_nothing(brief: str) -> None:
    assert _refused(parse_brief(brief)) == set()


def test_a_refusal_ends_where_a_wish_begins() -> None:
    understood = parse_brief("不含绿色元素的波浪，用蓝色")
    assert understood.pattern == "waves"
    assert (understood.colours, understood.excluded_colours) == (("blue",), ("green",))


def test_a_colour_of_a_refused_thing_may_be_wanted_elsewhere() -> None:
    understood = parse_brief("pink dots, no pink flowers")
    assert (understood.colours, understood.excluded_colours) == (("pink",), ())


@pytest.mark.parametrize(
    ("brief", "only"),
    [
        ("stripes in only navy and white", True),
        ("dots in navy and white, no other colours", True),
        ("teal and gold waves, and that's all", True),
        ("藏青和白色，别的颜色一概不要", True),
        ("只用红白两色，格子", True),
        ("navy and white stripes", False),
        ("only a mug with navy stripes", False),
    ],
)
def test_only_the_named_colours(brief: str, only: bool) -> None:
    understood = parse_brief(brief)
    assert understood.only is only
    assert understood.excluded_colours == ()
    assert len(understood.colours) >= 1


@pytest.mark.parametrize(
    ("brief", "refused"),
    [
        ("mug without any motifs", ["motifs"]),
        ("tote, no pictures", ["pictures"]),
        ("tote with foxes, no other motifs", []),
        ("tote with lemon motifs", []),
    ],
)
def test_motifs_are_refused_as_a_whole(brief: str, refused: list[str]) -> None:
    assert [part.word for part in parse_brief(brief).refused] == refused
