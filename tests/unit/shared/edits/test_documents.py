"""docs/edits.md has the words and colourways of the tables, and every kind of edit."""

from pathlib import Path
from typing import get_args

from shared.designs.edits.kinds import Edit
from shared.designs.edits.words import colourways, ways_to_say

PAGE = (Path(__file__).parents[4] / "docs" / "edits.md").read_text("utf-8")


def test_tables_are_up_to_date() -> None:
    for table in (colourways(), ways_to_say()):
        assert table in PAGE, "put the output of `python -m shared.designs.edits.words` there"


def test_every_kind_is_documented() -> None:
    union = get_args(Edit)[0]
    kinds = {get_args(model.model_fields["kind"].annotation)[0] for model in get_args(union)}
    assert len(kinds) == 17
    assert {kind for kind in kinds if f"| `{kind}` |" not in PAGE} == set()
