"""Registry of product renderers.

A new product is one file with `plate(look, size)`, one row here, and one row in
`worker.present.materials.DEFAULT_MATERIAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from threading import Lock
from types import MappingProxyType
from typing import Protocol, TypeAlias

from PIL import Image

from worker.present.look import Look
from worker.present.printing import Pixels, Plate, print_tile
from worker.present.products import mug, notebook, phone_case, poster, tote, tshirt
from worker.runtime.memory import trim

__all__ = ["PLATES_KEPT", "PRODUCTS", "DrawProduct", "plate_of"]

PLATES_KEPT = 8
"""Size of the plate cache, over all products. The plate of a sketch takes 14 to 20 MB."""

DrawPlate: TypeAlias = Callable[[Look, tuple[int, int]], Plate]
"""Builds the plate of an appearance at a size (W, H) px."""


class DrawProduct(Protocol):
    """Renders a tile on a product: an RGB picture of a size (W, H) px."""

    def __call__(self, tile: Pixels, look: Look, size: tuple[int, int]) -> Image.Image: ...


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


_plate_lock = Lock()


@lru_cache(maxsize=PLATES_KEPT)
def plate_of(product: str, look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of a product; the most recently used plates are cached."""
    plate = _PLATES[product](look, size)
    trim()  # the freed layers would stay in resident memory otherwise
    return plate


def _draw(product: str, tile: Pixels, look: Look, size: tuple[int, int]) -> Image.Image:
    with _plate_lock:  # variants are drawn in threads, and need the same plate
        plate = plate_of(product, look, size)
    return print_tile(tile, plate)


PRODUCTS: Mapping[str, DrawProduct] = MappingProxyType(
    {product: partial(_draw, product) for product in _PLATES}
)
"""Renderers by key of `shared.briefs.vocabulary.PRODUCTS`."""
