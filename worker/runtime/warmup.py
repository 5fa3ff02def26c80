"""Warm-up: runs a small batch through the stages before a worker reports ready.

No job then pays for the overhead of a first computation (kernels, memory, imports), and a worker
that cannot compute never reports ready.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image

from shared.briefs.parser import parse_brief
from shared.pipelines import DESIGN
from worker.execution.contracts import DesignOptions, Models, StageCall, StageRunner
from worker.execution.progress import ignore_progress
from worker.stages import StageEntry, resolve

__all__ = ["warm_up"]

_BRIEF = "a phone case with blue waves"
_OPTIONS = DesignOptions(variants=1, seed=0, product="phone-case", reference_strength=0.5, size=64)
_DEPENDS_ON = {"generate": "fusion"}
"""Stages that require the output of an earlier one."""


def warm_up(
    served: Sequence[str],
    table: Mapping[str, StageEntry],
    models: Models,
    *,
    quick: bool = False,
) -> tuple[str, ...]:
    """Run a small design of a fixed brief through the served stages that use models.

    The modules of all served stages are imported.

    Args:
        quick: skip the caption stage, which takes longer than all others together; on a CPU its
            first computation has no extra cost.
    Returns:
        The stages that ran: without those that use no model or need a stage of another worker.
    Raises:
        Exception: any error of a stage that cannot compute here.
    """
    for entry in (table[name] for name in served):
        if entry.pure:
            resolve(entry.path)  # imports what stages without models compute with
    ran: list[str] = []
    outputs: dict[str, bytes] = {}
    for spec in DESIGN.stages:
        entry = table[spec.name]
        roles = spec.roles if entry.roles is None else entry.roles
        lacks_input = spec.name in _DEPENDS_ON and _DEPENDS_ON[spec.name] not in ran
        skipped = lacks_input or (quick and spec.name == "caption")
        if spec.name not in served or not roles or skipped:
            continue
        run: StageRunner = resolve(entry.path)
        call = _call(outputs, _reference() if spec.needs_reference else None)
        (result,) = run([call], models, ignore_progress)
        ran.append(spec.name)
        if not spec.needs_reference:  # the other stages use the brief alone
            outputs = {**outputs, spec.name: result.output}
    return tuple(ran)


def _call(outputs: Mapping[str, bytes], reference: bytes | None) -> StageCall:
    return StageCall(
        job_id="warm-up",
        brief=_BRIEF,
        options=_OPTIONS,
        understood=parse_brief(_BRIEF),
        reference=reference,
        outputs=outputs,
        artifacts={},
        job_url="",
    )


def _reference() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, format="PNG")
    return file.getvalue()
