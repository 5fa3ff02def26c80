"""Tables of the words that briefs are read by, as Markdown for docs/saying.md."""

from __future__ import annotations

from collections.abc import Iterable

from shared.briefs.colours.amount_words import AMOUNTS
from shared.briefs.vocabulary import PHRASES

__all__ = ["amounts_table", "phrases_table"]

_PHRASES = {
    "negations": "refuse what follows, or what precedes",
    "not-refusals": "refuse nothing",
    "only": "allow no other colours",
    "negation-ends": "end a refusal",
}


def phrases_table() -> str:
    """Return the words of refusals and of "only these", by what they do."""
    rows = [(what, PHRASES[key].en, PHRASES[key].zh) for key, what in _PHRASES.items()]
    return _table(
        ("Words that", "English", "Chinese"),
        ((what, _list(english), _list(chinese)) for what, english, chinese in rows),
    )


def amounts_table() -> str:
    """Return the words for amounts with the area that each stands for, in per cent."""
    rows = []
    for entry in AMOUNTS.values():
        area = f"{entry.low:g} to {entry.high:g} %" if entry.high else _WITHOUT_NUMBERS[entry.key]
        rows.append((area, _SIDES[entry.side], _list(entry.en), _list(entry.zh)))
    return _table(("Area", "The colour stands", "English", "Chinese"), rows)


_WITHOUT_NUMBERS = {"equal": "equal parts, 10 points more or less", "rest": "what the others leave"}
_SIDES = {"after": "after", "before": "before", "either": "after or before"}


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(f"{phrases_table()}\n\n{amounts_table()}")
