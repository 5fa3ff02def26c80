"""Saved palettes of brands, by owner."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.library_models import BrandPalette
from shared.errors import PaletteLimit, PaletteNotFound
from shared.queue.fairness import lock_owner
from web.http.access import present_workspace

__all__ = ["MAX_PALETTES", "delete_palette", "owned_palette", "owned_palettes", "save_palette"]

MAX_PALETTES = 100
"""Palettes of one owner."""


def owned_palettes(session: Session, owner: str) -> Sequence[BrandPalette]:
    """Return an owner's palettes in the present workspace, by name."""
    query = select(BrandPalette).where(
        BrandPalette.owner == owner, BrandPalette.workspace_id == present_workspace()
    )
    return session.scalars(query.order_by(func.lower(BrandPalette.name), BrandPalette.id)).all()


def owned_palette(session: Session, owner: str, palette_id: str) -> BrandPalette:
    """Return one of an owner's palettes.

    Raises:
        PaletteNotFound: the owner has none of this id.
    """
    palette = session.get(BrandPalette, palette_id)
    place = None if palette is None else (palette.owner, palette.workspace_id)
    if palette is None or place != (owner, present_workspace()):
        raise PaletteNotFound(palette_id)
    return palette


def save_palette(session: Session, owner: str, name: str, colours: Sequence[str]) -> BrandPalette:
    """Save a palette; one of the same name is replaced.

    Args:
        colours: #rrggbb in lower case.

    Raises:
        PaletteLimit: the owner has too many.
    """
    lock_owner(session, owner)
    saved = owned_palettes(session, owner)
    palette = next((each for each in saved if each.name == name), None)
    if palette is None:
        if len(saved) >= MAX_PALETTES:
            raise PaletteLimit(MAX_PALETTES)
        palette = BrandPalette(
            id=new_id(), name=name, owner=owner, workspace_id=present_workspace()
        )
        session.add(palette)
    palette.colours = list(colours)
    session.flush()
    return palette


def delete_palette(session: Session, owner: str, palette_id: str) -> None:
    """Delete one of an owner's palettes.

    Raises:
        PaletteNotFound: the owner has none of this id.
    """
    session.delete(owned_palette(session, owner, palette_id))
    session.flush()
