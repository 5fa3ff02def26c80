"""Paints of an SVG document: classes of the palette, and gradients that repeat with the tile."""

from __future__ import annotations

import numpy as np

from shared.designs.record import ColourPaint, Design, GradientPaint, Paint

__all__ = ["Paints"]


class Paints:
    """Hands out the attributes of paints and collects the gradients that they use.

    Args:
        width_um, height_um: size of the tile, micrometres.
    """

    def __init__(self, design: Design, width_um: float, height_um: float) -> None:
        self._design = design
        self._size = (width_um, height_um)
        self._gradients: dict[str, str] = {}

    def attributes(self, paint: Paint, attribute: str, turn: float = 0.0) -> str:
        """Return the attributes of a shape.

        Args:
            attribute: fill or stroke.
            turn: rotation of the group that the shape is in, degrees.
        """
        if isinstance(paint, ColourPaint):
            return f'class="{paint.palette}" {attribute}="currentColor"'
        name = f"gradient-{paint.direction}-{'-'.join(paint.gradient)}"
        if turn:
            name += f"-{round(turn * 1000)}"
        self._gradients[name] = self._gradient(name, paint, turn)
        return f'{attribute}="url(#{name})"'

    def style(self) -> str:
        """Return the rules of the palette."""
        return "".join(f".{entry.id}{{color:{entry.hex}}}" for entry in self._design.palette)

    def definitions(self) -> str:
        """Return the gradients that were used so far."""
        return "".join(self._gradients.values())

    def _gradient(self, name: str, paint: GradientPaint, turn: float) -> str:
        """Return a gradient over the tile from the first colour to the last, and back."""
        width, height = self._size
        there = [self._design.colour(each) for each in paint.gradient]
        if paint.direction == "radial":  # symmetric about the middle, so that the edges meet
            colours, kind = there, "radialGradient"
            radius = float(np.hypot(width, height)) / 2
            where = f'cx="{width / 2:g}" cy="{height / 2:g}" r="{radius:g}"'
        else:
            colours, kind = [*there, *there[-2::-1]], "linearGradient"
            x, y = {
                "vertical": (0.0, 1 / height),
                "horizontal": (1 / width, 0.0),
                "diagonal": (1 / width, 1 / height),
            }[paint.direction]
            length = x**2 + y**2
            where = f'x2="{x / length:g}" y2="{y / length:g}" spreadMethod="repeat" x1="0" y1="0"'
        if turn:
            where += f' gradientTransform="rotate({-turn:.10g})"'
        stops = "".join(
            f'<stop offset="{index / (len(colours) - 1):g}" stop-color="{colour}"/>'
            for index, colour in enumerate(colours)
        )
        return f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {where}>{stops}</{kind}>'
