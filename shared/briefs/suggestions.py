"""Suggests what to write instead of words that a brief is not understood by."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from shared.briefs.text.index import is_chinese
from shared.briefs.vocabulary import VOCABULARIES
from shared.motifs.library import MotifLibrary
from shared.motifs.search import search_motifs

__all__ = ["Suggestion", "suggestions"]

_MOST = 4
_MOST_MOTIFS = 2
_LEAST_ALIKE = {"en": 0.7, "zh": 0.5}
"""Ratio of `SequenceMatcher` from which names are alike; Chinese ones have few characters."""
_KINDS = ("colour", "pattern", "mood", "product", "material", "finish")
"""Vocabularies whose words are suggested."""
_MOST_CHARS = 40


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A word that is understood."""

    kind: str
    """Name of a vocabulary, or "motif"."""
    key: str
    text: str
    """What to write."""


@lru_cache(maxsize=2048)  # a brief is read again with every word that is typed
def suggestions(word: str, library: MotifLibrary) -> tuple[Suggestion, ...]:
    """Return words that are understood and look like one that is not, the most alike first.

    Args:
        word: as written, English or Chinese.
        library: motifs of this installation.
    """
    wanted = word.strip().lower()[:_MOST_CHARS]
    if not wanted:
        return ()
    language = "zh" if any(map(is_chinese, wanted)) else "en"
    found = [
        _motif(each.id, each.name(language))
        for each in search_motifs(library, wanted)[:_MOST_MOTIFS]
    ]
    found += _alike(wanted, _terms(language), _LEAST_ALIKE[language])
    if len(found) < _MOST:
        found += _alike(wanted, _motif_names(library, language), _LEAST_ALIKE[language])
    return tuple({each.text: each for each in found}.values())[:_MOST]


def _motif(key: str, text: str) -> Suggestion:
    return Suggestion(kind="motif", key=key, text=text)


@lru_cache(maxsize=2)
def _terms(language: str) -> Mapping[str, Suggestion]:
    """Return the words of the vocabularies by what is compared."""
    return {
        name: Suggestion(kind=kind, key=key, text=name)
        for kind in _KINDS
        for key, term in VOCABULARIES[kind].items()
        for name in (*term.synonyms(language), *term.names(language))
    }


@lru_cache(maxsize=4)
def _motif_names(library: MotifLibrary, language: str) -> Mapping[str, Suggestion]:
    """Return the motifs by what is compared."""
    named = ((each.id, each.name(language)) for each in search_motifs(library, ""))
    return {name.lower(): _motif(motif_id, name) for motif_id, name in named}


def _alike(wanted: str, words: Mapping[str, Suggestion], least: float) -> list[Suggestion]:
    """Return the words that are alike enough, the most alike first, each term once."""
    found = [words[name] for name in get_close_matches(wanted, words, 2 * _MOST, least)]
    return list({(each.kind, each.key): each for each in reversed(found)}.values())[::-1]
