"""How a description begins: with what was read off picture and brief, in plain words.

So these are told as they were read; the language model goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.briefs.parser import Understood
from shared.briefs.vocabulary import VOCABULARIES
from worker.models.captioner.perception import SUBJECTS, TEXTURES, Seen

__all__ = ["joined", "listed", "names", "opening", "qualities"]

_MOST_COLOURS = 3
_FROM_PATTERN = ("scale", "density", "line_weight")


def joined(said: Understood, seen: Seen) -> Seen:
    """Let a brief have what it says, and what is seen fill the rest.

    Colours that are seen stand behind those of the brief, up to three in all, but for those
    that it refuses; what only holds for the pattern seen (scale and the like, the texture, the
    subject of a photograph) goes with it, and what holds for the colours (contrast, mood) with
    them.
    """
    shown = seen.facts
    facts = replace(
        said,
        pattern=said.pattern or shown.pattern,
        colours=_joined_colours(said, shown),
        language="en",
        unknown=(),
        excluded_colours=(),
    )
    if not said.pattern:
        kept = {name: getattr(said, name) or getattr(shown, name) for name in _FROM_PATTERN}
        facts = replace(facts, **kept)
    if shown.gradient and said.pattern in ("", shown.pattern):
        way = said.gradient_direction or shown.gradient_direction
        facts = replace(facts, gradient=True, gradient_direction=way)
    if set(said.colours) <= set(shown.colours):
        facts = replace(facts, contrast=said.contrast or shown.contrast)
        if not set(said.excluded_colours) & set(shown.colours):
            facts = replace(facts, mood=said.mood or shown.mood)
    same = said.pattern in ("", shown.pattern)
    subject = "" if facts.pattern else seen.subject
    return Seen(facts=facts, subject=subject, texture=seen.texture if same else "")


def _joined_colours(said: Understood, seen: Understood) -> tuple[str, ...]:
    welcome = [colour for colour in seen.colours if colour not in said.excluded_colours]
    colours = tuple(dict.fromkeys((*said.colours, *welcome)))
    if set(said.colours) <= set(welcome):
        return colours
    return colours[: max(_MOST_COLOURS, len(said.colours))]


def opening(seen: Seen, language: str, way: int = 0, *, closed: bool = False) -> str:
    """Write how a description begins: pattern or subject, colours in order, texture, gradient.

    Args:
        seen: what is to be told.
        language: "en" or "zh".
        way: 0 or 1, of two ways to name the colours.
        closed: nothing follows, so the list of qualities is ended.

    Returns:
        The start of a sentence, without a full stop.
    """
    return _chinese(seen, way) if language == "zh" else _english(seen, way, closed)


def qualities(seen: Seen, language: str) -> list[str]:
    """Give the texture and the gradient in words, as far as there are any."""
    facts = seen.facts
    found = [TEXTURES[seen.texture].name(language)] if seen.texture else []
    if not facts.gradient or (facts.pattern == "gradient" and not facts.gradient_direction):
        return found
    if facts.gradient_direction:
        (way,) = names("gradient_direction", [facts.gradient_direction], language)
        return [*found, f"a {way}" if language == "en" else way]
    return [*found, "渐变色" if language == "zh" else "gradient colours"]


def names(kind: str, keys: Sequence[str], language: str) -> list[str]:
    """Give the plainest names of a vocabulary's keys; empty keys have none."""
    return [VOCABULARIES[kind][key].name(language) for key in keys if key]


def listed(words: Sequence[str], last: str, comma: str) -> str:
    """Join words by commas, the last two by another mark."""
    return last.join([comma.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _english(seen: Seen, way: int, closed: bool) -> str:
    facts = seen.facts
    before = ", ".join(
        names("scale", [facts.scale], "en") + names("density", [facts.density], "en")
    )
    if facts.pattern:
        (pattern,) = names("pattern", [facts.pattern], "en")
        body = f"{before} pattern of {pattern}".strip()
    else:
        body = f"photo-like image {before}".strip()
        if seen.subject:
            body += f" of {SUBJECTS[seen.subject].name('en')}"
    text = f"{'An' if body[0] in 'aeiou' else 'A'} {body}"
    if facts.colours:
        text += (" in ", " in shades of ")[way]
        text += listed(names("colour", facts.colours, "en"), " and ", ", ")
    more = listed(qualities(seen, "en"), " and " if closed else ", ", ", ")
    return f"{text}, with {more}" if more else text


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
