"""Why an edit is refused; the reasons are templates that the web front end translates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shared.errors import CodesignerError

__all__ = ["REASONS", "EditRefused"]

_NOT_UNDERSTOOD = "edit_not_understood"
_NOT_POSSIBLE = "edit_not_possible"
_WITHOUT_EFFECT = "edit_without_effect"

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nothing_said": (
            _NOT_UNDERSTOOD,
            (
                "It does not say what should change. Understood are, for example: “less contrast”, "
                "“bigger motifs”, “background deep red”, “gold instead of silver”, “without the "
                "stripes”, “in winter colours”, “rotate 45°”."
            ),
        ),
        "several": (
            _NOT_UNDERSTOOD,
            "It names several changes (%(found)s); say them one after the other.",
        ),
        "unknown_words": (
            _NOT_UNDERSTOOD,
            (
                "These words were not understood: %(words)s. Say what should change, for example "
                "“foxes bigger” or “background deep red”."
            ),
        ),
        "no_such_thing": (
            _NOT_POSSIBLE,
            "This design has no %(word)s; it has %(present)s.",
        ),
        "no_such_colour": (
            _NOT_POSSIBLE,
            "This design has no colour like %(word)s; it has %(present)s.",
        ),
        "no_such_layer": (_NOT_POSSIBLE, "There is no layer %(word)s that this can be done to."),
        "no_such_motif": (_NOT_POSSIBLE, "There is no drawing of “%(word)s”."),
        "no_such_colourway": (_NOT_POSSIBLE, "There is no colourway %(word)s."),
        "no_such_family": (_NOT_POSSIBLE, "There is no pattern %(word)s."),
        "no_motifs": (_NOT_POSSIBLE, "This design has no motifs that this can be done to."),
        "no_family": (_NOT_POSSIBLE, "This design has no pattern that this can be done to."),
        "no_ground": (_NOT_POSSIBLE, "The ground of this design is not one colour."),
        "no_trait": (
            _NOT_POSSIBLE,
            "The pattern %(family)s has no %(trait)s that could be changed.",
        ),
        "no_turns": (_NOT_POSSIBLE, "The pattern %(family)s cannot be turned."),
        "no_mirror": (
            _NOT_POSSIBLE,
            "Patterns cannot be mirrored, only motifs; “mirror repeat” mirrors every second cell.",
        ),
        "no_palette": (
            _NOT_POSSIBLE,
            "This design has a picture whose colours are not those of its palette.",
        ),
        "too_many_colours": (
            _NOT_POSSIBLE,
            "A design has at most %(most)s colours, and this one is limited to %(inks)s.",
        ),
        "last_colour": (_NOT_POSSIBLE, "This design has no other colour that could replace it."),
        "last_layer": (_NOT_POSSIBLE, "Nothing would be left of the design."),
        "out_of_range": (_NOT_POSSIBLE, "%(what)s would be %(value)s mm; possible are up to 2000."),
        "no_room": (
            _NOT_POSSIBLE,
            (
                "The motifs already lie as close as their outlines allow; make room first, "
                "for example with “sparser”."
            ),
        ),
        "no_cells": (
            _NOT_POSSIBLE,
            "Patterns fill the plane without cells; only motifs can have another repeat.",
        ),
        "same_colour": (_WITHOUT_EFFECT, "That colour is %(colour)s already."),
        "same_thing": (_WITHOUT_EFFECT, "The design already has %(word)s there."),
        "same_repeat": (_WITHOUT_EFFECT, "The repeat is %(repeat)s already."),
        "same_angle": (
            _WITHOUT_EFFECT,
            "It would look the same: the nearest angle at which the pattern repeats is %(angle)s°.",
        ),
        "same_number": (_WITHOUT_EFFECT, "The design has %(number)s colours already."),
        "at_the_limit": (_WITHOUT_EFFECT, "It cannot go further: %(what)s is at its limit."),
        "nothing_changes": (_WITHOUT_EFFECT, "Nothing in this design would change."),
    }
)
"""Error code and English template by reason."""


class EditRefused(CodesignerError):
    """An edit is not understood, cannot be done to the design, or would change nothing.

    Args:
        reason: a key of `REASONS`.
        values: of the placeholders of its template; tuples are names of things or colours.
    """

    def __init__(self, reason: str, **values: object) -> None:
        code, template = REASONS[reason]
        shown = {
            name: ", ".join(map(str, value)) if isinstance(value, tuple) else value
            for name, value in values.items()
        }
        super().__init__(code, template % shown)
        self.reason, self.values = reason, values

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.reason, self.values)


def _restored(reason: str, values: Mapping[str, object]) -> EditRefused:
    return EditRefused(reason, **values)
