"""How far an edit goes, by its words: a bit, much, twice, 20 %."""

from __future__ import annotations

from collections.abc import Sequence

from shared.designs.edits.scan import Mark

__all__ = ["amount_of", "degree_of", "factor_of"]

_USUAL_FACTOR, _USUAL_AMOUNT, _MOST = 0.3, 0.5, 0.95


def degree_of(marks: Sequence[Mark]) -> float:
    """Return how much: 1 for the usual change."""
    degrees = [
        float(word.value or 1.0) for mark in marks if (word := mark.word("degree")) is not None
    ]
    return min(degrees, key=lambda degree: -abs(degree - 1), default=1.0)


def amount_of(marks: Sequence[Mark], sign: int) -> float:
    """Return the amount of a change of colour, density or line weight, -1 to 1."""
    amount = _USUAL_AMOUNT * degree_of(marks)
    for mark in marks:
        if mark.number is not None and mark.unit == "percent":
            amount = mark.number / 100
        elif word := mark.word("times"):
            value = float(word.value or 1.0)
            amount = 1 - value if value < 1 else _MOST
    return round(sign * min(_MOST, abs(amount)), 2)


def factor_of(marks: Sequence[Mark], sign: int) -> float:
    """Return the factor of a size."""
    step = 1 + _USUAL_FACTOR * degree_of(marks)
    factor = step if sign > 0 else 1 / step
    for index, mark in enumerate(marks):
        if mark.number is not None and mark.unit in ("percent", "times"):
            factor = _by_number(mark, marks[:index], sign)
        elif word := mark.word("times"):
            value = float(word.value or 1.0)
            if value < 1:
                factor = value if sign < 0 or word.sign < 0 else 1 + value
            else:
                factor = value if sign > 0 else 1 / value
    return round(min(5.0, max(0.1, factor)), 3)


def _by_number(mark: Mark, before: Sequence[Mark], sign: int) -> float:
    """Return the factor of a number: 20% bigger, to 80%, 1.5x."""
    assert mark.number is not None
    if mark.unit == "times":
        return mark.number if sign > 0 or mark.number < 1 else 1 / mark.number
    part = mark.number / 100
    is_whole = bool(before) and before[-1].text.endswith(("to", "到", "为", "成", "至"))
    if is_whole or part >= 1:
        return part if is_whole or sign > 0 else 1 / (1 + part)
    return 1 + part if sign > 0 else 1 - part
