"""Line charts as inline SVG, without scripts or styles of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Chart", "Line", "Tick", "chart_of"]

WIDTH_PX = 640
HEIGHT_PX = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 28
_MAX_POINTS = 400
_SERIES = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series."""

    name: str
    points: str
    """As an SVG polyline has them."""
    last: float
    number: int
    """Picks the colour."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at_px: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All that the template draws."""

    lines: tuple[Line, ...]
    steps: tuple[Tick, ...]
    values: tuple[Tick, ...]
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX


def chart_of(series: Mapping[str, Sequence[Mapping[str, float]]]) -> Chart | None:
    """Lay out figures by step; None where there are none."""
    drawn = {name: _thinned(points) for name, points in series.items() if points}
    every = [point for points in drawn.values() for point in points]
    if not every:
        return None
    first, last = min(p["step"] for p in every), max(p["step"] for p in every)
    low, high = min(p["value"] for p in every), max(p["value"] for p in every)
    low = min(low, 0.0) if low >= 0 and low < high / 2 else low

    def x(step: float) -> float:
        return _LEFT + (WIDTH_PX - _LEFT - _RIGHT) * (step - first) / ((last - first) or 1)

    def y(value: float) -> float:
        return (
            HEIGHT_PX - _BOTTOM - (HEIGHT_PX - _TOP - _BOTTOM) * (value - low) / ((high - low) or 1)
        )

    return Chart(
        lines=tuple(
            Line(
                name=name,
                points=" ".join(f"{x(p['step']):.1f},{y(p['value']):.1f}" for p in points),
                last=points[-1]["value"],
                number=number % _SERIES,
            )
            for number, (name, points) in enumerate(drawn.items())
        ),
        steps=tuple(Tick(at_px=x(step), text=f"{step:.0f}") for step in _spread(first, last, 4)),
        values=tuple(Tick(at_px=y(value), text=f"{value:.3g}") for value in _spread(low, high, 4)),
    )


def _spread(low: float, high: float, parts: int) -> list[float]:
    if low == high:
        return [low]
    return [low + (high - low) * part / parts for part in range(parts + 1)]


def _thinned(points: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Keep at most so many points, the last one among them; what is not finite is left out."""
    finite = [p for p in points if abs(p["value"]) < float("inf")]
    every = -(-len(finite) // _MAX_POINTS) or 1
    kept = finite[::every]
    return kept if not finite or kept[-1] is finite[-1] else [*kept, finite[-1]]
