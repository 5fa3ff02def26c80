"""Finds the product of a brief that no picture shows, and the words for whom or what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.briefs.products.chinese import chinese_products, chinese_recipients
from shared.briefs.products.english import english_products, english_recipients
from shared.briefs.products.words import other_products
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.spans import Span, find_spans
from shared.motifs.names import MotifNames

__all__ = ["BriefProducts", "find_products"]


@dataclass(frozen=True, kw_only=True)
class BriefProducts:
    """What a brief says of the product and of those who get it."""

    word: str
    """The first product that no picture shows, as written; empty if there is none."""
    tokens: tuple[Token, ...]
    """The tokens of the brief; those of such products are of the kind product, without a key."""
    places: frozenset[int]
    """Indices of those tokens."""
    aside: frozenset[int]
    """Indices of tokens whose things are drawn only if no other is: camping blanket."""
    said: frozenset[int]
    """Indices of tokens that are never reported as things without a drawing."""


def find_products(
    tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames
) -> BriefProducts:
    """Return the products without a picture, and the recipients.

    A word that may be drawn too, such as gloves, is a product where the brief names other things
    or a pattern.
    """
    found = [*english_products(tokens, names), *chinese_products(tokens, names)]
    found = sorted((each for each in found if not negated[each.first]), key=lambda each: each.first)
    marked = _marked(tokens, (each.places for each in found))
    things, _ = find_spans(marked, negated, names)
    if not things and not any(token.kind in ("pattern", "gradient") for token in tokens):
        found = [each for each in found if not each.may_be_drawn]
        marked = _marked(tokens, (each.places for each in found))
    recipients = frozenset((*english_recipients(marked), *chinese_recipients(marked)))
    described = frozenset(place for each in found for place in each.described)
    known = {place for place, token in enumerate(marked) if token.kind == "product" and token.key}
    before_known = (_place_before(tokens, place) for place in known)
    return BriefProducts(
        word=found[0].word if found else "",
        tokens=marked,
        places=frozenset(place for each in found for place in each.places),
        aside=recipients | _uses(things, described | frozenset(before_known)),
        said=recipients | described,
    )


def _marked(tokens: Sequence[Token], products: Iterable[range]) -> tuple[Token, ...]:
    places = {place for product in products for place in product}
    return tuple(
        replace(token, kind="product", key="") if place in places else token
        for place, token in enumerate(tokens)
    )


def _place_before(tokens: Sequence[Token], place: int) -> int:
    """Return the index of the last token before a place that is not blank, or -1."""
    return next((n for n in range(place - 1, -1, -1) if tokens[n].kind != "blank"), -1)


def _uses(things: Sequence[Span], described: frozenset[int]) -> frozenset[int]:
    """Return the places of things before a product that say what it is for."""
    uses = other_products().uses
    words = uses["english"] | uses["chinese"]
    return frozenset(
        place
        for span in things
        if span.word.lower() in words and span.last in described
        for place in range(span.first, span.last + 1)
    )
