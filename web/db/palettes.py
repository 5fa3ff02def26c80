"""Saved palettes of brands, by owner and workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.library_models import BrandPalette
from shared.errors import PaletteLimit, PaletteNotFound
from shared.queue.fairness import lock_owner

__all__ = [
    "MAX_PALETTES",
    "PaletteOwner",
    "delete_palette",
    "owned_palette",
    "owned_palettes",
    "save_palette",
]

MAX_PALETTES = 100
"""Palettes of one owner."""


@dataclass(frozen=True, kw_only=True)
class PaletteOwner:
    """Who saved a palette, and in which workspace."""

    name: str
    workspace_id: str


def owned_palettes(session: Session, owner: PaletteOwner) -> Sequence[BrandPalette]:
    """Return an owner's palettes in the present workspace, by name."""
    query = select(BrandPalette).where(
        BrandPalette.owner == owner.name, BrandPalette.workspace_id == owner.workspace_id
    )
    return session.scalars(query.order_by(func.lower(BrandPalette.name), BrandPalette.id)).all()


def owned_palette(session: Session, owner: PaletteOwner, palette_id: str) -> BrandPalette:
    """Return one of an owner's palettes.

    Raises:
        PaletteNotFound: the owner has none of this id.
    """
    palette = session.get(BrandPalette, palette_id)
    place = None if palette is None else (palette.owner, palette.workspace_id)
    if palette is None or place != (owner.name, owner.workspace_id):
        raise PaletteNotFound(palette_id)
    return palette


def save_palette(
    session: Session, owner: PaletteOwner, name: str, colours: Sequence[str]
) -> BrandPalette:
    """Save a palette; one of the same name is replaced.

    Args:
        colours: #rrggbb in lower case.

    Raises:
        PaletteLimit: the owner has too many.
    """
    lock_owner(session, owner.name)
    saved = owned_palettes(session, owner)
    palette = next((each for each in saved if each.name == name), None)
    if palette is None:
        if len(saved) >= MAX_PALETTES:
            raise PaletteLimit(MAX_PALETTES)
        palette = BrandPalette(
            id=new_id(), name=name, owner=owner.name, workspace_id=owner.workspace_id
        )
        session.add(palette)
    palette.colours = list(colours)
    session.flush()
    return palette


def delete_palette(session: Session, owner: PaletteOwner, palette_id: str) -> None:
    """Delete one of an owner's palettes.

    Raises:
        PaletteNotFound: the owner has none of this id.
    """
    session.delete(owned_palette(session, owner, palette_id))
    session.flush()
