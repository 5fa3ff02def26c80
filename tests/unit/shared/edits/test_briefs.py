"""Briefs that are nothing but an edit are told from briefs that describe a design."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.designs.edits.briefs import is_only_edit
from shared.motifs.names import motif_names
from tests.unit.shared.edits.examples import development_sentences

ROOT = Path(__file__).parents[4]
_MAY_BE_BRIEFS = frozenset(("in winter colours", "换成秋天的颜色"))


def briefs() -> Iterator[str]:
    """Yield the briefs of the tuning sets."""
    for path in ("worker/evaluation/briefs_tuning.jsonl", "tests/unit/shared/things_dev.jsonl"):
        for line in (ROOT / path).read_text("utf-8").splitlines():
            document = json.loads(line)
            yield document.get("brief") or document["text"]


def test_no_brief_is_taken_for_an_edit() -> None:
    names = motif_names()
    found = list(briefs())
    assert len(found) > 500
    assert [brief for brief in found if is_only_edit(brief, names)] == []


@pytest.mark.parametrize("sentence", development_sentences(), ids=lambda each: each["say"])
def test_edits_are_known_without_a_design(sentence: dict[str, str]) -> None:
    say = sentence["say"]
    assert is_only_edit(say, motif_names()) == (say not in _MAY_BE_BRIEFS)


@pytest.mark.parametrize(
    "brief",
    [
        "high contrast", "three colours", "big foxes", "dark floral", "red foxes",
        "vertical stripes",
        "foxes on navy", "densely packed lemons", "warm colours", "画一只狐狸", "大花", "红底白点",
        "深色小花", "密密麻麻的小花", "abstract, no flowers, more geometric", "bricks",
        "mirror ball party", "brighter than the sun, orange waves on a mug",
    ],
)  # fmt: skip
def test_descriptions_are_no_edits(brief: str) -> None:
    assert not is_only_edit(brief, motif_names())
