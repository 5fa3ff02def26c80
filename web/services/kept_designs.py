"""Dataset of the designs that people kept in the main workspace, to retrain the models on."""

import json
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared.datasets import METADATA
from shared.db.library_models import LibraryVariant
from shared.db.models import Artifact, Job
from shared.errors import ArtifactNotFound
from shared.library.entries import entry_texts
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import unexpired
from shared.storage.artifacts import ArtifactStore

__all__ = ["count_kept", "kept_dataset"]

_MAX_PICTURES = 5000
_IN_MEMORY_BYTES = 8 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of the entries, so that the same designs give the same bytes."""


def count_kept(session: Session) -> int:
    """Return the number of variants that are kept."""
    return session.scalar(select(func.count()).select_from(_kept().subquery())) or 0


def kept_dataset(session: Session, store: ArtifactStore) -> BinaryIO:
    """Return a zip of the tiles of kept variants and their texts, see `shared.datasets`.

    It has the 5,000 that were made last; tiles that are not stored any more are left out.
    """
    output = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 (the caller reads it)
    rows: list[str] = []
    with zipfile.ZipFile(output, "w") as archive:
        for name, text, content in _pictures(session, store):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
            row = {"file_name": name, "text": text}
            rows.append(json.dumps(row, ensure_ascii=False))
        archive.writestr(zipfile.ZipInfo(METADATA, _EPOCH), "\n".join(rows))
    output.seek(0)
    return cast(BinaryIO, output)


def _kept() -> Select[str, int, str]:
    return (
        select(LibraryVariant.job_id, LibraryVariant.variant, Artifact.sha256)
        .join(Job, Job.id == LibraryVariant.job_id)
        .join(
            Artifact,
            (Artifact.job_id == LibraryVariant.job_id)
            & (Artifact.variant == LibraryVariant.variant)
            & (Artifact.kind == "tile"),
        )
        .where(Job.workspace_id == MAIN_WORKSPACE, LibraryVariant.verdict == "keep", unexpired())
    )


def _pictures(session: Session, store: ArtifactStore) -> Iterator[tuple[str, str, bytes]]:
    """Yield file name, text and content of each tile, the newest job first."""
    latest = _kept().order_by(LibraryVariant.job_id.desc(), LibraryVariant.variant)
    for job_id, variant, sha256 in session.execute(latest.limit(_MAX_PICTURES)):
        try:
            content = store.get(sha256)
        except ArtifactNotFound:
            continue
        texts = entry_texts(session.get_one(Job, job_id))
        yield f"{job_id}-{variant + 1}.png", " ".join(" ".join(texts).split())[:2000], content
