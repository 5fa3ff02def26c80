"""Areas of colours are read in numbers and in words, and nothing else is read as an amount."""

import pytest

from shared.briefs.parser import parse_brief


@pytest.mark.parametrize(
    ("brief", "areas"),
    [
        ("90 % navy, 10 % gold, stripes", {"navy": 90, "gold": 10}),
        ("navy 80%, gold 20%, chevron", {"navy": 80, "gold": 20}),
        ("60 percent sage and forty percent ivory", {"sage": 60, "ivory": 40}),
        ("70/30 green and sand, checks", {"green": 70, "sand": 30}),
        ("brick red on oatmeal, 30/70.", {"rust": 30, "beige": 70}),
        ("a 60/30/10 split of navy, white and gold", {"navy": 60, "white": 30, "gold": 10}),
        ("maroon 80, ivory 20", {"burgundy": 80, "ivory": 20}),
        ("two thirds navy and the rest cream", {"navy": 66.7, "cream": 33.3}),
        ("equal parts red and white, gingham", {"red": 50, "white": 50}),
        ("half black, half white checks", {"black": 50, "white": 50}),
        ("七成藏青三成金色，条纹", {"navy": 70, "gold": 30}),
        ("藏青占70%，金色占30%，几何", {"navy": 70, "gold": 30}),
        ("三七开的绿与沙色，格子", {"green": 30, "sand": 70}),
        ("驼色跟黑按8:2来", {"tan": 80, "black": 20}),
        ("粉色九成，剩下的用白色", {"pink": 90, "white": 10}),
        ("红白各一半，格子", {"red": 50, "white": 50}),
        ("百分之六十蓝色，百分之四十白色", {"blue": 60, "white": 40}),
    ],
)
def test_numbers(brief: str, areas: dict[str, float]) -> None:
    understood = parse_brief(brief)
    assert {share.colour: share.aim for share in understood.shares} == areas
    for share in understood.shares:
        assert share.low < share.aim < share.high
    assert not understood.gradient
    assert understood.unknown == ()


@pytest.mark.parametrize(
    ("brief", "most", "touch"),
    [
        ("mostly white with a touch of coral, dots", "white", "coral"),
        ("white as the main colour, coral accents, dots", "white", "coral"),
        ("predominantly white; coral used sparingly", "white", "coral"),
        ("白色为主，点缀珊瑚色，波点", "white", "coral"),
        ("大面积白色，少量珊瑚色点缀", "white", "coral"),
        ("白色占大头，珊瑚色少一点", "white", "coral"),
    ],
)
def test_words(brief: str, most: str, touch: str) -> None:
    shares = {share.colour: share for share in parse_brief(brief).shares}
    assert shares.keys() == {most, touch}
    assert shares[most].low >= 50
    assert shares[touch].high <= 20


def test_bounds() -> None:
    shares = parse_brief("at most 10 % gold, at least 60 % navy, dots").shares
    assert [(share.low, share.high) for share in shares] == [(0.5, 10.0), (60.0, 100.0)]


@pytest.mark.parametrize(
    "brief", ["60 % cotton tote with foxes", "a little fox", "half-drop repeat of lemons", "大狐狸"]
)
def test_amounts_of_other_things_are_no_areas(brief: str) -> None:
    assert parse_brief(brief).shares == ()


def test_a_little_gold_is_no_small_pattern() -> None:
    understood = parse_brief("a little gold on navy, waves")
    assert (understood.scale, understood.ground) == ("", "navy")
