"""Tells which variants of a job have their files."""

from collections.abc import Iterable

from shared.db.models import ACTIVE, Artifact, Job
from shared.pipelines import WITH_VARIANTS

__all__ = ["finished_variants"]


def finished_variants(job: Job, artifacts: Iterable[Artifact]) -> tuple[int, ...]:
    """Return the variants that have all their files; once the job has ended, those with a tile.

    The sketch is the last file of a variant; a render without a product has none.
    """
    if job.pipeline not in WITH_VARIANTS:
        return ()
    kinds = ("sketch",) if job.state in ACTIVE else ("sketch", "tile")
    return tuple(sorted({each.variant for each in artifacts if each.kind in kinds}))
