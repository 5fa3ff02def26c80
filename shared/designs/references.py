"""What a design record refers to."""

from __future__ import annotations

from collections.abc import Iterator

from shared.designs.record import Design, FieldLayer, ImageLayer, MotifsLayer

__all__ = ["references"]


def references(design: Design) -> tuple[tuple[str, str], ...]:
    """Return each sha256 that a record refers to, with its path, in the record's order.

    A sha256 that is used twice is there twice.
    """
    return tuple(_references(design))


def _references(design: Design) -> Iterator[tuple[str, str]]:
    for index, layer in enumerate(design.layers):
        path = f"layers.{index}"
        if isinstance(layer, FieldLayer):
            for number, sha256 in enumerate(layer.separations):
                yield f"{path}.separations.{number}", sha256
        elif isinstance(layer, ImageLayer):
            yield f"{path}.sha256", layer.sha256
        elif isinstance(layer, MotifsLayer):
            for number, element in enumerate(layer.elements):
                if element.sha256 is not None:
                    yield f"{path}.elements.{number}.sha256", element.sha256
