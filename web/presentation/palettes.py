"""Documents of saved palettes."""

from typing import Any

from shared.db.library_models import BrandPalette
from web.db.queries import moment

__all__ = ["palette_document"]


def palette_document(palette: BrandPalette) -> dict[str, Any]:
    """Return the document of a saved palette."""
    return {
        "id": palette.id,
        "name": palette.name,
        "colours": palette.colours,
        "created_at": moment(palette.created_at),
    }
