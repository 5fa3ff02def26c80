"""Rows of the table and details, of briefs that name things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from worker.evaluation.motifs.checks import MAX_UNNAMED_AREA, MotifResult, ThingResult
from worker.evaluation.report import Row

__all__ = ["motif_details", "motif_rows"]

_MAX_OVERLAP = 0.0
_MAX_HOLE, _MAX_VARIATION = 1.8, 0.28


def motif_rows(results: Sequence[MotifResult]) -> list[Row]:
    """Return the rows of the checks."""
    return [*_thing_rows(results), *_colour_rows(results), *_layout_rows(results)]


def _things(results: Sequence[MotifResult], language: str = "") -> list[ThingResult]:
    return [
        thing
        for result in results
        if language in ("", result.brief.language)
        for thing in result.things
    ]


def _drawn(results: Sequence[MotifResult], language: str = "") -> float | None:
    held = [thing for thing in _things(results, language) if thing.holding == "held"]
    return _share(not thing.fault for thing in held)


def _share(values: Iterable[bool]) -> float | None:
    found = list(values)
    return float(np.mean(found)) if found else None


def _thing_rows(results: Sequence[MotifResult]) -> list[Row]:
    things = _things(results)
    counts = Counter(thing.holding for thing in things)
    others = [thing for thing in things if thing.holding != "held"]
    english, chinese = _drawn(results, "en"), _drawn(results, "zh")
    families = [result for result in results if not result.brief.things]
    mistaken = _share(result.has_motifs for result in families)
    gap = None if english is None or chinese is None else 100 * abs(english - chinese)
    note = "" if gap is None else f"English {100 * english:.1f} %, Chinese {100 * chinese:.1f} %"  # type: ignore[operator]
    return [
        Row(name="motifs_drawn", what="things that the library holds, drawn and seen",
            value=_drawn(results), goal=0.97, at_least=True, unit="%",
            note=f"{counts['held']} of {len(things)} things"),
        Row(name="motifs_missing", what="things that it does not hold, said and not replaced",
            value=_share(not thing.fault for thing in others), goal=0.95, at_least=True, unit="%",
            note=f"{len(others)} things, of {counts['wider']} it holds something wider"),
        Row(name="motifs_families", what="pattern families read as things", value=mistaken,
            goal=0.01, unit="%", note=f"{len(families)} briefs"),
        Row(name="motifs_languages", what="things drawn, Chinese against English", value=gap,
            goal=2.0, unit="points", note=note),
    ]  # fmt: skip


def _colour_rows(results: Sequence[MotifResult]) -> list[Row]:
    grounds = [result for result in results if result.ground is not None]
    with_motifs = _share(not result.ground for result in grounds if result.has_motifs)
    faults = [fault for result in results for _, fault in result.colours]
    full = [result.unnamed for result in results if result.unnamed is not None]
    note = f"{len(grounds)} briefs"
    if with_motifs is not None:
        note += f"; {100 * with_motifs:.1f} % of those with motifs"
    return [
        Row(name="motifs_ground", what="the ground as named",
            value=_share(not result.ground for result in grounds), goal=0.99, at_least=True,
            unit="%", note=note),
        Row(name="motifs_colours", what="colours named beside things and present",
            value=_share(not fault for fault in faults), goal=0.98, at_least=True, unit="%",
            note=f"{len(faults)} colours"),
        Row(name="motifs_unnamed", what="full palettes without an unnamed colour above 3 %",
            value=_share(area <= MAX_UNNAMED_AREA for area in full), goal=0.95, at_least=True,
            unit="%", note=f"{len(full)} briefs"),
    ]  # fmt: skip


def _layout_rows(results: Sequence[MotifResult]) -> list[Row]:
    found = [result.evenness for result in results if result.evenness is not None]
    holes = [each.hole for each in found]
    variations = [each.variation for each in found]
    faulty = sum(each.overlap > _MAX_OVERLAP or each.cut > 0 for each in found)
    return [
        Row(name="motifs_hole", what="largest hole over the mean gap, median",
            value=_median(holes), goal=_MAX_HOLE, unit="x", note=_tenth(holes, _MAX_HOLE)),
        Row(name="motifs_gaps", what="variation of the gap between motifs, median",
            value=_median(variations), goal=_MAX_VARIATION,
            note=_tenth(variations, _MAX_VARIATION)),
        Row(name="motifs_whole", what="tiles with cut or overlapping motifs",
            value=float(faulty) if found else None, goal=0.0, note=f"{len(found)} tiles"),
    ]  # fmt: skip


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


def _tenth(values: Sequence[float], goal: float) -> str:
    if not values:
        return ""
    within = np.mean(np.array(values) <= goal)
    return f"nine of ten up to {np.quantile(values, 0.9):.2f}, {100 * within:.0f} % within"


def motif_details(results: Sequence[MotifResult]) -> dict[str, Any]:
    """Return the numbers of each kind of miss, and the briefs that miss something."""
    held = [thing for thing in _things(results) if thing.holding == "held"]
    others = [thing for thing in _things(results) if thing.holding != "held"]
    return {
        "briefs": len(results),
        "faults_of_things_held": _counts(thing.fault for thing in held),
        "faults_of_things_not_held": _counts(thing.fault for thing in others),
        "faults_of_grounds": _counts(result.ground or "" for result in results),
        "faults_of_colours": _counts(fault for result in results for _, fault in result.colours),
        "things_by_category": _by_category(results),
        "briefs_with_strangers": sum(bool(result.strangers) for result in results),
        "briefs_without_motifs": sum(
            bool(result.brief.things) and not result.has_motifs for result in results
        ),
        "missed": [line for result in results for line in _missed(result)],
    }


def _counts(faults: Iterable[str]) -> dict[str, int]:
    return dict(Counter(fault for fault in faults if fault).most_common())


def _by_category(results: Sequence[MotifResult]) -> dict[str, str]:
    counts: dict[str, list[bool]] = {}
    for result in results:
        for thing in result.things:
            if thing.holding == "held":
                counts.setdefault(result.brief.category, []).append(not thing.fault)
    return {name: f"{sum(found)} of {len(found)}" for name, found in sorted(counts.items())}


def _missed(result: MotifResult) -> list[str]:
    faults = [f"{each.thing.name} ({each.holding}): {each.fault}"
              for each in result.things if each.fault]  # fmt: skip
    faults += [f"ground {result.brief.ground}: {result.ground}"] if result.ground else []
    faults += [f"{label}: {fault}" for label, fault in result.colours if fault]
    if result.strangers:
        faults.append(f"drawn though not named: {', '.join(result.strangers)}")
    if result.unnamed is not None and result.unnamed > MAX_UNNAMED_AREA:
        faults.append(f"an unnamed colour covers {result.unnamed:.3f}")
    return [f"{result.brief.text} | {fault}" for fault in faults]
