"""Search terms of designs and of queries, in both languages.

A design has two kinds of terms: concepts, such as `motif:fox` and `colour:teal`, which are the
same in English and Chinese, and the words of its texts: English ones in the singular, Chinese ones
as single characters and pairs of adjacent characters.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from shared.briefs.parser import parse_brief, vocabulary_index
from shared.briefs.text.index import english_words, is_chinese
from shared.briefs.text.singular import comparable
from shared.briefs.text.tokenizer import Token, fold_characters, tokenize
from shared.briefs.vocabulary import VOCABULARIES
from shared.motifs.catalog import own_motifs
from shared.motifs.names import motif_names
from shared.unicode_text import normalized

__all__ = ["MAX_QUERY_CHARS", "query_terms", "tag_term", "terms_of"]

MAX_QUERY_CHARS = 200
_FIELDS = (
    *(("product", "product"), ("materials", "material"), ("finish", "finish")),
    *(("pattern", "pattern"), ("colours", "colour"), ("functions", "function")),
    *(("mood", "mood"), ("scale", "scale"), ("density", "density"), ("contrast", "contrast")),
    *(("line_weight", "line_weight"), ("gradient_direction", "gradient_direction")),
    *(("repeat", "repeat"), ("layout", "layout"), ("ground_tone", "ground_tone")),
)
"""Rows of (field of `ParsedBrief`, vocabulary)."""
_IGNORED_KINDS = frozenset(("stop", "not", "end", "blank", "only"))


def terms_of(
    texts: Iterable[str], understood: Mapping[str, Any], *, tags: Iterable[str] = ()
) -> list[str]:
    """Return the search terms of a design, sorted.

    Args:
        texts: the brief, the name and other texts of the design.
        understood: document of the parsed brief; may be empty.
    """
    terms = set(_concepts(understood))
    for text in texts:
        terms |= _words(text)
    for tag in tags:
        terms |= {tag_term(tag), *_words(tag)}
    return sorted(terms)


def tag_term(tag: str) -> str:
    """Return the term of a tag; tags that differ only in case are the same."""
    return f"tag:{_folded(tag).strip()}"


def query_terms(query: str) -> list[list[str]]:
    """Return what a design must have to match a query: of each list at least one term.

    A recognised name is matched by its concept, so that 狐狸 finds foxes, or by its words; a wider
    one by what it stands for too, so that 鸟 finds cranes.
    """
    return [[*group, *_narrower().get(_concepts_of(group), ())] for group in _groups(query)]


@cache
def _narrower() -> Mapping[frozenset[str], Sequence[str]]:
    """Return the terms of the own motifs that wider names stand for, by the names' concepts."""
    found: dict[frozenset[str], dict[str, None]] = {}
    for motif in own_motifs().values():
        for word in motif.wider:
            found.setdefault(_concepts_called(word), {})[f"motif:{motif.name}"] = None
    return {concepts: list(terms) for concepts, terms in found.items() if concepts}


def _concepts_called(word: str) -> frozenset[str]:
    """Return the concepts that an English word is the very name of; none if there are none."""
    understood = parse_brief(word)
    for mention in understood.motifs:
        if mention.family or mention.name == word:
            return frozenset(_subject_terms(mention.subjects))
    is_pattern = comparable(understood.pattern) == comparable(word)
    return frozenset((f"pattern:{understood.pattern}",)) if is_pattern else frozenset()


def _concepts_of(group: Sequence[str]) -> frozenset[str]:
    return frozenset(term for term in group if ":" in term)


def _groups(query: str) -> list[list[str]]:
    rest = _folded(query)[:MAX_QUERY_CHARS]
    groups: list[list[str]] = []
    for mention in parse_brief(rest).motifs:
        if mention.word in rest:
            rest = rest.replace(mention.word, " ", 1)
            groups.append([*_subject_terms(mention.subjects), *_joined(mention.word)])
    unknown = ""
    for token in tokenize(rest, vocabulary_index(), motif_names()):
        if token.kind in VOCABULARIES and not token.key.startswith("#"):
            term = f"{token.kind}:{token.key}"
            groups.append([term, *_motif_terms(token.text), *_joined(token.text)])
        elif token.kind not in _IGNORED_KINDS or token.text.isdecimal():
            unknown += _spelled(token)
        else:
            unknown += " "
    groups += [[word] for word in sorted(_query_words(unknown))]
    return groups


def _concepts(understood: Mapping[str, Any]) -> Iterable[str]:
    for field, kind in _FIELDS:
        value = understood.get(field) or ()
        keys = (value,) if isinstance(value, str) else value
        yield from (f"{kind}:{key}" for key in keys)
    for mention in understood.get("motifs") or ():
        yield from _subject_terms(mention["subjects"])


def _motif_terms(name: str) -> list[str]:
    """Return the terms of the motifs that are called so too: a lemon is a colour and a fruit."""
    return [term for each in parse_brief(name).motifs for term in _subject_terms(each.subjects)]


def _subject_terms(subjects: Iterable[str]) -> list[str]:
    """Return the terms of motifs, which have the same one in all sets of drawings."""
    return list(dict.fromkeys(f"motif:{subject.rpartition(':')[2]}" for subject in subjects))


def _words(text: str) -> set[str]:
    """Return the words of a text: English ones, and Chinese characters and pairs of them."""
    folded = _folded(text)
    words = {comparable(word) for word, _, _ in english_words(folded)}
    words |= {letter for letter in folded if is_chinese(letter)}
    return words | _pairs(folded)


def _query_words(text: str) -> set[str]:
    """Return the words of a query; a Chinese character counts alone only if it stands alone."""
    words = {comparable(word) for word, _, _ in english_words(text)} | _pairs(text)
    paired = {letter for pair in _pairs(text) for letter in pair}
    return words | {letter for letter in text if is_chinese(letter) and letter not in paired}


def _pairs(text: str) -> set[str]:
    pairs = pairwise(text)
    return {first + second for first, second in pairs if is_chinese(first) and is_chinese(second)}


def _joined(name: str) -> list[str]:
    """Return the term of a name of one word; those of several are found by their concept."""
    words = _query_words(_folded(name))
    return list(words) if len(words) == 1 else []


def _spelled(token: Token) -> str:
    return token.text if token.text.strip() else " "


def _folded(text: str) -> str:
    return fold_characters(normalized("NFKC", text))
