"""Opening sentence of a description, written by rule from the facts of image and brief.

The opening states the facts exactly; the language model continues it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.briefs.colours.refused import refused_keys
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import VOCABULARIES
from worker.imaging.named_colours import with_vocabulary_colours
from worker.models.captioner.perception import SUBJECTS, TEXTURES, Seen

__all__ = ["joined", "listed", "names", "opening", "qualities"]

_MOST_COLOURS = 3
_FROM_PATTERN = ("scale", "density", "line_weight")


def joined(said: ParsedBrief, seen: Seen) -> Seen:
    """Merge the facts of a brief with those of an image; the brief takes precedence.

    Colours of the image follow those of the brief, up to three in all, without refused colours.
    Facts of the image's pattern (scale, density, line weight, texture, subject) are taken only if
    the pattern is, and facts of its colours (contrast, mood) only if the colours are.
    """
    said, image_facts = with_vocabulary_colours(said), seen.facts
    facts = replace(
        said,
        pattern=said.pattern or image_facts.pattern,
        colours=_joined_colours(said, image_facts),
        language="en",
        unknown=(),
        excluded_colours=(),
        refused=(),
        shares=(),
        only=False,
        approximate_colours=(),
    )
    if not said.pattern:
        pattern_facts = {
            name: getattr(said, name) or getattr(image_facts, name) for name in _FROM_PATTERN
        }
        facts = replace(facts, **pattern_facts)
    if image_facts.gradient and said.pattern in ("", image_facts.pattern):
        way = said.gradient_direction or image_facts.gradient_direction
        facts = replace(facts, gradient=True, gradient_direction=way)
    if set(said.colours) <= set(image_facts.colours):
        facts = replace(facts, contrast=said.contrast or image_facts.contrast)
        if not refused_keys(said) & set(image_facts.colours):
            facts = replace(facts, mood=said.mood or image_facts.mood)
    same_pattern = said.pattern in ("", image_facts.pattern)
    subject = "" if facts.pattern else seen.subject
    return Seen(facts=facts, subject=subject, texture=seen.texture if same_pattern else "")


def _joined_colours(said: ParsedBrief, seen: ParsedBrief) -> tuple[str, ...]:
    refused = refused_keys(said)
    allowed = [colour for colour in seen.colours if colour not in refused]
    colours = tuple(dict.fromkeys((*said.colours, *allowed)))
    if set(said.colours) <= set(allowed):
        return colours
    return colours[: max(_MOST_COLOURS, len(said.colours))]


def opening(seen: Seen, language: str, way: int = 0, *, closed: bool = False) -> str:
    """Return the opening of a description: pattern or subject, colours, texture, gradient.

    Args:
        seen: the facts to state.
        language: "en" or "zh".
        way: 0 or 1: one of two wordings of the colours.
        closed: whether nothing follows, so that the list of qualities is completed.

    Returns:
        The start of a sentence, without a full stop.
    """
    return _chinese(seen, way) if language == "zh" else _english(seen, way, closed)


def qualities(seen: Seen, language: str) -> list[str]:
    """Return phrases of the texture and the gradient that are present."""
    facts = seen.facts
    phrases = [TEXTURES[seen.texture].name(language)] if seen.texture else []
    if not facts.gradient or (facts.pattern == "gradient" and not facts.gradient_direction):
        return phrases
    if facts.gradient_direction:
        (direction,) = names("gradient_direction", [facts.gradient_direction], language)
        return [*phrases, f"a {direction}" if language == "en" else direction]
    return [*phrases, "渐变色" if language == "zh" else "gradient colours"]


def names(kind: str, keys: Sequence[str], language: str) -> list[str]:
    """Return the primary names of vocabulary keys; empty keys are skipped."""
    return [VOCABULARIES[kind][key].name(language) for key in keys if key]


def listed(words: Sequence[str], last: str, comma: str) -> str:
    """Join words with `comma`, and the last two with `last`."""
    return last.join([comma.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _english(seen: Seen, way: int, closed: bool) -> str:
    facts = seen.facts
    adjectives = ", ".join(
        names("scale", [facts.scale], "en") + names("density", [facts.density], "en")
    )
    if facts.pattern:
        (pattern,) = names("pattern", [facts.pattern], "en")
        body = f"{adjectives} pattern of {pattern}".strip()
    else:
        body = f"photo-like image {adjectives}".strip()
        if seen.subject:
            body += f" of {SUBJECTS[seen.subject].name('en')}"
    text = f"{'An' if body[0] in 'aeiou' else 'A'} {body}"
    if facts.colours:
        text += (" in ", " in shades of ")[way]
        text += listed(names("colour", facts.colours, "en"), " and ", ", ")
    details = listed(qualities(seen, "en"), " and " if closed else ", ", ", ")
    return f"{text}, with {details}" if details else text


def _chinese(seen: Seen, way: int) -> str:
    facts = seen.facts
    if facts.pattern:
        (pattern,) = names("pattern", [facts.pattern], "zh")
        head = pattern if pattern.endswith(("纹", "渐变", "纯色")) else f"{pattern}图案"
    else:
        head = "照片般的画面"
        if seen.subject:
            head += f"，主体为{SUBJECTS[seen.subject].name('zh')}"
    parts = [head]
    if facts.colours:
        parts.append(
            ("颜色为", "配色为")[way] + listed(names("colour", facts.colours, "zh"), "和", "、")
        )
    return "，".join([*parts, *qualities(seen, "zh")])
