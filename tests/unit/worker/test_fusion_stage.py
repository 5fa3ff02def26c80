"""The fusion stage: description, attributes and halves of each variant's code."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load, save

from shared.briefs.parser import parse_brief
from tests.unit.worker import tiny
from worker.execution.contracts import DesignOptions, StageCall
from worker.models.generator.records import RecordGenerator
from worker.stages import fusion, generate
from worker.stages.fusion import directions_of, merge_description
from worker.stages.generate import build_draft_requests

PNG = b"not looked at by this stage"


class Models:
    """A tiny fusion model and generator, and a text encoder that counts letters."""

    fusion = tiny.fusion()
    text_encoder = tiny.Letters()
    generator = RecordGenerator(field=tiny.generator(), release="tiny")


def _call(brief: str, *, directions: list[str] | None = None, strength: float | None = None,
          description: str = "") -> StageCall:  # fmt: skip
    document = {"description": description or (directions or [brief])[0]}
    if directions:
        document["directions"] = directions
    outputs = {"caption": json.dumps(document).encode()}
    if strength is not None:
        features = np.linspace(-1, 1, 1280, dtype=np.float32)
        palette = np.zeros((5, 4), np.float32)
        palette[0] = (0.5, 0.2, 0.1, 1.0)
        outputs["vision"] = save({"features": features, "palette": palette})
    return StageCall(
        job_id="1",
        brief=brief,
        options=DesignOptions(
            variants=3, seed=7, product="mug", reference_strength=strength or 0.0, size=64
        ),
        understood=parse_brief(brief),
        reference=None if strength is None else PNG,
        outputs=outputs,
        artifacts={},
        job_url="",
    )


def test_each_direction_has_a_code_and_variants_rotate_through_them() -> None:
    call = _call("something calm", directions=["Waves in navy.", "Dots in cream."])
    (result,) = fusion.run([call], Models())  # type: ignore[arg-type]
    codes = load(result.output)["code"]
    assert codes.shape == (2, 9, 32)
    assert not np.allclose(codes[0], codes[1])
    done = replace(call, outputs={**call.outputs, "fusion": result.output})
    asked = build_draft_requests(done)
    assert [one.description for one in asked] == ["Waves in navy.", "Dots in cream."]
    assert [one.understood.pattern for one in asked] == ["waves", "dots"]
    assert np.array_equal(asked[1].code.numpy(), codes[1])
    (drawn,) = generate.run([done], Models())  # type: ignore[arg-type]
    told = [each["description"] for each in json.loads(drawn.output)["variants"]]
    assert told == ["Waves in navy.", "Dots in cream.", "Waves in navy."]


def test_description_adds_only_attributes_that_the_brief_omits() -> None:
    call = _call("red stripes, no green")
    told = merge_description(call, "Small dots in green and gold with a vertical gradient.")
    assert (told.pattern, told.colours) == ("stripes", ("red",))
    assert (told.scale, told.gradient_direction) == ("small", "vertical")
    open_brief = _call("a calm mug, no green")
    assert merge_description(open_brief, "Dots in green and gold.").colours == ("gold",)


@pytest.mark.parametrize(("strength", "pattern"), [(0.1, ""), (0.9, "dots")])
def test_reference_pattern_is_used_only_above_a_strength(strength: float, pattern: str) -> None:
    call = _call("a mug", strength=strength, description="Dots in red.")
    told = merge_description(call, "Dots in red.")
    assert (told.pattern, told.colours) == (pattern, ())


def test_reference_of_zero_strength_has_no_effect() -> None:
    call = _call("blue waves", strength=0.0, description="Dots in red.")
    assert directions_of(call) == ["blue waves"]
    alone = replace(call, reference=None, outputs={"caption": call.outputs["caption"]})
    plain = replace(alone, outputs={"caption": json.dumps({"description": "blue waves"}).encode()})
    results = fusion.run([call, plain], Models())  # type: ignore[arg-type]
    assert results[0].output == results[1].output


def test_reference_whose_colours_are_all_refused_gives_a_notice() -> None:
    """The palette of the test's reference is one dusty red."""

    def told(brief: str, strength: float) -> list[str]:
        (result,) = fusion.run([_call(brief, strength=strength)], Models())  # type: ignore[arg-type]
        notices: list[str] = result.details["notices"]
        return notices

    assert told("mug, dots, no pink, no brown, no red, no mauve", 0.6) == [
        "reference_colours_refused"
    ]
    assert told("mug, dots, no green", 0.6) == []
    assert told("mug, dots, no pink, no brown, no red, no mauve", 0.0) == []
