"""Paints of an SVG document: classes of the palette, and gradients that repeat with the design."""

from __future__ import annotations

import numpy as np

from shared.designs.record import ColourPaint, Design, GradientPaint, Paint

__all__ = ["Paints"]


class Paints:
    """Hands out the attributes of paints and collects the gradients that they use.

    Along an axis along which the design repeats, a gradient runs from the first colour to the
    last and back; else it runs once to the last.
    """

    def __init__(self, design: Design) -> None:
        self._design = design
        width, height = design.tile_mm
        self._size = (width * 1000, height * 1000)
        self._repeats = {
            "vertical": design.repeat not in ("border", "none"),
            "horizontal": design.repeat != "none",
            "diagonal": design.repeat != "none",
            "radial": False,  # symmetric about the middle, so that the edges meet
        }
        self._names: dict[tuple[GradientPaint, float], str] = {}
        self._gradients: list[str] = []

    def attributes(self, paint: Paint, attribute: str, turn: float = 0.0) -> str:
        """Return the attributes of a shape.

        Args:
            attribute: fill or stroke.
            turn: rotation of the group that the shape is in, degrees.
        """
        if isinstance(paint, ColourPaint):
            return f'class="{paint.palette}" {attribute}="currentColor"'
        key = (paint, turn)
        if key not in self._names:
            self._names[key] = f"_g{len(self._names)}"
            self._gradients.append(self._gradient(self._names[key], paint, turn))
        return f'{attribute}="url(#{self._names[key]})"'

    def style(self) -> str:
        """Return the rules of the palette."""
        return "".join(f".{entry.id}{{color:{entry.hex}}}" for entry in self._design.palette)

    def definitions(self) -> str:
        """Return the gradients that were used so far."""
        return "".join(self._gradients)

    def _gradient(self, name: str, paint: GradientPaint, turn: float) -> str:
        width, height = self._size
        colours = [self._design.colour(each) for each in paint.gradient]
        repeats = self._repeats[paint.direction]
        if paint.direction == "radial":
            kind = "radialGradient"
            radius = float(np.hypot(width, height)) / 2
            where = f'cx="{width / 2:.10g}" cy="{height / 2:.10g}" r="{radius:.10g}"'
        else:
            kind = "linearGradient"
            x, y = {
                "vertical": (0.0, 1 / height),
                "horizontal": (1 / width, 0.0),
                "diagonal": (1 / width, 1 / height),
            }[paint.direction]
            length = x**2 + y**2
            if not repeats and x and y:  # once along the whole diagonal
                length *= 0.5
            where = f'x1="0" y1="0" x2="{x / length:.10g}" y2="{y / length:.10g}"'
        if repeats:
            colours += colours[-2::-1]
            where += ' spreadMethod="repeat"'
        if turn:
            where += f' gradientTransform="rotate({-turn:.10g})"'
        stops = "".join(
            f'<stop offset="{index / (len(colours) - 1):.6g}" stop-color="{colour}"/>'
            for index, colour in enumerate(colours)
        )
        return f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {where}>{stops}</{kind}>\n'
