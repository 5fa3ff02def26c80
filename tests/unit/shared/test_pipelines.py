"""Stages are selected by name or by hardware class."""

import pytest

from shared.pipelines import QUEUES, STAGES, parse_stages, queues_of, stages_of, work_of


def test_hardware_class_selects_its_stages() -> None:
    assert stages_of(["train"]) == ("train",)
    assert stages_of(["gpu"]) == ("caption", "vision", "fusion", "generate")
    assert stages_of(["cpu"]) == ("draw", "present", "print", "render", "export")
    assert stages_of(["cpu", "gpu", "train"]) == tuple(STAGES)
    assert stages_of([]) == ()


def test_selected_stages_are_in_pipeline_order() -> None:
    assert parse_stages(" vision, caption,vision,") == ("caption", "vision")
    assert parse_stages("") == ()


def test_unknown_stage_error_names_the_known_stages() -> None:
    with pytest.raises(ValueError, match="unknown stage paint, visio; stages are caption, vision"):
        parse_stages("visio,caption,paint")


def test_stages_have_their_queues() -> None:
    assert queues_of(["present", "caption", "draw"]) == ("cpu", "gpu")
    assert queues_of(["render"]) == ("cpu",)
    assert queues_of([]) == ()
    assert QUEUES == ("cpu", "gpu", "train")


def test_stages_without_models_are_in_a_queue_of_their_own() -> None:
    without = {name for name, spec in STAGES.items() if not spec.roles}
    assert without - {"train"} == set(stages_of(["cpu"]))


def test_only_a_render_is_interactive() -> None:
    assert [name for name, spec in STAGES.items() if spec.is_interactive] == ["render"]


@pytest.mark.parametrize("stage", STAGES)
def test_default_request_is_one_unit_of_work(stage: str) -> None:
    size = 2048 if stage == "print" else 256
    assert work_of(stage, {"variants": 4, "size": size}) == pytest.approx(1.0)


def test_work_of_drawing_grows_with_size_and_variants() -> None:
    draw = [work_of("draw", {"size": size}) for size in (256, 512, 1024, 2048)]
    # As measured: 1.3, 3.6 and 9.6 times the time of 256 px.
    assert draw == pytest.approx([1.0, 1.3, 3.6, 9.6], rel=0.15)
    assert work_of("draw", {"variants": 8, "size": 1024}) == pytest.approx(2 * draw[2])
    assert work_of("generate", {"size": 4096}) == 1.0  # the size is not its concern
    assert work_of("print", {"size": 4096}) == 4.0
