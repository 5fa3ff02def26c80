"""What a brief asks of a product's looks, reduced to what the drawing code can show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.briefs.parser import Understood
from worker.present.materials import DEFAULT_MATERIAL, MATERIALS, Surface, surface_of

__all__ = ["Look", "look_of"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """The looks asked for; hashable, so that what is drawn for it can be kept."""

    product: str
    """Key of `shared.briefs.vocabulary.PRODUCTS`."""
    materials: tuple[str, ...] = ()
    """Keys of `shared.briefs.vocabulary.MATERIALS`, the main one first; empty: as usual."""
    finish: str = ""
    functions: tuple[str, ...] = ()
    """Keys of `shared.briefs.vocabulary.FUNCTIONS`, in the order of the brief."""

    @property
    def material(self) -> str:
        """The leading material's key."""
        return self.materials[0] if self.materials else DEFAULT_MATERIAL[self.product]

    @property
    def surface(self) -> Surface:
        """The body's surface."""
        return surface_of(self.materials, self.finish, self.product)

    @property
    def panel(self) -> Surface:
        """The printed panel's surface: the clear material where the body is of another one."""
        clear = tuple(key for key in self.materials if MATERIALS[key].clarity > 0.5)
        return surface_of(clear, "", self.product) if clear else self.surface

    def has(self, *functions: str) -> bool:
        """Tell whether any of these functions is asked for."""
        return not set(functions).isdisjoint(self.functions)


def look_of(understood: Understood, product: str) -> Look:
    """Take over what was understood of a brief, for the product that was chosen."""
    named = (understood.material, *understood.materials)
    return Look(
        product=product,
        materials=_once(key for key in named if key),
        finish=understood.finish,
        functions=_once(understood.functions),
    )


def _once(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
