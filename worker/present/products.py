"""The table of products that can be drawn.

A new product is one file with `draw(tile, look, size)`, one row here, and one row in
`worker.present.materials.DEFAULT_MATERIAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from worker.present import mug, notebook, phone_case, poster, tote, tshirt
from worker.present.canvas import Floats
from worker.present.look import Look

__all__ = ["PRODUCTS", "DrawProduct"]


class DrawProduct(Protocol):
    """Draws a product with a (h, w, 3) float32 sRGB tile: (H, W, 3) for size (W, H)."""

    def __call__(self, tile: Floats, look: Look, size: tuple[int, int]) -> Floats: ...


PRODUCTS: Mapping[str, DrawProduct] = MappingProxyType(
    {
        "phone-case": phone_case.draw,
        "mug": mug.draw,
        "t-shirt": tshirt.draw,
        "tote": tote.draw,
        "notebook": notebook.draw,
        "poster": poster.draw,
    }
)
"""By key of `shared.lexicon.PRODUCTS`."""
