"""Sentences are read as typed edits, in English and Chinese."""

from typing import Any

import pytest

from shared.briefs.vocabulary import COLOURS
from shared.designs.edits.kinds import Edit, edit_document
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.said import read_said
from shared.motifs.names import motif_names
from tests.unit.shared.edits.examples import (
    development_sentences,
    motif_design,
    named_design,
    sentences,
)


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


@pytest.mark.parametrize("sentence", sentences("edits_read"), ids=lambda each: each["say"])
def test_further_sentences_are_read_as_reviewed(sentence: dict[str, Any]) -> None:
    edit = read_said(sentence["say"], named_design(sentence["design"]), motif_names())
    assert edit_document(edit) == sentence["edit"]


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        ("", "nothing_said"),
        ("please", "nothing_said"),
        ("hello", "nothing_said"),
        ("the gaps", "nothing_said"),
        ("put hats on the foxes", "nothing_said"),
        ("remove the owls", "no_such_thing"),
        ("bigger foxes, denser", "several"),
        ("bigger foxes and smaller cats", "several"),
        ("remove the cats and make the foxes bigger", "several"),
        ("make the background navy and the foxes gold", "several"),
        ("底色改成深红，狐狸大一点", "several"),
        ("去掉条纹并且旋转45度", "several"),
        ("gold instead of purple", "no_such_colour"),
        ("把猫头鹰放大", "no_such_thing"),
        ("去掉紫色", "no_such_colour"),
    ],
)
def test_what_is_not_understood_or_not_there_is_refused(say: str, reason: str) -> None:
    with pytest.raises(EditRefused) as refused:
        read_said(say, motif_design(), motif_names())
    assert refused.value.reason == reason
