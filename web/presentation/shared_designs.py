"""The document of what a share link shows: designs by name, brief and files, and nothing else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.accounts.share_links import OpenedLink
from shared.db.models import ACTIVE, Artifact, Job
from shared.timestamps import timestamp
from web.db.shared_designs import (
    SHOWN_KINDS,
    count_shared_jobs,
    shared_artifacts,
    shared_jobs,
    shared_name,
    shared_names,
)

__all__ = ["MAX_ZIPPED", "PAGE_SIZE", "SharedPage", "shared_document"]

PAGE_SIZE = 24
"""Designs of a collection that are shown at once."""
MAX_ZIPPED = 100
"""Designs of a link of which there is a zip."""


@dataclass(frozen=True, kw_only=True)
class SharedPage:
    """Which part of a link's designs is shown, and where."""

    token: str
    offset: int = 0
    path: str = "/api/v1/shared"
    """Where the next page is: of the API, or of the pages."""


def shared_document(session: Session, link: OpenedLink, page: SharedPage) -> dict[str, Any]:
    """Return the document of a page of what a link shows."""
    jobs = shared_jobs(session, link, limit=PAGE_SIZE, offset=page.offset)
    ids = [job.id for job in jobs]
    names = shared_names(session, ids)
    files = _by_variant(shared_artifacts(session, link, ids))
    designs = [_design(job, names.get(job.id, ""), files[job.id], page.token) for job in jobs]
    total, after = count_shared_jobs(session, link), page.offset + PAGE_SIZE
    return {
        "kind": "collection" if link.job_id is None else "design",
        "name": shared_name(session, link),
        "download": link.download,
        "expires_at": timestamp(link.expires_at),
        "designs": designs,
        "total": total,
        "next": f"{page.path}/{page.token}?offset={after}" if after < total else None,
        "links": _links(page.token, has_zip=link.download and _is_zipped(designs, total)),
    }


def _by_variant(
    artifacts: Sequence[Artifact],
) -> Mapping[str, Mapping[int, Sequence[Artifact]]]:
    files: dict[str, dict[int, list[Artifact]]] = defaultdict(lambda: defaultdict(list))
    for each in artifacts:
        files[each.job_id][each.variant].append(each)
    return files


def _design(
    job: Job, name: str, files: Mapping[int, Sequence[Artifact]], token: str
) -> dict[str, Any]:
    variants = [
        {"variant": variant, "files": [_file(each, token) for each in files[variant]]}
        for variant in sorted(files)
        if any(each.kind in SHOWN_KINDS for each in files[variant])
    ]
    return {
        "name": name,
        "brief": job.brief,
        "product": job.options.get("product") or None,
        "active": job.state in ACTIVE,
        "variants": variants,
    }


def _file(artifact: Artifact, token: str) -> dict[str, Any]:
    return {
        "kind": artifact.kind,
        "media_type": artifact.media_type,
        "width": artifact.width,
        "height": artifact.height,
        "size_bytes": artifact.size_bytes,
        "sha256": artifact.sha256,
        "url": f"/api/v1/shared/{token}/files/{artifact.sha256}",
    }


def _is_zipped(designs: Sequence[Mapping[str, Any]], total: int) -> bool:
    return total <= MAX_ZIPPED and any(each["variants"] for each in designs)


def _links(token: str, *, has_zip: bool) -> dict[str, str]:
    path = f"/api/v1/shared/{token}"
    links = {"self": path, "page": f"/s/{token}"}
    return links | {"zip": f"{path}/zip"} if has_zip else links
