"""Completes a brief that leaves much open into four briefs that differ clearly."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice

from shared.briefs.colours.refused import refused_keys
from shared.briefs.directions.tables import Direction, directions
from shared.briefs.parser import parse_brief
from shared.briefs.text.index import english_words
from shared.briefs.text.tokenizer import fold_characters
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS, MOODS

__all__ = ["COUNT", "CompletedBrief", "completed_briefs", "open_parts"]

COUNT = 4
_ENDS = ".!?;,:。！？；，：、"
_OCCASION, _MOOD, _PEOPLE = 4, 3, 2
"""How much it counts that a direction suits what a brief says: cosy before for children."""
_MAY_GROW = ("mood", "scale", "density", "line_weight")
"""Fields that the words of a direction may add to, where the brief leaves them open."""
_MOST_SHARED = 1
"""Number of colours that two of the palettes may share."""
_MOST_READ = 16
"""Drafts that are parsed: where so many contradict a brief, others do, too."""


@dataclass(frozen=True, kw_only=True)
class CompletedBrief:
    """A brief with what it left open filled in."""

    title: str
    brief: str
    understood: ParsedBrief


def open_parts(understood: ParsedBrief) -> tuple[str, ...]:
    """Return what a brief leaves open: "look", neither a pattern nor things, and "colours"."""
    parts = []
    if not understood.pattern and not understood.motifs:
        parts.append("look")
    if not (understood.colours or understood.ground or understood.shares):
        parts.append("colours")
    return tuple(parts)


def completed_briefs(
    brief: str, language: str | None = None, *, max_chars: int = 2000
) -> list[CompletedBrief]:
    """Return four briefs that say what a brief says, and what it leaves open in four ways.

    They suit its moods, and its words for an occasion or for people. The text is in the brief's
    language. What contradicts the brief is left out, so that there may be fewer than four.

    Args:
        language: "en" or "zh", of the titles; None: the brief's.
        max_chars: longest brief.
    """
    understood = parse_brief(brief)
    parts = open_parts(understood)
    if not parts:
        return []
    found: list[CompletedBrief] = []
    chosen: list[_Draft] = []
    candidates = _candidates(understood, parts, _weights(brief, understood), chosen)
    for draft in islice(candidates, _MOST_READ):
        completed = _completed(brief, understood, draft, language, max_chars)
        if completed is not None:
            found.append(completed)
            chosen.append(draft)
        if len(found) == COUNT:
            break
    return found


@dataclass(frozen=True, kw_only=True)
class _Draft:
    direction: Direction
    look: bool
    """Whether the direction's pattern or things are filled in."""
    colours: Sequence[str]
    """Keys of the colours that are filled in."""

    def resembles(self, other: "_Draft") -> bool:
        """Return whether it does not differ clearly from another one."""
        is_of_kind = self.look and self.direction.kind == other.direction.kind
        return is_of_kind or len({*self.colours} & {*other.colours}) > _MOST_SHARED

    def is_refused(self, understood: ParsedBrief) -> bool:
        """Return whether a brief refuses one of its colours."""
        return not refused_keys(understood).isdisjoint(self.colours)

    def words(self, language: str) -> str:
        """Return what is added to a brief."""
        colours = _listed(self.colours, language)
        look = self.direction.draw.said(language) if self.look else ""
        if language == "zh":
            return "，".join(filter(None, (look, colours))) + "。"
        words = " in ".join(filter(None, (look, colours)))
        return f"{words[0].upper()}{words[1:]}."

    def title(self, language: str) -> str:
        """Return its short name."""
        return self.direction.title.said(language) if self.look else _listed(self.colours, language)


def _listed(colours: Sequence[str], language: str) -> str:
    names = [COLOURS[key].label(language) for key in colours]
    if len(names) < 2:
        return "".join(names)
    comma, last = ("、", "和") if language == "zh" else (", ", " and ")
    return comma.join(names[:-1]) + last + names[-1]


def _completed(
    brief: str, before: ParsedBrief, draft: _Draft, language: str | None, max_chars: int
) -> CompletedBrief | None:
    """Return the completed brief; None if it does not say what both say."""
    written = before.language
    stop = "。" if written == "zh" else ". "
    text = f"{brief.strip().rstrip(_ENDS)}{stop}{draft.words(written)}"
    if len(text) > max_chars:
        return None
    after = parse_brief(text)
    if not _keeps(before, after):
        return None
    if {*after.colours} - {*before.colours} != {*draft.colours} - {*before.colours}:
        return None
    if draft.look and not (after.pattern or after.motifs):
        return None
    return CompletedBrief(title=draft.title(language or written), brief=text, understood=after)


def _keeps(before: ParsedBrief, after: ParsedBrief) -> bool:
    """Return whether everything that a brief says is said after, and nothing else is unknown."""
    for field in fields(ParsedBrief):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name in _MAY_GROW and isinstance(old, tuple):
            is_kept = {*old} <= {*new}
        elif field.name in (*_MAY_GROW, "pattern", "motifs", "colours"):
            is_kept = not old or old == new
        else:
            is_kept = old == new
        if not is_kept:
            return False
    return True


def _weights(brief: str, understood: ParsedBrief) -> dict[str, int]:
    """Return what a direction may suit of a brief, and how much that counts."""
    weights = dict.fromkeys(understood.mood, _MOOD)
    for key in _audiences(brief):
        weights[key] = _OCCASION if directions().audiences[key].occasion else _PEOPLE
    return weights


def _by_fit(weights: Mapping[str, int]) -> list[Direction]:
    """Return the directions: those first that suit most of what a brief says, and little else."""

    def rank(direction: Direction) -> tuple[int, int]:
        fitting = sum(weights.get(key, 0) for key in direction.fits)
        return -fitting, len(direction.fits) if fitting else 0

    return sorted(directions().direction, key=rank)


def _audiences(brief: str) -> Iterator[str]:
    """Return the keys of the occasions and people that a brief names."""
    folded = fold_characters(brief)
    words = f" {' '.join(word for word, _, _ in english_words(folded))} "
    for key, audience in directions().audiences.items():
        in_english = any(f" {name} " in words for name in audience.en)
        if in_english or any(name in folded for name in audience.zh):
            yield key


def _is_refused(direction: Direction, understood: ParsedBrief) -> bool:
    refused = {part.key for part in understood.refused} | {
        part.word.lower() for part in understood.refused
    }
    kinds = (direction.kind, *direction.has)
    return any(not refused.isdisjoint(directions().kinds[kind]) for kind in kinds)


def _candidates(
    understood: ParsedBrief,
    parts: Collection[str],
    weights: Mapping[str, int],
    chosen: Sequence[_Draft],
) -> Iterator[_Draft]:
    """Yield drafts that differ clearly from those that are chosen meanwhile, one a direction."""
    for direction in _by_fit(weights):
        if "look" in parts and _is_refused(direction, understood):
            continue
        for draft in _drafts(direction, parts, weights):
            if chosen and chosen[-1].direction is direction:
                break
            if not (draft.is_refused(understood) or any(map(draft.resembles, chosen))):
                yield draft


def _drafts(
    direction: Direction, parts: Collection[str], weights: Mapping[str, int]
) -> Iterator[_Draft]:
    """Yield drafts of a direction.

    Its own colours come first if it suits a mood or an occasion, else those of the brief's moods.
    """
    palettes: list[Sequence[str]] = [()]
    if "colours" in parts:
        palettes = [palette for key in weights if key in MOODS for palette in MOODS[key].palettes]
        suits = any(weights.get(key, 0) >= _MOOD for key in direction.fits)
        palettes.insert(0 if suits else len(palettes), direction.colours)
    for colours in palettes:
        yield _Draft(direction=direction, look="look" in parts, colours=colours)
