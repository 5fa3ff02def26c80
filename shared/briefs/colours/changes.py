"""Changes the colours that a brief names, as a person chose them by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.briefs.colours.names import colour_rgb, is_exact
from shared.briefs.understood import ParsedBrief

__all__ = ["ColourChange", "named_colours", "with_changed_colours"]

_ALIKE = 60
"""Sum of the differences of red, green and blue up to which a colour stands for another shade."""


@dataclass(frozen=True, kw_only=True)
class ColourChange:
    """One change: exactly one of the two may be missing."""

    old: str | None
    """As of `ParsedBrief.colours`; None: the new colour is added."""
    new: str | None
    """#RRGGBB; None: the old colour is removed."""


def named_colours(understood: ParsedBrief) -> tuple[str, ...]:
    """Return the colours that a brief names: for anything, for the ground or for a share."""
    of_shares = (share.colour for share in understood.shares)
    named = (*understood.colours, understood.ground, *of_shares)
    return tuple(dict.fromkeys(colour for colour in named if colour))


def with_changed_colours(understood: ParsedBrief, changes: Sequence[ColourChange]) -> ParsedBrief:
    """Return a parsed brief with changed colours, in every place where it names them.

    A colour that is gone is refused, so that nothing brings it back; one that is chosen by hand is
    not refused. Changes of colours that the brief does not name are ignored.
    """
    named = named_colours(understood)
    changed = {each.old: each.new for each in changes if each.old in named}
    added = [each.new for each in changes if each.old is None and each.new]
    if not changed and not added:
        return understood

    def now(colour: str) -> str:
        return (changed[colour] or "") if colour in changed else colour

    colours = _each_once([*map(now, understood.colours), *added])
    gone = [old for old in changed if old and _is_gone(old, colours)]
    refused = [each for each in understood.excluded_colours if each not in colours]
    return replace(
        understood,
        colours=colours,
        ground=now(understood.ground),
        ground_repeated=understood.ground_repeated and len(colours) == 1,
        shares=tuple(
            replace(share, colour=now(share.colour))
            for share in understood.shares
            if now(share.colour)
        ),
        motifs=tuple(
            replace(mention, colours=_each_once(map(now, mention.colours)))
            for mention in understood.motifs
        ),
        approximate_colours=tuple(
            text for text in understood.approximate_colours if text.rpartition("=")[2] in colours
        ),
        excluded_colours=_each_once([*refused, *gone]),
    )


def _each_once(colours: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(colour for colour in colours if colour))


def _is_gone(old: str, colours: Sequence[str]) -> bool:
    """Return whether neither a colour nor one given by numbers that is like it is wanted."""
    exact = [colour for colour in colours if is_exact(colour)]
    return old not in colours and all(_distance(old, colour) > _ALIKE for colour in exact)


def _distance(one: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(colour_rgb(one), colour_rgb(other), strict=True))
