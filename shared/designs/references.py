"""Lists the files that a design record refers to."""

from __future__ import annotations

from collections.abc import Iterator

from shared.designs.record import Design, FieldLayer, ImageLayer

__all__ = ["references"]


def references(design: Design) -> Iterator[tuple[str, str]]:
    """Yield the path in the record and the sha256 of each file that field and image layers need."""
    for index, layer in enumerate(design.layers):
        if isinstance(layer, ImageLayer):
            yield f"layers.{index}.sha256", layer.sha256
        elif isinstance(layer, FieldLayer):
            for number, name in enumerate(layer.separations):
                yield f"layers.{index}.separations.{number}", name
