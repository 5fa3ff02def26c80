"""Evaluates a release: runs held-out briefs, measures the tiles, makes contact sheets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from worker.evaluation.brief_following import brief_details, brief_rows, check_brief
from worker.evaluation.brief_parsing import measure_bundled
from worker.evaluation.briefs import Brief, briefs
from worker.evaluation.colour_naming import photograph_row, tile_row
from worker.evaluation.contact_sheets import brief_sheets, grid
from worker.evaluation.fidelity import fidelity_row, variety_row
from worker.evaluation.instructions.run import evaluate_instructions
from worker.evaluation.judge import Judge
from worker.evaluation.metrics import seam
from worker.evaluation.motifs.run import evaluate_motifs
from worker.evaluation.print_size import PRINT_PX, print_size
from worker.evaluation.reference_palette import measure_references
from worker.evaluation.report import Row, as_document
from worker.evaluation.stages import Asked, Drawing, draw, draw_pixels
from worker.execution.contracts import Models

__all__ = ["Evaluation", "EvaluationOptions", "evaluate"]

_VARIANTS = 4


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions:
    """Sizes of the evaluation."""

    each: int = 100
    """Briefs in each language."""
    varied: int = 24
    """Number of briefs with four variants; the others have one."""
    references: int = 24
    pictures: int = 60
    """Number of held-out tiles that are described."""
    things: int = 300
    """Number of briefs that name things; there are 300."""
    instructions: int = 130
    """Number of briefs that say exactly what is to be done that are drawn; 300 are read."""
    large: int = 8
    """Number of tiles of `large_px`."""
    size_px: int = 256
    large_px: int = 1024
    print_px: int = PRINT_PX
    photographs: Path | None = None
    """Folder of at least 50 photographs."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Result table, JSON-serialisable details, and contact sheets by name."""

    rows: Sequence[Row]
    details: Mapping[str, Any]
    sheets: Mapping[str, Image.Image]

    def save(self, folder: Path) -> None:
        """Write figures.json and a JPEG per sheet."""
        folder.mkdir(parents=True, exist_ok=True)
        document = {"table": as_document(self.rows), "details": self.details}
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (folder / "figures.json").write_text(text + "\n", encoding="utf-8")
        for name, sheet in self.sheets.items():
            sheet.save(folder / f"{name}.jpg", quality=88)


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """The evaluated release and the judge."""

    models: Models
    weights: Path
    """Folder of the bundled weights, whose size is measured."""
    judge: Judge
    judged: float
    """The judge's accuracy on held-out corpus tiles."""


def evaluate(
    subject: Evaluated, options: EvaluationOptions, report: Callable[[str, float], None]
) -> Evaluation:
    """Run the evaluation; takes some minutes on two cores.

    Args:
        subject: the release and the judge.
        options: sizes of the evaluation.
        report: called with the current part and its progress, 0 to 1.
    """
    models, chosen = subject.models, briefs(options.each)
    drawings = _draw_all(models, chosen, options, report)
    variants = [drawing.tiles for drawing in drawings]
    firsts = [tiles[0] for tiles in variants]
    results = [
        check_brief(brief, drawing.tiles[0], subject.judge, drawing.recorded_pattern)
        for brief, drawing in zip(chosen, drawings, strict=True)
    ]
    rows = brief_rows(results, subject.judged)
    details: dict[str, Any] = {"following": brief_details(results, subject.judge, options.size_px)}
    report("references", 0.0)
    references = measure_references(models, options.references, report)
    rows.append(references.row)
    report("likeness", 0.0)
    rows.append(fidelity_row(models, chosen, firsts))
    report("likeness", 0.6)
    several = slice(0, options.varied)
    rows.append(variety_row(models, chosen[several], variants[several]))
    report("likeness", 1.0)
    large = _draw_large(models, chosen[: options.large], options, report)
    rows += [_seam_row(firsts), _seam_row(large)]
    naming, details["naming"] = _naming(models, chosen[: options.pictures], options, report)
    rows += naming
    rows.append(_parsing_row())
    report("print size", 0.0)
    printed = print_size(models, options.print_px)
    report("print size", 1.0)
    rows += [
        printed.row,
        _weights_row(subject.weights),
        *_time_rows(drawings, references.captions_s),
    ]
    details["references"] = references.facts
    things = evaluate_motifs(models, options.things, report)
    rows += things.rows
    details["motifs"] = things.details
    said = evaluate_instructions(models, options.instructions, report)
    rows += said.rows
    details["instructions"] = said.details
    sheets = {**brief_sheets(results, variants), **things.sheets} | {
        "references": grid(references.tiles, columns=15, side_px=112),
        "print": grid(printed.details, columns=2, side_px=512),
    }
    return Evaluation(rows=rows, details=details, sheets=sheets)


def _draw_all(
    models: Models,
    chosen: Sequence[Brief],
    options: EvaluationOptions,
    report: Callable[[str, float], None],
) -> list[Drawing]:
    drawings = []
    for index, brief in enumerate(chosen):
        count = _VARIANTS if index < options.varied else 1
        request = Asked(
            text=brief.text, seed=brief.spec.seed, variants=count, size_px=options.size_px
        )
        drawings.append(draw(models, request))
        report("briefs", (index + 1) / len(chosen))
    return drawings


def _draw_large(
    models: Models,
    chosen: Sequence[Brief],
    options: EvaluationOptions,
    report: Callable[[str, float], None],
) -> list[np.ndarray]:
    tiles = []
    for index, brief in enumerate(chosen):
        request = Asked(text=brief.text, seed=brief.spec.seed, size_px=options.large_px)
        tiles.append(draw_pixels(models, request))
        report("large tiles", (index + 1) / len(chosen))
    return tiles


def _seam_row(tiles: Sequence[np.ndarray]) -> Row:
    size_px = len(tiles[0])
    value = float(np.median([seam(tile) for tile in tiles]))
    what = f"step across the border over a step inside, {size_px} px"
    return Row(name=f"seam_{size_px}", what=what, value=value, goal=1.1, unit="x",
               note=f"median of {len(tiles)}")  # fmt: skip


def _naming(
    models: Models,
    chosen: Sequence[Brief],
    options: EvaluationOptions,
    report: Callable[[str, float], None],
) -> tuple[list[Row], dict[str, Any]]:
    report("descriptions", 0.0)
    first, tiles = tile_row(models, chosen, options.size_px)
    report("descriptions", 0.6)
    second, photographs = photograph_row(models, options.photographs)
    report("descriptions", 1.0)
    missed = {"tiles": tiles.missed, "photographs": photographs.missed}
    return [first, second], {"missed": missed}


def _parsing_row() -> Row:
    """Return the parser's recall on the briefs labelled by hand."""
    figures = measure_bundled("heldout")
    what = "the brief's parts understood, briefs written by hand"
    note = f"{figures.total.expected} parts of {figures.briefs} briefs"
    return Row(name="understood", what=what, value=figures.total.recall, goal=0.95,
               at_least=True, unit="%", note=note)  # fmt: skip


def _weights_row(folder: Path) -> Row:
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e6
    return Row(name="weights", what="weights in the repository", value=size, goal=120.0, unit="MB")


def _time_rows(drawings: Sequence[Drawing], with_pictures_s: Sequence[float]) -> list[Row]:
    """Return median run times, measured on this machine under its current load."""
    fours = [
        drawing.seconds["fusion"] + drawing.seconds["generate"]
        for drawing in drawings
        if len(drawing.tiles) == _VARIANTS
    ]
    captions_s = [drawing.seconds["caption"] for drawing in drawings]
    note = f"with a reference {np.median(with_pictures_s):.2f} s, two texts"
    return [
        Row(name="four_variants", what="four variants of 256 px, fusion and generation, median",
            value=float(np.median(fours)) if fours else None, goal=0.5, unit="s"),
        Row(name="caption", what="a caption, median", value=float(np.median(captions_s)),
            goal=1.5, unit="s", note=note),
    ]  # fmt: skip
