"""Writes the zip of an export: files, a record of each design, and a manifest of all."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job
from shared.errors import ArtifactNotFound
from shared.exports.records import (
    audit_documents,
    design_document,
    exported_files,
    exported_jobs,
    further_records,
)
from shared.file_names import folder_name, suffix_of
from shared.jobs.provenance import portable_prov_document
from shared.storage.artifacts import ArtifactStore

__all__ = ["ExportCounts", "write_export"]

_CHUNK_BYTES = 1024 * 1024
_README = """\
This is everything that you made with Codesigner, as of {at}.

designs/       a folder for each design or print: its pictures and files, record.json (the brief,
               the options, names, tags and judgements) and provenance.json (how it was made, W3C
               PROV). Thumbnails and previews are left out: they are smaller copies.
references/    the reference images; record.json names them by their sha256.
collections.json, palettes.json, batches.json{account}
audit.ndjson   what is recorded of your own acts, one a line.
manifest.json  every file with its size and sha256, and those that were missing.

这是您用 Codesigner 制作的全部内容（截至 {at}）。
designs/ 中每个设计或印刷文件一个文件夹：图片和文件、record.json（设计需求、选项、名称、标签、取舍）
和 provenance.json（制作过程）。references/ 是参考图。manifest.json 列出每个文件的大小和 sha256。
"""


@dataclass(kw_only=True)
class ExportCounts:
    """What a zip holds."""

    designs: int = 0
    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    """sha256 of files that were gone or damaged."""


@dataclass(kw_only=True)
class _Writer:
    """A zip under construction, with its manifest."""

    archive: ZipFile
    store: ArtifactStore
    counts: ExportCounts
    entries: list[dict[str, Any]] = field(default_factory=list)

    def text(self, name: str, content: str) -> None:
        """Add a file that is written for the export."""
        data = content.encode()
        self.archive.writestr(_info(name, ZIP_DEFLATED), data)
        self._note(name, hashlib.sha256(data).hexdigest(), len(data))

    def json(self, name: str, document: Any) -> None:
        """Add a document."""
        self.text(name, json.dumps(document, ensure_ascii=False, indent=1))

    def lines(self, name: str, documents: Iterable[dict[str, Any]]) -> None:
        """Add documents, one a line."""
        rows = [json.dumps(each, ensure_ascii=False) for each in documents]
        self.text(name, "".join(f"{row}\n" for row in rows))

    def stored(self, name: str, sha256: str) -> None:
        """Add a file of the store; one that is gone or damaged is noted as missing."""
        try:
            source = self.store.open(sha256)
        except ArtifactNotFound:
            self.counts.missing.append(sha256)
            return
        digest, size = hashlib.sha256(), 0
        with (
            closing(source),
            self.archive.open(_info(name, ZIP_STORED), "w", force_zip64=True) as target,
        ):
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        if digest.hexdigest() != sha256:
            self.counts.missing.append(sha256)
        self._note(name, digest.hexdigest(), size)

    def _note(self, name: str, sha256: str, size: int) -> None:
        self.entries.append({"path": name, "sha256": sha256, "bytes": size})
        self.counts.files += 1
        self.counts.bytes += size


def _info(name: str, compression: int) -> ZipInfo:
    info = ZipInfo(name, time.gmtime()[:6])
    info.compress_type = compression
    info.external_attr = 0o100644 << 16
    return info


def write_export(
    path: Path,
    account_id: str,
    sessions: sessionmaker[Session],
    store: ArtifactStore,
    on_progress: Callable[[float], None],
) -> ExportCounts:
    """Write the zip of all that an account has and return what it holds.

    What is deleted meanwhile is left out. Each design has a transaction of its own.

    Args:
        on_progress: called with the fraction that is done; what it raises ends the export.
    """
    counts, at = ExportCounts(), datetime.now(UTC).isoformat(timespec="seconds")
    with ZipFile(path, "w") as archive:
        writer = _Writer(archive=archive, store=store, counts=counts)
        with sessions() as session:
            job_ids = exported_jobs(session, account_id)
            further = further_records(session, account_id)
        account = ", account.json" if "account.json" in further else ""
        writer.text("README.txt", _README.format(at=at, account=account))
        for name, document in further.items():
            writer.json(name, document)
        with sessions() as session:
            writer.lines("audit.ndjson", audit_documents(session, account_id))
        references: set[str] = set()
        for number, job_id in enumerate(job_ids):
            on_progress(number / len(job_ids))
            _write_design(writer, sessions, job_id, references)
        for sha256 in sorted(references):
            on_progress(1.0)
            writer.stored(f"references/{sha256}.png", sha256)
        manifest = {"created_at": at, "files": list(writer.entries), "missing": counts.missing}
        writer.json("manifest.json", manifest)
    return counts


def _write_design(
    writer: _Writer, sessions: sessionmaker[Session], job_id: str, references: set[str]
) -> None:
    with sessions() as session:
        job = session.get(Job, job_id)
        if job is None or job.deleted_at is not None:
            return
        record = design_document(session, job)
        provenance = portable_prov_document(session, job)
        files = exported_files(session, job.id)
    folder = f"designs/{job.created_at:%Y-%m-%d}-{folder_name(job.brief, job.id)}"
    named = [(f"{folder}/{_file_name(row)}", row) for row in files]
    record["files"] = [
        {
            "path": name.removeprefix(f"{folder}/"),
            "kind": row.kind,
            "variant": row.variant,
            "sha256": row.sha256,
        }
        for name, row in named
    ]
    record["reference_sha256"] = job.reference_sha256
    writer.json(f"{folder}/record.json", record)
    writer.json(f"{folder}/provenance.json", provenance)
    for name, row in named:
        writer.stored(name, row.sha256)
    if job.reference_sha256 is not None:
        references.add(job.reference_sha256)
    writer.counts.designs += 1


def _file_name(row: Artifact) -> str:
    return f"{row.stage}-{row.kind}-{row.variant + 1}{suffix_of(row.media_type)}"
