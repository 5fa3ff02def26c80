"""Finds English words for products that no picture shows, and for recipients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.briefs.products.words import other_products, phrase_of
from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.meanings import is_plural
from shared.motifs.names import MotifNames

__all__ = ["FoundProduct", "english_products", "english_recipients"]

_PURPOSES = frozenset(("for", "as", "onto", "on", "into"))
"""Words before a product: for an apron."""
_CONTENTS = frozenset(
    ("with", "in", "of", "featuring", "showing", "covered", "printed", "decorated", "full",
     "patterned", "for", "that", "to", "having", "filled")
)  # fmt: skip
"""Words after a product: a blanket with tents."""
_PATTERNS = frozenset(("pattern", "patterns", "style", "print", "motif", "motifs"))
"""Words after a product that only describes a pattern: wallpaper pattern."""
_AND = frozenset(("and", "&", "or", "nor"))
_HOLDERS = frozenset(
    (*_AND, "with", "plus", "in", "wearing", "under", "holding", "of", "by", "beside")
)
"""Words before a thing that another one has or stands beside: penguins in scarves."""
_DETERMINERS = frozenset(
    ("a", "an", "the", "my", "our", "your", "his", "her", "their", "some", "this", "one", "new",
     "another", "pair of", "a pair of", "pair", "set", "matching")
)  # fmt: skip
_PAIRS = frozenset(("a pair of", "pair of", "pair", "set"))
_RECIPIENT_ENDS = frozenset(
    ("with", "featuring", "in", "on", "who", "that", "which", "where", "and", "please", "showing",
     "using", "but", "because", "as", "of", "at", "from", "is", "loves", "likes", "into")
)  # fmt: skip
_SEARCHES = frozenset(
    ("look", "looking", "ask", "asking", "asked", "hoping", "go", "going", "wish", "searching",
     "colour", "colours", "background", "ground")
)  # fmt: skip
"""Words before for that a thing may follow: looking for foxes."""
_GIFTS = frozenset(("gift", "gifts", "present", "presents"))


@dataclass(frozen=True, kw_only=True)
class FoundProduct:
    """A product that no picture shows."""

    first: int
    last: int
    """Indices of its tokens."""
    word: str
    """As written."""
    described: tuple[int, ...] = ()
    """Indices of the tokens before it in the same compound."""
    may_be_drawn: bool = False
    """Whether it is the thing to draw if the brief names no other, nor a pattern."""

    @property
    def places(self) -> range:
        """Return the indices of its tokens."""
        return range(self.first, self.last + 1)


_REACH = 12
"""How many words around a product or a recipient are looked at."""


@dataclass(frozen=True, kw_only=True)
class _Word:
    place: int
    token: Token
    forms: tuple[str, ...]


def english_products(tokens: Sequence[Token], names: MotifNames) -> Iterator[FoundProduct]:
    """Yield the products that a brief names in English."""
    clauses = list(_clauses(tokens))
    for number, clause in enumerate(clauses):
        taken: set[int] = set()
        for first, last in _named(clause, names):
            at_end = number in (0, len(clauses) - 1)
            following = tokens[clause[last].place + 1 : clause[last].place + 2]
            if following and following[0].text == "-":
                continue  # tie-dye
            if not _is_product(clause, (first, last), taken, at_end, names):
                continue
            taken.update(range(first, last + 1))
            words = clause[first : last + 1]
            text = "".join(t.original for t in tokens[words[0].place : words[-1].place + 1])
            plural = is_plural(words[-1].token)
            described = [clause[n].place for n in _described(clause, first)]
            yield FoundProduct(
                first=words[0].place,
                last=words[-1].place,
                word=text,
                described=tuple(described),
                may_be_drawn=plural and not described and _is_drawn(words, names),
            )


def english_recipients(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the indices of the words for whom or what a design is made: for a dog owner.

    Words that are not known after "for" are among them. Other names of things are, where a
    recipient ends the words or a gift stands before them.
    """
    for clause in _clauses(tokens):
        for number, word in enumerate(clause):
            if word.token.text != "for":
                continue
            before = clause[number - 1] if number else None
            if before is not None and before.token.text in _SEARCHES:
                continue
            is_gift = before is not None and before.token.text in _GIFTS
            if is_gift and before is not None:
                yield before.place
            yield from _recipient_words(clause[number + 1 : number + 1 + _REACH], is_gift)


def _recipient_words(following: Sequence[_Word], is_gift: bool) -> Iterator[int]:
    words: list[_Word] = []
    for word in following:
        if word.token.text in _RECIPIENT_ENDS or word.token.kind in ("not", "product"):
            break
        words.append(word)
    last = max((n for n in range(len(words)) if _ends_recipient(words, n)), default=-1)
    for number, word in enumerate(words):
        if (
            number <= last
            or is_gift
            or (word.token.kind == "unknown" and not is_plural(word.token))
        ):
            yield word.place


def _ends_recipient(words: Sequence[_Word], number: int) -> bool:
    """Return whether a word, alone or with those before it, is a recipient."""
    if words[number].token.text.endswith(("'s", "s'")):
        return True
    forms = tuple(form for word in words[: number + 1] for form in word.forms)
    recipients = _phrases("recipients")
    return any(forms[-length:] in recipients for length in (1, 2))


def _clauses(tokens: Sequence[Token]) -> Iterator[list[_Word]]:
    clause: list[_Word] = []
    for place, token in enumerate(tokens):
        if token.kind == "end" or is_chinese(token.text[0]):
            if clause:
                yield clause
            clause = []
        elif token.kind != "blank" and (forms := phrase_of(_plain(token))):
            clause.append(_Word(place=place, token=token, forms=forms))
    if clause:
        yield clause


def _plain(token: Token) -> str:
    """Return an English word as written, so that no correction turns an apron into an acorn."""
    return token.original.lower() if token.kind == "unknown" else token.text


@lru_cache(maxsize=4)
def _phrases(table: str) -> frozenset[tuple[str, ...]]:
    return other_products().phrases(table)


def _named(clause: Sequence[_Word], names: MotifNames) -> Iterator[tuple[int, int]]:
    """Yield the first and last word of each name of a product, the longest ones.

    A longer name of a thing goes before: a top hat, an umbrella with rain drops.
    """
    number = 0
    while number < len(clause):
        last = _product_to(clause, number)
        thing_last = _thing_to(clause, number, names)
        if last is not None and last >= thing_last:
            yield number, last
        number = max(number, thing_last, -1 if last is None else last) + 1


def _thing_to(clause: Sequence[_Word], first: int, names: MotifNames) -> int:
    """Return the last word of the name of a thing that begins at a word, or the word itself."""
    nearby = clause[first : first + names.max_words]
    words = [form for word in nearby for form in _plain(word.token).split()]
    match = names.match_english(words)
    count = 0
    for number in range(first, first + len(nearby)):
        count += len(clause[number].forms)
        if match is not None and match.kind != "undrawn" and count == match.length:
            return number
    return first


def _product_to(clause: Sequence[_Word], first: int) -> int | None:
    """Return the last word of the longest name of a product that begins at a word, or None."""
    for last in range(min(first + 3, len(clause) - 1), first - 1, -1):
        words = clause[first : last + 1]
        forms = tuple(form for word in words for form in word.forms)
        is_name = forms in _phrases("products") or (_is_pair(words) and is_plural(words[-1].token))
        if is_name and (last > first or _is_plain(clause[first].token)):
            return last
    return None


def _is_plain(token: Token) -> bool:
    """Return whether a token has no other meaning: a bandana alone is a paisley."""
    return token.kind in ("unknown", "stop")


def _described(clause: Sequence[_Word], first: int) -> list[int]:
    """Return the words before a product in the same compound, the first one first."""
    start = first
    while start > max(0, first - _REACH) and (
        clause[start - 1].token.kind not in ("stop", "not", "product", "gradient")
    ):
        start -= 1
    return list(range(start, first))


def _is_product(
    clause: Sequence[_Word],
    span: tuple[int, int],
    taken: set[int],
    at_end: bool,
    names: MotifNames,
) -> bool:
    """Return whether words that name a product mean it, and no thing to draw.

    Args:
        clause: of the brief.
        span: the first and the last of the words.
        taken: words of the clause that are products.
        at_end: whether it is the first or the last clause.
        names: of everything that can be drawn.
    """
    first, last = span
    described = _described(clause, first)
    is_compound = any(clause[n].token.kind == "unknown" for n in described)
    start = described[0] if described else first
    plural = is_plural(clause[last].token) and _is_drawn(clause[first : last + 1], names)
    while start and clause[start - 1].token.text in _DETERMINERS:
        start -= 1
        plural = plural and clause[start].token.text not in _PAIRS
    before = clause[start - 1].token.text if start else ""
    after = clause[last + 1].token.text if last + 1 < len(clause) else ""
    if after in _PATTERNS:
        return False
    if before in _PURPOSES:
        return not plural or before != "on" or _is_pair(clause[first : last + 1])
    if before in _AND and start > 1 and start - 2 in taken:
        return True
    if before == "of" and not plural and not after:
        return any(word.token.text == "for" for word in clause[:start])  # for a day of school bag
    if before in _HOLDERS:
        return is_compound and not plural and before in _AND and not after
    leads = not any(_names_thing(word, names) for word in clause[:start])
    if after in _CONTENTS and leads:
        return not (plural and after == "in")
    if plural:
        return is_compound and at_end and not after and _is_pair(clause[first : last + 1])
    is_clause = not start and last == len(clause) - 1
    is_alone = is_clause and last > first and not _is_drawn(clause[first : last + 1], names)
    return after not in _AND and (is_compound or is_alone or (at_end and leads))


def _is_drawn(words: Sequence[_Word], names: MotifNames) -> bool:
    """Return whether something can be drawn for a product."""
    forms = [form for word in words for form in _plain(word.token).split()]
    match = names.match_english(forms)
    return match is not None and match.length == len(forms) and match.kind != "undrawn"


def _is_pair(words: Sequence[_Word]) -> bool:
    return tuple(form for word in words for form in word.forms) in _phrases("pairs")


def _names_thing(word: _Word, names: MotifNames) -> bool:
    return word.token.kind == "unknown" and names.match_english([_plain(word.token)]) is not None
