"""Optical properties of materials and finishes, resolved into a surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

__all__ = ["DEFAULT_MATERIAL", "FINISHES", "MATERIALS", "Finish", "Surface", "surface_of"]

Colour = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Optical properties of a material. Colours are sRGB, 0 to 1."""

    bare: Colour
    """Colour of the unprinted material."""
    texture: str = "smooth"
    """Key of `fields.TEXTURES`."""
    texture_mm: float = 60.0
    """Side of one repeat of the texture."""
    depth: float = 0.0
    """Amplitude of the texture, as a share of the light."""
    gloss: float = 0.3
    """0: highlights spread over the whole surface; 1: sharp as a mirror's."""
    specular: float = 0.2
    """Strength of the highlights."""
    metal: float = 0.0
    """0 to 1: reflects the environment, tinted by the material's colour."""
    clarity: float = 0.0
    """0: opaque; 1: transparent; between: translucent."""
    wash: Colour = (1.0, 1.0, 1.0)
    """Factor of a colour printed on the material."""
    soft: bool = False
    """Cloth or felt: no sharp highlights, thick seams."""
    stitched: bool = False
    pearl: float = 0.0
    """Strength of iridescence in the highlights."""
    relief: float = 0.0
    """Depth of the embossed pattern."""


@dataclass(frozen=True, kw_only=True)
class Finish:
    """The properties that a finish overrides; None keeps the material's value."""

    gloss: float | None = None
    specular: float | None = None
    texture: str | None = None
    texture_mm: float | None = None
    depth: float | None = None
    metal: float | None = None
    pearl: float = 0.0
    relief: float = 0.0
    milk: float = 0.0
    """Subtracted from the clarity of a translucent material."""


_WOOD = Surface(
    bare=(0.62, 0.44, 0.29),
    texture="wood",
    texture_mm=90,
    depth=0.20,
    gloss=0.35,
    specular=0.10,
    wash=(0.98, 0.93, 0.86),
)
_METAL = Surface(
    bare=(0.76, 0.77, 0.79),
    texture="fine",
    texture_mm=40,
    depth=0.03,
    gloss=0.6,
    specular=0.55,
    metal=0.8,
    wash=(0.87, 0.88, 0.91),
)
_COTTON = Surface(
    bare=(0.93, 0.91, 0.87),
    texture="weave",
    texture_mm=70,
    depth=0.07,
    gloss=0.0,
    specular=0.02,
    soft=True,
    stitched=True,
)

MATERIALS: Mapping[str, Surface] = MappingProxyType(
    {
        "aluminium": replace(
            _METAL, bare=(0.70, 0.715, 0.74), texture="brushed", texture_mm=46, depth=0.075
        ),
        "translucent": Surface(
            bare=(0.90, 0.92, 0.93),
            texture="fine",
            texture_mm=60,
            depth=0.012,
            gloss=0.55,
            specular=0.4,
            clarity=0.6,
        ),
        "transparent": Surface(bare=(0.93, 0.95, 0.96), gloss=0.9, specular=0.7, clarity=0.85),
        "leather": Surface(
            bare=(0.42, 0.27, 0.18),
            texture="leather",
            texture_mm=52,
            depth=0.19,
            gloss=0.2,
            specular=0.14,
            wash=(0.97, 0.94, 0.90),
            stitched=True,
        ),
        "wood": _WOOD,
        "bamboo": replace(
            _WOOD, bare=(0.84, 0.71, 0.47), texture_mm=50, depth=0.13, wash=(1.0, 0.97, 0.89)
        ),
        "cork": Surface(
            bare=(0.74, 0.57, 0.40),
            texture="leather",
            texture_mm=34,
            depth=0.15,
            gloss=0.0,
            specular=0.03,
            wash=(0.98, 0.94, 0.88),
        ),
        "ceramic": Surface(bare=(0.95, 0.94, 0.92), gloss=0.88, specular=0.6),
        "cotton": _COTTON,
        "linen": replace(
            _COTTON, bare=(0.83, 0.77, 0.66), texture_mm=95, depth=0.13, wash=(0.99, 0.965, 0.91)
        ),
        "canvas": replace(
            _COTTON, bare=(0.89, 0.85, 0.76), texture_mm=120, depth=0.10, wash=(0.99, 0.98, 0.95)
        ),
        "silk": Surface(
            bare=(0.94, 0.92, 0.90),
            texture="fine",
            texture_mm=40,
            depth=0.015,
            gloss=0.35,
            specular=0.45,
            soft=True,
            stitched=True,
        ),
        "felt": Surface(
            bare=(0.60, 0.60, 0.61),
            texture="fibre",
            texture_mm=42,
            depth=0.12,
            gloss=0.0,
            specular=0.0,
            soft=True,
            stitched=True,
        ),
        "paper": Surface(
            bare=(0.93, 0.90, 0.84),
            texture="fibre",
            texture_mm=80,
            depth=0.035,
            gloss=0.0,
            specular=0.03,
            wash=(1.0, 0.99, 0.96),
        ),
        "silicone": Surface(
            bare=(0.30, 0.31, 0.34),
            texture="fine",
            texture_mm=30,
            depth=0.012,
            gloss=0.12,
            specular=0.16,
        ),
        "plastic": Surface(bare=(0.90, 0.90, 0.91), gloss=0.6, specular=0.3),
        "glass": Surface(bare=(0.88, 0.93, 0.93), gloss=0.97, specular=0.85, clarity=0.25),
        "steel": replace(
            _METAL,
            bare=(0.70, 0.71, 0.73),
            texture="brushed",
            texture_mm=60,
            depth=0.05,
            gloss=0.72,
        ),
        "titanium": replace(_METAL, bare=(0.60, 0.58, 0.56), gloss=0.42),
        "metal": replace(_METAL, bare=(0.80, 0.72, 0.55), gloss=0.7),
        "carbon-fibre": Surface(
            bare=(0.16, 0.165, 0.18),
            texture="carbon",
            texture_mm=64,
            depth=0.16,
            gloss=0.8,
            specular=0.4,
            wash=(0.95, 0.95, 0.96),
        ),
    }
)

DEFAULT_MATERIAL: Mapping[str, str] = MappingProxyType(
    {
        "phone-case": "plastic",
        "mug": "ceramic",
        "t-shirt": "cotton",
        "tote": "canvas",
        "notebook": "paper",
        "poster": "paper",
    }
)
"""Default material of each product, by the product's key."""

FINISHES: Mapping[str, Finish] = MappingProxyType(
    {
        "matte": Finish(gloss=0.0, specular=0.05),
        "glossy": Finish(gloss=0.93, specular=0.75),
        "brushed": Finish(gloss=0.6, specular=0.5, texture="brushed", texture_mm=46, depth=0.09),
        "frosted": Finish(
            gloss=0.1, specular=0.14, texture="fine", texture_mm=44, depth=0.03, milk=0.3
        ),
        "satin": Finish(gloss=0.35, specular=0.35),
        "pearlescent": Finish(gloss=0.55, specular=0.5, pearl=1.0),
        "embossed": Finish(relief=1.0),
        "mirror": Finish(gloss=1.0, specular=0.9, metal=0.95, depth=0.0),
    }
)


def surface_of(materials: tuple[str, ...], finish: str, product: str) -> Surface:
    """Return the surface of a body made of `materials`, the main one first.

    A clear material combined with opaque ones gives the first opaque surface the clarity of the
    clear one: "aluminium and translucent" is a metal frame around a translucent panel.

    Raises:
        KeyError: a key is not in the vocabulary.
    """
    surfaces = [MATERIALS[key] for key in materials] or [MATERIALS[DEFAULT_MATERIAL[product]]]
    opaque = [surface for surface in surfaces if surface.clarity <= 0.5]
    clearest = max(surface.clarity for surface in surfaces)
    body = replace(opaque[0] if opaque else surfaces[0], clarity=clearest)
    return _with_finish(body, FINISHES[finish]) if finish else body


def _with_finish(body: Surface, finish: Finish) -> Surface:
    names = ("gloss", "specular", "texture", "texture_mm", "depth", "metal")
    overrides = {name: value for name in names if (value := getattr(finish, name)) is not None}
    clarity = max(body.clarity - finish.milk, 0.0) if body.clarity > 0 else 0.0
    return replace(body, clarity=clarity, pearl=finish.pearl, relief=finish.relief, **overrides)
