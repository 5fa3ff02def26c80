"""Sentences are read as typed edits, in English and Chinese."""

from typing import Any

import pytest

from shared.briefs.vocabulary import COLOURS
from shared.designs.edits.kinds import Edit, edit_document
from shared.designs.edits.said import read_said
from shared.motifs.names import motif_names
from tests.unit.shared.edits.examples import development_sentences, named_design


def faults(edit: Edit, expected: dict[str, Any]) -> list[str]:
    """Return in what an edit differs from the expected fields."""
    got = edit_document(edit)
    found = []
    for key, value in expected.items():
        if key == "sign":
            amount = got["factor"] - 1 if "factor" in got else got["amount"]
            if amount * value <= 0:
                found.append(f"sign {amount}")
        elif key == "name" and expected["kind"] in ("recolour", "paint"):
            if got.get("to") != COLOURS[value].hex:
                found.append(f"to {got.get('to')}")
        elif key == "hex":
            if got.get("to") != value:
                found.append(f"to {got.get('to')}")
        elif got.get(key) != value:
            found.append(f"{key} {got.get(key)}")
    return found


@pytest.mark.parametrize("sentence", development_sentences(), ids=lambda each: each["say"])
def test_development_sentence_is_understood(sentence: dict[str, Any]) -> None:
    edit = read_said(sentence["say"], named_design(sentence["design"]), motif_names())
    assert faults(edit, sentence["edit"]) == [], edit
