"""Differences of briefs in words."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup

__all__ = ["changed_words", "marked"]

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+|#?[^\s]")
"""A Chinese character, a word of another script, or a sign."""
_MARK = Markup("<mark>{}</mark>")
_JOINED_MARKS = {"</mark><mark>": "", "</mark> <mark>": " "}
"""What joins the marks of adjacent words. A user's text cannot contain it, since it is escaped."""


def changed_words(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the phrases that were left out of a brief, and those that were added."""
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    matcher = SequenceMatcher(None, _folded(old), _folded(new), autojunk=False)
    left_out, added = [], []
    for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if what != "equal":
            left_out += _phrase(before, old[old_start:old_end])
            added += _phrase(after, new[new_start:new_end])
    return left_out, added


def marked(brief: str, others: Sequence[str]) -> Markup:
    """Return a brief with the words marked that some other brief does not have."""
    known = [set(_folded(list(_WORD.finditer(other)))) for other in others]
    parts, end = [], 0
    for match in _WORD.finditer(brief):
        parts.append(Markup("{}").format(brief[end : match.start()]))
        is_own = any(match[0].casefold() not in words for words in known) and match[0].isalnum()
        parts.append(_MARK.format(match[0]) if is_own else Markup("{}").format(match[0]))
        end = match.end()
    parts.append(Markup("{}").format(brief[end:]))
    joined = str(Markup().join(parts))
    for between, gap in _JOINED_MARKS.items():
        joined = joined.replace(between, gap)
    return Markup(joined)  # noqa: S704


def _folded(matches: Sequence[re.Match[str]]) -> list[str]:
    return [match[0].casefold() for match in matches]


def _phrase(text: str, matches: Sequence[re.Match[str]]) -> list[str]:
    """Return the text of adjacent words, without signs around it; none if it is signs alone."""
    words = [match for match in matches if match[0].isalnum() or len(match[0]) > 1]
    return [text[words[0].start() : words[-1].end()]] if words else []
