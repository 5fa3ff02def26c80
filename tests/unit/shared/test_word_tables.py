"""docs/saying.md has the words of the tables."""

from pathlib import Path

import pytest

from shared.briefs.understood import ParsedBrief
from shared.briefs.word_tables import amounts_table, phrases_table

PAGE = (Path(__file__).parents[3] / "docs" / "saying.md").read_text("utf-8")


@pytest.mark.parametrize("table", [phrases_table(), amounts_table()], ids=["phrases", "amounts"])
def test_page_has_the_table(table: str) -> None:
    assert table in PAGE, f"write this into docs/saying.md:\n{table}"


def test_page_has_the_version_of_what_is_read() -> None:
    assert f"| `version` | {ParsedBrief().version} |" in PAGE
