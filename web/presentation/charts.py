"""Layout of line charts, which templates draw as inline SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Chart", "Line", "Tick", "chart_of"]

WIDTH_PX = 640
HEIGHT_PX = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 28
_MAX_POINTS = 400
_COLOURS = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """A series of the chart."""

    name: str
    points: str
    """The `points` attribute of an SVG polyline."""
    last: float
    number: int
    """Index of the colour."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at_px: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Data of a chart for the template."""

    lines: tuple[Line, ...]
    steps: tuple[Tick, ...]
    values: tuple[Tick, ...]
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX


def chart_of(series: Mapping[str, Sequence[Mapping[str, float]]]) -> Chart | None:
    """Return the chart of metrics by step; None if there are no finite values."""
    lines = {name: _downsample(points) for name, points in series.items() if points}
    all_points = [point for points in lines.values() for point in points]
    if not all_points:
        return None
    first, last = min(p["step"] for p in all_points), max(p["step"] for p in all_points)
    low, high = min(p["value"] for p in all_points), max(p["value"] for p in all_points)
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
                number=number % _COLOURS,
            )
            for number, (name, points) in enumerate(lines.items())
        ),
        steps=tuple(
            Tick(at_px=x(step), text=f"{step:.0f}") for step in _tick_values(first, last, 4)
        ),
        values=tuple(
            Tick(at_px=y(value), text=f"{value:.3g}") for value in _tick_values(low, high, 4)
        ),
    )


def _tick_values(low: float, high: float, parts: int) -> list[float]:
    if low == high:
        return [low]
    return [low + (high - low) * part / parts for part in range(parts + 1)]


def _downsample(points: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Return about `_MAX_POINTS` of the finite points, the last one included."""
    finite = [p for p in points if abs(p["value"]) < float("inf")]
    stride = -(-len(finite) // _MAX_POINTS) or 1
    kept = finite[::stride]
    return kept if not finite or kept[-1] is finite[-1] else [*kept, finite[-1]]
