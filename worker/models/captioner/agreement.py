"""Whether a written description keeps to the brief that it was written for."""

from __future__ import annotations

from shared.briefs.parser import Understood
from shared.briefs.vocabulary import PATTERNS

__all__ = ["departures"]

_SINGLE = ("product", "finish", "gradient_direction", "scale", "density", "contrast", "line_weight")


def departures(brief: Understood, described: Understood) -> tuple[str, ...]:
    """List where a description, understood as the brief is, drops or contradicts the brief.

    A colour or pattern that the brief names must be named; what it refuses must not be; where
    both name a product, a finish, a scale, density and the like, they must agree, and of moods and
    materials those of the brief must be among the described. What only the description names is
    its own to choose. An abstract geometric pattern may be named as any geometric one.

    Returns:
        Short English sentences' parts, such as "pattern stripes became dots"; empty: it keeps.
    """
    found = list(_pattern(brief, described))
    named = ", ".join(described.colours) or "none"
    found += [
        f"colour {colour} lost, named: {named}"
        for colour in brief.colours
        if colour not in described.colours
    ]
    found += [
        f"refused colour {colour} named"
        for colour in brief.excluded_colours
        if colour in described.colours
    ]
    if brief.gradient and not described.gradient:
        found.append("gradient lost")
    for name in _SINGLE:
        wanted, given = getattr(brief, name), getattr(described, name)
        if wanted and given and wanted != given:
            found.append(f"{name.replace('_', ' ')} {wanted} became {given}")
    for name in ("mood", "materials"):
        wanted, given = getattr(brief, name), getattr(described, name)
        if wanted and given and not set(wanted) <= set(given):
            found.append(f"{name} {', '.join(wanted)} became {', '.join(given)}")
    return tuple(found)


def _pattern(brief: Understood, described: Understood) -> tuple[str, ...]:
    wanted, given = brief.pattern, described.pattern
    if not wanted or wanted == given:
        return ()
    if not given:
        # a gradient alone is both a pattern and a quality
        return () if wanted == "gradient" and described.gradient else (f"pattern {wanted} lost",)
    if wanted == "geometric" and given in PATTERNS and PATTERNS[given].kind == "geometric":
        return ()
    return (f"pattern {wanted} became {given}",)
