"""What a brief refuses, and what it wants all the same."""

from collections import defaultdict

from shared.briefs.moderation import MIDDLES
from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.meanings import next_word
from shared.briefs.things.mentions import MotifMention
from shared.briefs.things.spans import find_spans
from shared.briefs.understood import Refusal
from shared.motifs.names import MotifNames

__all__ = ["refused_colours", "refused_parts", "wanted_motifs"]

_REFUSABLE = frozenset(
    (
        "pattern",
        "gradient",
        "mood",
        "material",
        "finish",
        "code",
        "repeat",
        "layout",
        "ground_tone",
        *MIDDLES,
    )
)
"""Kinds of tokens that a brief may refuse, besides colours and things."""
_MOTIFS_AT_ALL = frozenset(
    ("motif", "motifs", "pictures", "images", "illustrations", "drawings", "graphics")
)
"""Words that refuse all things where they are negated, and mean nothing elsewhere."""
_SAID_ALONE = frozenset(
    ("people", "person", "men", "women", "children", "kids", "outline", "outlines", "lines",
     "logo", "logos", "dark", "bright", "pale", "人", "男士", "女士", "儿童", "孩子",
     "小孩", "线条")
)  # fmt: skip
"""Words that mean a part of a design where they are refused alone: no people, no outlines."""
_OTHER = ("other", "more", "further", "additional", "extra")


def refused_colours(tokens: list[Token], negated: list[bool], names: MotifNames) -> tuple[str, ...]:
    """Return the refused colours; one that is wanted elsewhere is not refused of a noun alone.

    A thing is no colour: no avocados.
    """
    spans, _ = find_spans(tokens, [not is_negated for is_negated in negated], names)
    things = {span.first for span in spans if span.first == span.last}
    wanted = {
        token.key
        for token, is_negated in zip(tokens, negated, strict=True)
        if token.kind == "colour" and not is_negated
    }
    found = []
    for place, token in enumerate(tokens):
        if token.kind != "colour" or not negated[place] or place in things:
            continue
        following = next_word(tokens, place)
        is_adjective = following is not None and following.kind in ("pattern", "unknown")
        if not (is_adjective and token.key in wanted):
            found.append(token.key)
    return tuple(dict.fromkeys(found))


def refused_parts(
    tokens: list[Token], negated: list[bool], names: MotifNames
) -> tuple[Refusal, ...]:
    """Return what is negated besides colours, things among it."""
    spans, undrawn = find_spans(tokens, [not is_negated for is_negated in negated], names)
    of_things = {
        place
        for span in (*spans, *undrawn)
        for place in range(span.first, span.last + 1)
        if tokens[place].kind != "pattern"
    }
    parts = [
        (span.first, Refusal(field="motif", key=span.match.subjects[0], word=span.word))
        for span in (*spans, *undrawn)
    ]
    narrow = {
        place
        for span in spans
        if span.match.kind != "family"
        for place in range(span.first, span.last + 1)
    }
    wanted = _wanted_patterns(tokens, negated)
    for place, token in enumerate(tokens):
        if not negated[place] or place in of_things:
            continue
        is_wanted = token.kind == "pattern" and bool(wanted[token.key] - {token.text})
        if is_wanted and place in narrow:
            continue  # peonies, no roses
        if is_wanted and _has_size(tokens, place):  # peonies, no small flowers
            parts.append((place, Refusal(field="word", key=token.text, word=token.original)))
        elif token.kind in _REFUSABLE:
            key = token.key or token.kind
            parts.append((place, Refusal(field=token.kind, key=key, word=token.original)))
        elif (
            token.text in _SAID_ALONE
            or _means_all_motifs(tokens, place)
            or (token.kind == "unknown" and (len(token.text) > 1 or is_chinese(token.text)))
        ):
            parts.append((place, Refusal(field="word", key=token.text, word=token.original)))
    return tuple(dict.fromkeys(part for _, part in sorted(parts, key=lambda each: each[0])))


def _wanted_patterns(tokens: list[Token], negated: list[bool]) -> defaultdict[str, set[str]]:
    """Return the words of the patterns that are not refused, by the patterns' keys."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for token, is_negated in zip(tokens, negated, strict=True):
        if token.kind == "pattern" and not is_negated:
            wanted[token.key].add(token.text)
    return wanted


def _has_size(tokens: list[Token], place: int) -> bool:
    words = [token for token in tokens[max(0, place - 2) : place] if token.kind != "blank"]
    return bool(words) and (words[-1].kind == "scale" or words[-1].text in "大小")


def _means_all_motifs(tokens: list[Token], place: int) -> bool:
    """Return whether a refused word means all things: no motifs, but not: no other motifs."""
    if tokens[place].text not in _MOTIFS_AT_ALL:
        return False
    before = [token.text for token in tokens[max(0, place - 3) : place] if token.kind != "blank"]
    return not (before and before[-1].endswith(_OTHER))


def wanted_motifs(
    mentions: tuple[MotifMention, ...], refused: tuple[Refusal, ...]
) -> tuple[MotifMention, ...]:
    """Return the things that are not refused elsewhere in the brief."""
    keys = {part.key for part in refused if part.field == "motif"}
    return tuple(mention for mention in mentions if not keys & set(mention.subjects))
