"""A first batch through the stages, before a worker calls itself ready.

What a first computation costs beyond the others (kernels, memory, imports) no job pays then, and
a worker that cannot compute never says that it is ready.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image

from shared.briefs.parser import understand
from shared.pipelines import DESIGN
from worker.execution.contracts import DesignOptions, Models, StageCall, StageRunner
from worker.execution.progress import ignore_progress
from worker.stages import StageEntry, resolve

__all__ = ["warm_up"]

_BRIEF = "a phone case with blue waves"
_OPTIONS = DesignOptions(variants=1, seed=0, product="phone-case", reference_strength=0.5, size=64)
_AFTER = {"generate": "fusion"}
"""Stages that cannot do without an earlier one's output."""


def warm_up(
    served: Sequence[str],
    table: Mapping[str, StageEntry],
    models: Models,
    *,
    quick: bool = False,
) -> tuple[str, ...]:
    """Draw a small design of a fixed brief through the served stages that use models.

    Args:
        quick: leave out the sentences, which take longer than all the rest; on a processor the
            first ones cost no more than others.
    Returns:
        The stages that ran: not those without models, nor one whose input another worker makes.
    Raises:
        Exception: whatever a stage raises that cannot compute here.
    """
    call = StageCall(
        job_id="warm-up",
        brief=_BRIEF,
        options=_OPTIONS,
        understood=understand(_BRIEF),
        reference=None,
        outputs={},
        artifacts={},
        job_url="",
    )
    ran: list[str] = []
    for spec in DESIGN.stages:
        entry = table[spec.name]
        roles = spec.roles if entry.roles is None else entry.roles
        lacks = spec.name in _AFTER and _AFTER[spec.name] not in ran
        left_out = lacks or (quick and spec.name == "caption")
        if spec.name not in served or not roles or left_out:
            continue
        run: StageRunner = resolve(entry.path)
        asked = replace(call, reference=_picture()) if spec.needs_reference else call
        (result,) = run([asked], models, ignore_progress)
        ran.append(spec.name)
        if not spec.needs_reference:  # the others draw from the brief alone
            call = replace(call, outputs={**call.outputs, spec.name: result.output})
    return tuple(ran)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, format="PNG")
    return file.getvalue()
