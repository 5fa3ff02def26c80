"""Which colours of the vocabulary a brief refuses."""

from shared.briefs.colours.names import is_exact
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS

__all__ = ["refused_keys"]


def refused_keys(understood: ParsedBrief) -> frozenset[str]:
    """Return the keys of the refused colours and of their shades.

    Colours that the brief wants by name, also for its ground or for a thing, are not among them.
    """
    refused = set(understood.excluded_colours)
    if not refused:
        return frozenset()
    family = {
        key
        for key, colour in COLOURS.items()
        if key in refused or not refused.isdisjoint(colour.shade_of)
    }
    family |= {colour for colour in refused if is_exact(colour)}
    of_things = {key for mention in understood.motifs for key in mention.colours}
    return frozenset(family - {*understood.colours, understood.ground} - of_things)
