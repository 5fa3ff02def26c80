"""Suggests what to write instead of words that a brief is not understood by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.briefs.text.index import is_chinese
from shared.briefs.vocabulary import VOCABULARIES
from shared.motifs.library import MotifLibrary
from shared.motifs.search import search_motifs

__all__ = ["Suggestion", "suggestions"]

_MOST = 4
_MOST_MOTIFS = 2
_LEAST_ALIKE = 0.5
"""Dice coefficient of the pairs of letters, or of the Chinese characters, of two names."""
_KINDS = ("colour", "pattern", "mood", "product", "material", "finish")
"""Vocabularies whose words are suggested."""
_MOST_CHARS = 40
_MOST_COMPARED = 60
"""Names that share the most parts, which are compared."""


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
    found += [
        Suggestion(kind=kind, key=key, text=name)
        for (kind, key), name in _alike(wanted, _names(language))
    ]
    if len(found) < _MOST:
        names = _motif_names(library, language)
        found += [_motif(key, text) for (key, text), _ in _alike(wanted, names)]
    return tuple({each.text: each for each in found}.values())[:_MOST]


def _motif(key: str, text: str) -> Suggestion:
    return Suggestion(kind="motif", key=key, text=text)


Names = Mapping[str, tuple[str, str]]
"""(kind, key) or (id, text) by the name that is compared."""


@dataclass(frozen=True)
class _Index:
    """Names by their parts."""

    targets: Names
    parts: Mapping[str, Counter[str]]
    names_of: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=2)
def _names(language: str) -> _Index:
    return _index(
        {
            name: (kind, key)
            for kind in _KINDS
            for key, term in VOCABULARIES[kind].items()
            for name in (*term.synonyms(language), *term.names(language))
        }
    )


@lru_cache(maxsize=4)
def _motif_names(library: MotifLibrary, language: str) -> _Index:
    named = ((each.id, each.name(language)) for each in search_motifs(library, ""))
    return _index({name.lower(): (motif_id, name) for motif_id, name in named})


def _index(targets: Names) -> _Index:
    parts = {name: Counter(_parts(name)) for name in targets}
    names_of: dict[str, list[str]] = {}
    for name, counted in parts.items():
        for part in counted:
            names_of.setdefault(part, []).append(name)
    return _Index(targets, parts, {part: tuple(names) for part, names in names_of.items()})


def _parts(name: str) -> Iterable[str]:
    """Return the characters of a Chinese name; of others pairs of letters, with the ends."""
    if any(map(is_chinese, name)):
        return name
    padded = f" {name} "
    return [padded[place : place + 2] for place in range(len(padded) - 1)]


def _alike(wanted: str, index: _Index) -> list[tuple[tuple[str, str], str]]:
    """Return the targets of the names that are alike enough, the most alike first, each once.

    Each comes with its most alike name.
    """
    own = Counter(_parts(wanted))
    shared = Counter(name for part in own for name in index.names_of.get(part, ()))
    candidates = [name for name, _ in shared.most_common(_MOST_COMPARED)]
    ranked = sorted((-_dice(own, index.parts[name]), name) for name in candidates)
    good = [name for score, name in ranked[: 2 * _MOST] if -score >= _LEAST_ALIKE]
    return list({index.targets[name]: name for name in reversed(good)}.items())[::-1]


def _dice(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())
