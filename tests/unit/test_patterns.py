"""Regular expressions on untrusted input run in linear time, judged by their syntax."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from shared.briefs.colours import amount_words, amounts
from shared.briefs.colours import codes as colour_codes

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("shared", "web", "codesigner", "worker")
OWN_TEXTS = ("worker/corpus/", "worker/training/", "worker/evaluation/")
"""What they read is the project's own."""
EXEMPT = {
    r"<(?:\w+:)?(\w+)>": "the application's own routes",
    r"^GPU (\d+): .*\(UUID: (GPU-[0-9a-fA-F-]+)\)": "the output of nvidia-smi",
    r"^\s+MIG .*\(UUID: (MIG-[0-9a-zA-Z/-]+)\)": "the output of nvidia-smi",
    rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)": "blanks lie between two fixed words",
    r'Iptc4xmpExt:DigitalSourceType="([^"]*)"': "each start ends with what stops the one before",
    r"(?ms)^(DETAIL|CONTEXT):.*?"
    r"(?=\n(?:CONTEXT:|HINT:|\[SQL: |\nThe above exception |\nDuring handling )|\Z)": (
        "no start fails: it ends with the text at the latest"
    ),
}
"""Patterns that may step back, and why that does no harm."""
FUNCTIONS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
}
COMPOSED = {
    "shared/briefs/colours/amount_words.py": amount_words,
    "shared/briefs/colours/amounts.py": amounts,
    "shared/briefs/colours/codes.py": colour_codes,
}
"""Modules whose patterns are built from parts, so that the sources do not have them."""
REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}


def patterns() -> Iterator[tuple[str, str]]:
    """Yield the location and text of each pattern in the sources."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(OWN_TEXTS):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if _calls_re(node) and name in COMPOSED and not _is_constant(node):
                    continue  # see `composed_patterns`
                if _calls_re(node):
                    assert isinstance(node.args[0], ast.Constant), f"{name}: no constant"
                    yield f"{name}:{node.lineno}", node.args[0].value


def composed_patterns() -> Iterator[tuple[str, str]]:
    """Yield the patterns that modules build from parts."""
    for name, module in COMPOSED.items():
        found = [value for value in vars(module).values() if isinstance(value, re.Pattern)]
        found += [each[0] for each in getattr(module, "_CODES", ())]
        found += [each[0] for each in getattr(module, "_COMPARISONS", ())]
        assert found, name
        for number, pattern in enumerate(found):
            yield f"{name}: {number}", pattern.pattern
    yield "shared/briefs/colours/amount_words.py: words", amount_words._words().pattern


def _is_constant(node: Any) -> bool:
    return isinstance(node.args[0], ast.Constant)


def _calls_re(node: ast.AST) -> Any:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def is_linear(pattern: str | bytes) -> bool:
    """Whether unbounded repetitions are neither nested nor followed by what can fail.

    The matcher then never backtracks, and no position is scanned from several starts: what a
    repetition has consumed is part of a match.
    """
    return _is_linear(_parser.parse(pattern), last=True)


def _is_linear(sequence: Any, *, last: bool) -> bool:
    items = list(sequence)
    for place, (code, given) in enumerate(items):
        rest_is_optional = last and all(map(_may_be_empty, items[place + 1 :]))
        repeats = given[1] if code in REPEATS else 1
        if repeats == codes.MAXREPEAT and not rest_is_optional:
            return False
        if repeats > 1 and any(_repeats(given[2], unbounded=repeats != codes.MAXREPEAT)):
            return False
        if not all(_is_linear(inner, last=rest_is_optional) for inner in _inner(code, given)):
            return False
    return True


def _may_be_empty(item: tuple[Any, Any]) -> bool:
    code, given = item
    return code in REPEATS and given[0] == 0


def _inner(code: Any, given: Any) -> list[Any]:
    """Return the sequences within an item."""
    if code in REPEATS:
        return [given[2]]
    if code is codes.SUBPATTERN:
        return [given[3]]
    if code is codes.BRANCH:
        return list(given[1])
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [given[1]]
    if code is codes.ATOMIC_GROUP:
        return [given]
    return []


def _repeats(sequence: Any, *, unbounded: bool) -> Iterator[bool]:
    for code, given in sequence:
        yield code in REPEATS and (given[1] == codes.MAXREPEAT or not unbounded)
        for inner in _inner(code, given):
            yield from _repeats(inner, unbounded=unbounded)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s*(-)\s*",
        r"(a+)+",
        r"a+b",
        r"(?:a|b+c)",
        r"a+(?=b)",
        r"(?:x*y)?",
        r".*?z",
        r"a++b",
        r"a*a*b",
        r"(?:a+){2,3}",
    ],
)
def test_backtracking_patterns_are_detected(pattern: str) -> None:
    assert not is_linear(pattern)


@pytest.mark.parametrize(
    "pattern", [r"[,;\s]+", r"[a-z]+(?:'[a-z]+)?|&", r"\d{1,10}-\d{1,10}", "a|b+"]
)
def test_linear_patterns_are_accepted(pattern: str) -> None:
    assert is_linear(pattern)


def test_every_pattern_runs_in_linear_time() -> None:
    found = {**dict(patterns()), **dict(composed_patterns())}
    stepping = {place: text for place, text in found.items() if not is_linear(text)}
    assert {place: text for place, text in stepping.items() if text not in EXEMPT} == {}
    assert set(EXEMPT) == set(stepping.values())
