"""The labelled briefs are valid, the counts are right and the goal is reached."""

from typing import Literal

import pytest

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import VOCABULARIES
from worker.evaluation.brief_parsing import (
    FIELDS,
    LabelledBrief,
    Score,
    labelled_briefs,
    measure,
    measure_bundled,
)

_VOCABULARY = {
    "materials": "material",
    "colours": "colour",
    "excluded_colours": "colour",
    "functions": "function",
}


@pytest.mark.parametrize("which", ["heldout", "tuning"])
def test_labels_are_keys_of_the_vocabulary(which: Literal["heldout", "tuning"]) -> None:
    briefs = labelled_briefs(which)
    assert len(briefs) > 10
    assert all(brief.parts for brief in briefs)
    for brief in briefs:
        for labels in (brief.parts, brief.allowed):
            assert set(labels) <= set(FIELDS), brief.text
            for name, values in labels.items():
                each = [one for value in values for one in value.split("/")]
                if name == "unknown":
                    assert all(one.casefold() in brief.text.casefold() for one in each)
                elif name == "gradient":
                    assert each == ["yes"]
                else:
                    assert set(each) <= VOCABULARIES[_VOCABULARY.get(name, name)].keys()


def test_sets_have_the_documented_size_and_are_disjoint() -> None:
    heldout, tuning = labelled_briefs("heldout"), labelled_briefs("tuning")
    for briefs in (heldout, tuning):
        assert [brief.language for brief in briefs] == ["en"] * 150 + ["zh"] * 150
    texts = [brief.text for brief in heldout + tuning]
    assert len(set(texts)) == 600


def test_matching_attributes_are_counted() -> None:
    briefs = [
        LabelledBrief(
            text="one",
            language="en",
            parts={"product": ["mug"], "colours": ["red", "blue/navy"], "unknown": ["blue cat"]},
            allowed={"mood": ["calm"]},
        ),
        LabelledBrief(text="two", language="zh", parts={"gradient": ["yes"]}),
    ]
    read = {
        "one": ParsedBrief(colours=("navy", "red"), mood=("calm", "warm"), unknown=("Cat",)),
        "two": ParsedBrief(gradient=True, product="tote"),
    }
    figures = measure(briefs, read.__getitem__)
    assert (figures.briefs, figures.exact) == (2, 0)
    assert figures.total == Score(expected=5, matched=3, predicted=7, unexpected=2)
    assert figures.by_language["en"] == Score(expected=4, matched=2, predicted=5, unexpected=1)
    assert figures.by_field["product"] == Score(expected=1, matched=0, predicted=1, unexpected=1)
    assert figures.by_field["colours"].matched == 1  # both are there, in the wrong order
    assert figures.by_field["unknown"] == Score(expected=1, matched=1, predicted=1)
    assert figures.by_field["mood"] == Score(expected=0, matched=0, predicted=2, unexpected=1)
    assert figures.total.recall == pytest.approx(3 / 5)
    assert figures.total.false_discovery_rate == pytest.approx(2 / 7)


def test_fully_parsed_brief_is_counted_as_complete() -> None:
    briefs = [LabelledBrief(text="a mug", language="en", parts={"product": ["mug"]})]
    assert measure(briefs).exact == 1
    assert measure([]).total.recall == 1.0
    assert measure([]).total.false_discovery_rate == 0.0


def test_ninety_five_percent_of_attributes_are_parsed() -> None:
    figures = measure_bundled("heldout")
    assert figures.briefs == 300
    for score in (figures.total, *figures.by_language.values()):
        assert score.recall >= 0.95
        assert score.false_discovery_rate <= 0.05
    assert measure_bundled("tuning").total.recall >= 0.97
