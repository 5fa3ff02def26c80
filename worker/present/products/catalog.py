"""The table of products that can be drawn.

A new product is one file with `plate(look, size)`, one row here, and one row in
`worker.present.materials.DEFAULT_MATERIAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Protocol, TypeAlias

from worker.present.canvas import Floats, Plate, print_tile
from worker.present.look import Look
from worker.present.products import mug, notebook, phone_case, poster, tote, tshirt
from worker.runtime.memory import trim

__all__ = ["PLATES_KEPT", "PRODUCTS", "DrawProduct", "plate_of"]

PLATES_KEPT = 12
"""Of all products together; one of a sketch takes about 30 MB."""

DrawPlate: TypeAlias = Callable[[Look, tuple[int, int]], Plate]
"""Draws everything but the tile."""


class DrawProduct(Protocol):
    """Draws a product with a (h, w, 3) float32 sRGB tile: (H, W, 3) for size (W, H)."""

    def __call__(self, tile: Floats, look: Look, size: tuple[int, int]) -> Floats: ...


_PLATES: Mapping[str, DrawPlate] = MappingProxyType(
    {
        "phone-case": phone_case.plate,
        "mug": mug.plate,
        "t-shirt": tshirt.plate,
        "tote": tote.plate,
        "notebook": notebook.plate,
        "poster": poster.plate,
    }
)


@lru_cache(maxsize=PLATES_KEPT)
def plate_of(product: str, look: Look, size: tuple[int, int]) -> Plate:
    """Give a product without its tile; those asked for last are kept."""
    plate = _PLATES[product](look, size)
    trim()  # the layers it was drawn from are free now, and would stay resident
    return plate


def _draw(product: str, tile: Floats, look: Look, size: tuple[int, int]) -> Floats:
    return print_tile(tile, plate_of(product, look, size))


PRODUCTS: Mapping[str, DrawProduct] = MappingProxyType(
    {product: partial(_draw, product) for product in _PLATES}
)
"""By key of `shared.briefs.vocabulary.PRODUCTS`."""
