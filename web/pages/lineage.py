"""Lineage page: what a design was made from, and what was made from it."""

from flask import Blueprint, render_template

from shared.library.lineage import MAX_LINEAGE, lineage
from web.db.queries import checked_job, lineage_entries
from web.extensions import services as current_services
from web.presentation.lineage import lineage_tree

__all__ = ["blueprint"]

blueprint = Blueprint("lineage_pages", __name__)


@blueprint.get("/jobs/<job_id>/lineage")
def tree(job_id: str) -> str:
    """Show the tree of a design."""
    with current_services().large_read() as session:
        job = checked_job(session, job_id)
        jobs = list(lineage(session, job))
        roots = lineage_tree(jobs, lineage_entries(session, jobs), job.id)
    return render_template(
        "lineage.html",
        roots=roots,
        job_id=job_id,
        count=len(jobs),
        is_bounded=len(jobs) >= MAX_LINEAGE,
    )
