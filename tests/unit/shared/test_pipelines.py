"""Stages are named by users, and belong to classes of hardware."""

import pytest

from shared.pipelines import STAGES, parse_stages, stages_of


def test_stages_of_a_class_of_hardware() -> None:
    assert stages_of(["train"]) == ("train",)
    assert set(stages_of(["gpu"])) == set(STAGES) - {"train"}
    assert stages_of(["gpu", "train"]) == tuple(STAGES)
    assert stages_of([]) == ()


def test_names_are_read_in_the_pipelines_order() -> None:
    assert parse_stages(" vision, caption,vision,") == ("caption", "vision")
    assert parse_stages("") == ()


def test_what_is_no_stage_is_named_beside_those_that_are() -> None:
    with pytest.raises(ValueError, match="unknown stage draw, visio; stages are caption, vision"):
        parse_stages("visio,caption,draw")
