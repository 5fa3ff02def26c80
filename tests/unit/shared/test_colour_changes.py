"""Tests of changes of the colours that a brief names."""

from shared.briefs.colours.changes import ColourChange, named_colours, with_changed_colours
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief

RED, PALE = "#C8102E", "#FFE9A8"


def changed(brief: str, *changes: tuple[str | None, str | None]) -> ParsedBrief:
    return with_changed_colours(
        parse_brief(brief), [ColourChange(old=old, new=new) for old, new in changes]
    )


def test_a_colour_is_replaced_wherever_it_is_named() -> None:
    understood = changed("mustard foxes on teal, 70 % teal", ("teal", RED))
    assert understood.colours == ("mustard", RED)
    assert understood.ground == RED
    assert [share.colour for share in understood.shares] == [RED]
    assert understood.excluded_colours == ("teal",)
    of_things = changed("mustard foxes and navy owls", ("mustard", RED), ("navy", None))
    assert [thing.colours for thing in of_things.motifs] == [(RED,), ()]


def test_a_colour_is_removed_and_refused() -> None:
    understood = changed("navy and gold stripes on navy", ("navy", None))
    assert (understood.colours, understood.ground) == (("gold",), "")
    assert understood.excluded_colours == ("navy",)
    assert changed("navy", ("navy", None)).colours == ()


def test_a_shade_of_a_colour_does_not_refuse_it() -> None:
    assert changed("navy stripes", ("navy", "#101F50")).excluded_colours == ()
    removed = changed("navy and cream stripes", ("cream", None), (None, PALE))
    assert (removed.colours, removed.excluded_colours) == (("navy", PALE), ())
    assert changed("navy and cream stripes", ("navy", None)).excluded_colours == ("navy",)


def test_a_colour_is_added_once_and_no_longer_refused() -> None:
    understood = changed("navy stripes, no #C8102E", (None, RED), (None, RED), (None, PALE))
    assert understood.colours == ("navy", RED, PALE)
    assert understood.excluded_colours == ()


def test_changes_of_what_is_not_named_are_ignored() -> None:
    understood = parse_brief("navy stripes")
    assert changed("navy stripes", ("teal", RED)) == understood
    assert with_changed_colours(understood, ()) is understood


def test_named_colours_are_those_of_things_ground_and_shares() -> None:
    assert named_colours(parse_brief("70 % navy, gold foxes on cream")) == ("navy", "gold", "cream")
    assert named_colours(parse_brief("stripes")) == ()
