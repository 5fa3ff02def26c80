"""What is wanted in moderation is neither refused nor wanted to the full."""

import pytest

from shared.briefs.parser import parse_brief

MIDDLE = [
    ("roses, not too large", "scale", "medium"),
    ("don't make the roses too big", "scale", "medium"),
    ("the roses shouldn't be too small or too dense", "scale", "medium"),
    ("the roses shouldn't be too small or too dense", "density", "balanced"),
    ("roses, less dense", "density", "balanced"),
    ("roses, not overly busy", "density", "balanced"),
    ("roses, no big ones", "scale", "medium"),
    ("roses, no thick lines", "line_weight", "medium"),
    ("不太大的玫瑰", "scale", "medium"),
    ("玫瑰别太密", "density", "balanced"),
    ("不要把玫瑰画得太大", "scale", "medium"),
    ("玫瑰，不那么密", "density", "balanced"),
    ("玫瑰，线条不要太粗", "line_weight", "medium"),
    ("玫瑰，别太花", "density", "balanced"),
]


@pytest.mark.parametrize(("brief", "field", "value"), MIDDLE)
def test_neither_end_is_the_middle(brief: str, field: str, value: str) -> None:
    understood = parse_brief(brief)
    assert getattr(understood, field) == value
    assert [mention.word for mention in understood.motifs] in (["roses"], ["玫瑰"])


@pytest.mark.parametrize(
    ("brief", "field", "key"),
    [
        ("foxes, not too cute", "mood", "playful"),
        ("小猫，不要太可爱", "mood", "playful"),
        ("不那么甜美的草莓", "mood", "candy"),
        ("dots, not too shiny", "finish", "glossy"),
        ("dots, less shiny", "finish", "glossy"),
    ],
)
def test_a_mood_in_moderation_is_refused(brief: str, field: str, key: str) -> None:
    understood = parse_brief(brief)
    assert [(part.field, part.key) for part in understood.refused] == [(field, key)]
    assert not understood.mood
    assert not understood.finish


@pytest.mark.parametrize(
    ("brief", "excluded"),
    [
        ("don't use red it is too bright", ("red",)),
        ("no red that is too bright, blue dots", ("red",)),
        ("不要红色，太亮", ("red",)),
    ],
)
def test_a_reason_with_too_leaves_the_refusal(brief: str, excluded: tuple[str, ...]) -> None:
    assert parse_brief(brief).excluded_colours == excluded


@pytest.mark.parametrize(
    "brief",
    [
        "大小不一的波点",
        "粗细不一的波点",
        "不对称的波点",
        "不一样的波点",
        "dots, not symmetrical",
        "dots, no two alike",
    ],
)
def test_what_varies_is_not_refused(brief: str) -> None:
    understood = parse_brief(brief)
    assert understood.pattern == "dots"
    assert understood.refused == ()


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("foxes, no people", ["people"]),
        ("foxes, no text or logos", ["text", "logos"]),
        ("foxes, no outlines", ["outlines"]),
        ("狐狸，不要人物，不要描边", ["人物", "描边"]),
        ("狐狸，不要人", ["人"]),
        ("foxes, no big ones", ["big"]),
        ("foxes, no half drop", ["half drop"]),
    ],
)
def test_refusals_are_kept_as_written(brief: str, words: list[str]) -> None:
    assert [part.word for part in parse_brief(brief).refused] == words


def test_an_adjective_of_what_is_refused_says_nothing_of_the_rest() -> None:
    understood = parse_brief("stripes, no small dots")
    assert understood.scale == ""
    assert [part.key for part in understood.refused] == ["small", "dots"]
    assert parse_brief("条纹，不要大花").scale == ""


@pytest.mark.parametrize(
    ("brief", "colour"),
    [("sloths, not too green", "green"), ("颜色不要太红，牡丹", "red"), ("less red, dots", "red")],
)
def test_of_a_colour_in_moderation_there_is_little(brief: str, colour: str) -> None:
    understood = parse_brief(brief)
    assert [(share.colour, share.high) for share in understood.shares] == [(colour, 20.0)]
    assert understood.excluded_colours == ()


@pytest.mark.parametrize(
    ("brief", "refused"),
    [
        ("peonies and dahlias, no roses", [("motif", "own:rose")]),
        ("no roses", [("motif", "own:rose"), ("pattern", "flowers")]),
        ("大朵绣球花，不要小花", [("word", "花")]),
        ("hydrangeas, no flowers", [("pattern", "flowers")]),
        ("foxes, no avocados", [("motif", "avocado")]),
        ("圣诞桌布，不要圣诞老人", [("motif", "")]),
    ],
)
def test_a_refusal_reaches_as_far_as_its_words(brief: str, refused: list[tuple[str, str]]) -> None:
    understood = parse_brief(brief)
    assert [(part.field, part.key) for part in understood.refused] == refused
    assert understood.excluded_colours == ()


@pytest.mark.parametrize(
    ("brief", "unknown"),
    [
        ("foxes, not too bright", ("bright",)),
        ("狐狸，不要太亮", ("亮",)),
        ("玫瑰，颜色别太暗", ("暗",)),
        ("not too bright red dots", ()),
    ],
)
def test_brightness_in_moderation_is_told_as_not_understood(
    brief: str, unknown: tuple[str, ...]
) -> None:
    understood = parse_brief(brief)
    assert understood.unknown == unknown
    assert understood.undrawn == understood.shares == ()
