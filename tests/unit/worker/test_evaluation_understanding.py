"""The labelled briefs are sound, the counts are right, and the goal is held."""

from typing import Literal

import pytest

from shared.briefs.parser import Understood
from shared.briefs.vocabulary import VOCABULARIES
from worker.evaluation.brief_parsing import (
    FIELDS,
    LabelledBrief,
    Score,
    labelled_briefs,
    measure,
    understanding,
)

_VOCABULARY = {
    "materials": "material",
    "colours": "colour",
    "excluded_colours": "colour",
    "functions": "function",
}


@pytest.mark.parametrize("which", ["heldout", "tuning"])
def test_the_labels_are_keys_of_the_vocabulary(which: Literal["heldout", "tuning"]) -> None:
    for brief in labelled_briefs(which):
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


def test_the_sets_are_as_large_as_promised_and_share_no_brief() -> None:
    heldout, tuning = labelled_briefs("heldout"), labelled_briefs("tuning")
    for briefs in (heldout, tuning):
        assert [brief.language for brief in briefs] == ["en"] * 150 + ["zh"] * 150
    texts = [brief.text for brief in heldout + tuning]
    assert len(set(texts)) == 600


def test_parts_are_counted() -> None:
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
        "one": Understood(colours=("navy", "red"), mood=("calm", "warm"), unknown=("Cat",)),
        "two": Understood(gradient=True, product="tote"),
    }
    figures = measure(briefs, read.__getitem__)
    assert (figures.briefs, figures.whole) == (2, 0)
    assert figures.total == Score(asked=5, found=3, claimed=7, not_asked=2)
    assert figures.by_language["en"] == Score(asked=4, found=2, claimed=5, not_asked=1)
    assert figures.by_field["product"] == Score(asked=1, found=0, claimed=1, not_asked=1)
    assert figures.by_field["colours"].found == 1  # both are there, in the wrong order
    assert figures.by_field["unknown"] == Score(asked=1, found=1, claimed=1)
    assert figures.by_field["mood"] == Score(asked=0, found=0, claimed=2, not_asked=1)
    assert figures.total.share_found == pytest.approx(3 / 5)
    assert figures.total.share_not_asked == pytest.approx(2 / 7)


def test_a_brief_read_right_is_whole() -> None:
    briefs = [LabelledBrief(text="a mug", language="en", parts={"product": ["mug"]})]
    assert measure(briefs).whole == 1
    assert measure([]).total.share_found == 1.0
    assert measure([]).total.share_not_asked == 0.0


def test_nineteen_parts_in_twenty_are_understood() -> None:
    figures = understanding("heldout")
    assert figures.briefs == 300
    for score in (figures.total, *figures.by_language.values()):
        assert score.share_found >= 0.95
        assert score.share_not_asked <= 0.05
    assert understanding("tuning").total.share_found >= 0.97
