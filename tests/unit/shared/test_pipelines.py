"""Stages are selected by name or by hardware class."""

import pytest

from shared.pipelines import STAGES, parse_stages, stages_of


def test_hardware_class_selects_its_stages() -> None:
    assert stages_of(["train"]) == ("train",)
    assert set(stages_of(["gpu"])) == set(STAGES) - {"train"}
    assert stages_of(["gpu", "train"]) == tuple(STAGES)
    assert stages_of([]) == ()


def test_selected_stages_are_in_pipeline_order() -> None:
    assert parse_stages(" vision, caption,vision,") == ("caption", "vision")
    assert parse_stages("") == ()


def test_unknown_stage_error_names_the_known_stages() -> None:
    with pytest.raises(ValueError, match="unknown stage draw, visio; stages are caption, vision"):
        parse_stages("visio,caption,draw")
