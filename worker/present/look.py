"""The requested appearance of a product: materials, finish and functions of a brief."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.briefs.understood import ParsedBrief
from worker.present.materials import DEFAULT_MATERIAL, MATERIALS, Surface, surface_of

__all__ = ["Look", "look_of"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """The requested appearance. It is hashable, because rendered plates are cached by it."""

    product: str
    """Key of `shared.briefs.vocabulary.PRODUCTS`."""
    materials: tuple[str, ...] = ()
    """Keys of `shared.briefs.vocabulary.MATERIALS`, the main one first. Empty: the
    default material of the product."""
    finish: str = ""
    functions: tuple[str, ...] = ()
    """Keys of `shared.briefs.vocabulary.FUNCTIONS`, in the order of the brief."""

    @property
    def material(self) -> str:
        """The key of the main material."""
        return self.materials[0] if self.materials else DEFAULT_MATERIAL[self.product]

    @property
    def surface(self) -> Surface:
        """The surface of the body."""
        return surface_of(self.materials, self.finish, self.product)

    @property
    def panel(self) -> Surface:
        """The surface of the printed panel: the clear material, or the body's if none is clear."""
        clear = tuple(key for key in self.materials if MATERIALS[key].clarity > 0.5)
        return surface_of(clear, "", self.product) if clear else self.surface

    def has(self, *functions: str) -> bool:
        """Return whether any of these functions is requested."""
        return not set(functions).isdisjoint(self.functions)


def look_of(understood: ParsedBrief, product: str) -> Look:
    """Return the appearance that a parsed brief requests for the chosen product."""
    named = (understood.material, *understood.materials)
    return Look(
        product=product,
        materials=_unique(key for key in named if key),
        finish=understood.finish,
        functions=_unique(understood.functions),
    )


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
