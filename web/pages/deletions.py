"""Administration page: the ledger of deletions."""

from flask import Blueprint, render_template

from shared.deletions.ledger import deletion_document, list_deletions
from web.extensions import services as current_services
from web.services.deletions import read_before

__all__ = ["blueprint"]

blueprint = Blueprint("deletion_pages", __name__, url_prefix="/admin/deletions")

_PAGE_SIZE = 50


@blueprint.get("")
def ledger() -> str:
    """Show deletions, newest first."""
    before = read_before()
    with current_services().sessions() as session:
        rows = [deletion_document(row) for row in list_deletions(session, _PAGE_SIZE + 1, before)]
    return render_template(
        "admin/deletions.html",
        deletions=rows[:_PAGE_SIZE],
        following=rows[_PAGE_SIZE - 1]["id"] if len(rows) > _PAGE_SIZE else None,
    )
