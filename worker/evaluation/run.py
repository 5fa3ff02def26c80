"""Evaluate a release: the real stages over the held-out briefs, figures and sheets."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.understanding import Understood
from worker.contracts import DesignOptions, StageCall
from worker.corpus import compose, render_masks
from worker.evaluation.briefs import Brief, briefs, references
from worker.evaluation.measures import ENOUGH, areas_of, palette_distance, seam, spread
from worker.evaluation.sheets import grid
from worker.models.captioner import PrefixCaptioner
from worker.models.sources import Places, find_weights
from worker.palette import palette_of
from worker.residency import Residency, ResidentModels
from worker.stages import caption, fusion, generate, vision

__all__ = ["Evaluation", "bundled_models", "evaluate"]

_SIZE_PX = 256
_VARIANTS = 4
_VARIED = 24  # briefs whose variants are compared


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What was measured, JSON-able, and sheets by name."""

    figures: Mapping[str, Any]
    sheets: Mapping[str, Image.Image]

    def save(self, folder: Path) -> None:
        """Write figures.json and a JPEG for each sheet."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.figures, indent=1, ensure_ascii=False)
        (folder / "figures.json").write_text(text + "\n", encoding="utf-8")
        for name, sheet in self.sheets.items():
            sheet.save(folder / f"{name}.jpg", quality=88)


def bundled_models(folder: Path, cache: Path) -> ResidentModels:
    """Give the models of a folder with a manifest, on the CPU."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entries = {entry["role"]: entry for entry in document["versions"]}
    places = Places(cache=cache, bundled=folder)
    residency = Residency("cpu", lambda role: find_weights(entries[role], places), 8 << 30)
    return ResidentModels({role: role for role in entries}, residency)


def evaluate(
    models: ResidentModels, report: Callable[[str, float], None], each: int = 50
) -> Evaluation:
    """Draw and measure; some minutes on two cores.

    Args:
        models: of the release.
        report: called with what is being done and how far that is, 0 to 1.
        each: briefs in each language.
    """
    chosen = briefs(each)
    drawn = []
    for index, brief in enumerate(chosen):
        drawn.append(_draw(models, brief.text, brief.understood, brief.spec.seed))
        report("briefs", (index + 1) / len(chosen))
    figures, order = _colour_figures(chosen, [tiles[0] for tiles in drawn])
    figures |= _pattern_figures(models, chosen, [tiles[0] for tiles in drawn])
    figures |= _variety_figures(models, drawn[:_VARIED])
    figures["seam"] = float(np.median([seam(tiles[0]) for tiles in drawn]))
    arrived, reference_sheet = _references(models, report)
    sheets = _brief_sheets(chosen, drawn, order) | {"references": reference_sheet}
    return Evaluation(figures=figures | arrived, sheets=sheets)


def _draw(
    models: ResidentModels,
    text: str,
    understood: Understood,
    seed: int,
    reference: Image.Image | None = None,
    strength: float = 1.0,
    variants: int = _VARIANTS,
) -> list[NDArray[np.uint8]]:
    """Run a brief through the stages up to its tiles, (S, S, 3) each."""
    call = StageCall(
        job_id=str(seed),
        brief=text,
        options=DesignOptions(
            variants=variants,
            seed=seed,
            product=understood.product or "phone-case",
            reference_strength=strength,
            size=_SIZE_PX,
        ),
        understood=understood,
        reference=None if reference is None else _as_png(reference),
        outputs={},
        artifacts={},
        job_url="",
    )
    outputs: dict[str, bytes] = {}
    stages = {"caption": caption, "vision": vision, "fusion": fusion, "generate": generate}
    for name, stage in stages.items():
        if name == "vision" and reference is None:
            continue
        (result,) = stage.run([_with(call, outputs)], models)
        outputs[name] = result.output
    return [np.asarray(Image.open(io.BytesIO(one.content))) for one in result.artifacts]


def _with(call: StageCall, outputs: Mapping[str, bytes]) -> StageCall:
    return StageCall(**{**vars(call), "outputs": dict(outputs)})


def _as_png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _colour_figures(
    chosen: Sequence[Brief], tiles: Sequence[NDArray[np.uint8]]
) -> tuple[dict[str, Any], list[int]]:
    """Count the colours found; give the briefs' order too, the best first."""
    counted: dict[str, list[float]] = {"en": [], "zh": []}
    scores, missing, complete = [], [], 0
    for brief, tile in zip(chosen, tiles, strict=True):
        areas = areas_of(tile, brief.understood.colours)
        counted[brief.understood.language] += [float(area >= ENOUGH) for area in areas]
        complete += min(areas) >= ENOUGH
        scores.append(min(areas))
        missing += [
            f"{brief.text}: {key} {area:.3f}"
            for key, area in zip(brief.understood.colours, areas, strict=True)
            if area < ENOUGH
        ]
    everything = [value for values in counted.values() for value in values]
    figures = {
        "briefs": len(chosen),
        "colours_named": len(everything),
        "colours_found": float(np.mean(everything)),
        "colours_found_en": float(np.mean(counted["en"])),
        "colours_found_zh": float(np.mean(counted["zh"])),
        "briefs_with_all_colours": complete / len(chosen),
        "colours_missing": missing,
    }
    return figures, [int(i) for i in np.argsort(scores)[::-1]]


def _pattern_figures(
    models: ResidentModels, chosen: Sequence[Brief], tiles: Sequence[NDArray[np.uint8]]
) -> dict[str, float]:
    """Let the captioner's reader name the patterns, of what was drawn and of the corpus' own.

    Nothing where the captioner is of another kind, which names none.
    """
    captioner = models.captioner
    if not isinstance(captioner, PrefixCaptioner):
        return {}
    own = [compose(render_masks(one.spec, _SIZE_PX), one.spec.palette) for one in chosen]
    wanted = [one.understood.pattern for one in chosen]
    return {
        name: float(np.mean([key == right for key, right in zip(read, wanted, strict=True)]))
        for name, read in (
            ("pattern_read", captioner.patterns(models.vision.embed(_pictures(tiles)))),
            ("pattern_read_in_corpus", captioner.patterns(models.vision.embed(_pictures(own)))),
        )
    }


def _pictures(tiles: Sequence[NDArray[np.uint8]]) -> list[Image.Image]:
    return [Image.fromarray(tile) for tile in tiles]


def _variety_figures(
    models: ResidentModels, drawn: Sequence[Sequence[NDArray[np.uint8]]]
) -> dict[str, float]:
    """Compare the variants of a brief among themselves, and with other briefs' first ones."""
    seen = [models.vision.embed(_pictures(tiles)).features for tiles in drawn]
    return {
        "variety_of_variants": float(np.mean([spread(features) for features in seen])),
        "variety_of_briefs": spread(np.stack([features[0] for features in seen])),
    }


def _references(
    models: ResidentModels, report: Callable[[str, float], None]
) -> tuple[dict[str, float], Image.Image]:
    """Draw with references at three strengths; how near do the palettes come?"""
    given = references()
    palettes = [palette_of(one.picture) for one in given]
    figures: dict[str, float] = {}
    rows = [[np.asarray(one.picture) for one in given]]
    for strength in (0.2, 0.6, 1.0):
        own, other, tiles = [], [], []
        for index, one in enumerate(given):
            (tile,) = _draw(
                models, one.brief, one.understood, one.seed, one.picture, strength, variants=1
            )
            drawn = palette_of(Image.fromarray(tile))
            own.append(palette_distance(drawn, palettes[index]))
            other.append(palette_distance(drawn, palettes[(index + 1) % len(given)]))
            tiles.append(tile)
            report(f"references at {strength}", (index + 1) / len(given))
        rows.append(tiles)
        name = f"reference_{round(100 * strength)}"
        figures[f"{name}_distance"] = float(np.mean(own))
        figures[f"{name}_distance_to_another"] = float(np.mean(other))
        figures[f"{name}_nearer"] = float(np.mean(np.array(own) < np.array(other)))
    shown = [tile for column in zip(*rows, strict=True) for tile in column]
    return figures, grid(shown, columns=12, side_px=96)


def _brief_sheets(
    chosen: Sequence[Brief], drawn: Sequence[Sequence[NDArray[np.uint8]]], order: Sequence[int]
) -> dict[str, Image.Image]:
    """Give sheets with each brief's corpus answer first and four variants beside it."""

    def sheet(indices: Sequence[int]) -> Image.Image:
        tiles: list[NDArray[np.uint8]] = []
        for index in indices:
            spec = chosen[index].spec
            tiles += [compose(render_masks(spec, _SIZE_PX), spec.palette), *drawn[index]]
        return grid(tiles, columns=10, side_px=112)

    middle = len(order) // 2
    return {
        "best": sheet(order[:8]),
        "typical": sheet(order[middle - 4 : middle + 4]),
        "worst": sheet(order[-8:]),
        "all": grid([tiles[0] for tiles in drawn], columns=10, side_px=112),
    }
