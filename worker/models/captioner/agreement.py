"""Consistency check of a generated description against its brief."""

from __future__ import annotations

from shared.briefs.colours.names import is_exact
from shared.briefs.colours.refused import refused_keys
from shared.briefs.understood import ParsedBrief, Refusal
from shared.briefs.vocabulary import PATTERNS

__all__ = ["find_inconsistencies"]

_SINGLE_VALUED = (
    "product",
    "finish",
    "gradient_direction",
    "scale",
    "density",
    "contrast",
    "line_weight",
)


def find_inconsistencies(brief: ParsedBrief, described: ParsedBrief) -> tuple[str, ...]:
    """Return where a parsed description omits or contradicts its parsed brief.

    The description must name the colours and the pattern of the brief, and must not name refused
    colours or their shades. If both name a product, finish, scale, density or other single value,
    the values must be equal; moods and materials of the brief must be a subset of the described
    ones. Values that only the description names are allowed. A "geometric" pattern matches any
    geometric pattern.

    Returns:
        Short English phrases, such as "pattern stripes became dots"; empty if consistent.
    """
    problems = list(_pattern_departures(brief, described))
    named = ", ".join(described.colours) or "none"
    problems += [
        f"colour {colour} lost, named: {named}"
        for colour in brief.colours
        if not is_exact(colour) and colour not in described.colours
    ]
    problems += [
        f"refused {part.field} {part.word} named"
        for part in brief.refused
        if _shows(described, part)
    ]
    refused = refused_keys(brief)
    problems += [
        f"refused colour {colour} named" for colour in described.colours if colour in refused
    ]
    if brief.gradient and not described.gradient:
        problems.append("gradient lost")
    for name in _SINGLE_VALUED:
        expected, actual = getattr(brief, name), getattr(described, name)
        if expected and actual and expected != actual:
            problems.append(f"{name.replace('_', ' ')} {expected} became {actual}")
    for name in ("mood", "materials"):
        expected, actual = getattr(brief, name), getattr(described, name)
        if expected and actual and not set(expected) <= set(actual):
            problems.append(f"{name} {', '.join(expected)} became {', '.join(actual)}")
    return tuple(problems)


def _shows(described: ParsedBrief, part: Refusal) -> bool:
    if part.field == "gradient":
        return described.gradient
    if part.field == "motif":
        return any(part.key in mention.subjects for mention in described.motifs)
    if part.field in ("mood", "material"):
        name = "materials" if part.field == "material" else part.field
        return part.key in getattr(described, name)
    return part.field in ("pattern", "finish") and getattr(described, part.field) == part.key


def _pattern_departures(brief: ParsedBrief, described: ParsedBrief) -> tuple[str, ...]:
    expected, actual = brief.pattern, described.pattern
    if brief.motifs and actual and actual != expected:
        return (f"pattern {actual} named where things are drawn",)
    if not expected or expected == actual:
        return ()
    if not actual:
        # a gradient is both a pattern and a quality
        return (
            () if expected == "gradient" and described.gradient else (f"pattern {expected} lost",)
        )
    if expected == "geometric" and actual in PATTERNS and PATTERNS[actual].kind == "geometric":
        return ()
    return (f"pattern {expected} became {actual}",)
