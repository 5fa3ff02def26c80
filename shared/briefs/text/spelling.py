"""Corrects small typos in long English words."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

__all__ = ["Speller"]


class Speller:
    """Finds the word of a vocabulary that a word misspells.

    Args:
        vocabulary: the words that are known.
        min_length: the shortest word that is corrected, in letters.
        min_similarity: ratio of `SequenceMatcher` that a candidate must exceed.
    """

    def __init__(
        self, vocabulary: Iterable[str], *, min_length: int = 5, min_similarity: float = 0.83
    ) -> None:
        self._vocabulary = frozenset(vocabulary)
        self._min_length, self._min_similarity = min_length, min_similarity
        self._by_end: dict[tuple[int, int, str], list[tuple[str, int]]] = {}
        for word in sorted(self._vocabulary):
            if len(word) >= min_length - 1:
                entry = (word, _letter_mask(word))
                for end in (0, -1):
                    self._by_end.setdefault((len(word), end, word[end]), []).append(entry)

    def __contains__(self, word: str) -> bool:
        """Return whether the vocabulary has the word."""
        return word in self._vocabulary

    def correct(self, word: str) -> tuple[str, float]:
        """Return the word that a long unknown word misspells and their similarity.

        Without one, the word itself with a similarity of 0. A candidate shares the first or the
        last letter; transposed letters count as a similarity of 1.
        """
        best, best_similarity = word, 0.0
        if len(word) < self._min_length or not word.isalpha():
            return best, best_similarity
        limit = self._min_similarity
        letters, mask = sorted(word), _letter_mask(word)
        for candidate, candidate_mask in self._candidates(word):
            length = len(candidate)
            common = min(
                len(word) - (mask & ~candidate_mask).bit_count(),
                length - (candidate_mask & ~mask).bit_count(),
            )
            if 2 * common <= limit * (len(word) + length):
                continue  # skips SequenceMatcher, which is a hundred times slower
            if candidate[0] == word[0] and sorted(candidate) == letters:
                return candidate, 1.0
            matcher = SequenceMatcher(None, word, candidate, autojunk=False)
            if matcher.quick_ratio() > limit and (similarity := matcher.ratio()) > limit:
                best, best_similarity, limit = candidate, similarity, similarity
        return best, best_similarity

    def _candidates(self, word: str) -> Iterable[tuple[str, int]]:
        for length in range(len(word) - 2, len(word) + 3):
            yield from self._by_end.get((length, 0, word[0]), ())
            for entry in self._by_end.get((length, -1, word[-1]), ()):
                if entry[0][0] != word[0]:
                    yield entry


def _letter_mask(word: str) -> int:
    """Return a word's letters as a bit mask; letters other than a to z may share bits."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask
