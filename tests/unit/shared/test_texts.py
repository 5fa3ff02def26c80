"""Unicode normalization of unusual texts."""

import unicodedata

import pytest
from pydantic_core import PydanticCustomError

from shared.unicode_text import MOST_MARKS, normalized
from web.schemas.jobs import checked_brief

MARKS = [
    "\u0301",
    "\u0301\u0316",
    "\u0316\u0301",
    "\u0344",
    "\uff9e\u0301",
    "\u0f73\u0301",
    "\u05b0\u0591",
]


def longest_run(text: str) -> int:
    """Return the length of the longest run of combining marks after decomposition."""
    longest = run = 0
    for char in unicodedata.normalize("NFKD", text):
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@pytest.mark.parametrize("marks", MARKS)
def test_long_runs_of_combining_marks_are_split(form: str, marks: str) -> None:
    found = normalized(form, "a" + marks * 1000)  # type: ignore[arg-type]
    assert longest_run(found) <= 2 * MOST_MARKS + 4


def test_no_character_decomposes_into_a_long_run_of_marks() -> None:
    assert max(longest_run(chr(code)) for code in range(0x110000)) <= 4


@pytest.mark.parametrize("text", ["e\u0301", "Tiếng Việt", "각", "क्षि", "teal", "שָׁלוֹם", "½ ﬁ"])
def test_ordinary_text_is_normalized_as_by_unicodedata(text: str) -> None:
    for form in ("NFC", "NFKC"):
        assert normalized(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


def test_brief_length_is_limited_before_and_after_normalization() -> None:
    assert checked_brief("e\u0301" * 2000, 2000) == "é" * 2000
    assert checked_brief("\u1fb3\u0314\u0342" * 1000, 2000) == "\u1f87" * 1000
    for brief in ("e\u0301" * 2001, "a" + "\u0301" * 100_000, "a" * 8001, "\u0958" * 1500):
        with pytest.raises(PydanticCustomError) as refused:
            checked_brief(brief, 2000)
        assert refused.value.type == "string_too_long"
