"""Documents of model releases; internal fields are for the administrator only."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import AliasMove, ModelVersion, Release, ReleaseMember
from shared.registry import releases
from shared.timestamps import timestamp

__all__ = ["models_document"]


def models_document(session: Session, *, internal: bool) -> dict[str, Any]:
    """Return the document of all releases, the champion and the log of promotions.

    Args:
        internal: include the training, its job, and actors and reasons of promotions.
    """
    champion = releases.champion(session)
    versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    members = session.execute(
        select(ReleaseMember.release, ModelVersion)
        .join(ModelVersion, ModelVersion.id == ReleaseMember.version_id)
        .order_by(ReleaseMember.role)
    )
    for release, version in members:
        versions[release].append(_version(version, internal))
    return {
        "champion": champion,
        "releases": [
            _release(release, versions[release.name], champion, internal)
            for release in releases.releases(session)
        ],
        "moves": [_move(move, internal) for move in releases.moves(session)],
    }


def _release(
    release: Release, versions: list[dict[str, Any]], champion: str | None, internal: bool
) -> dict[str, Any]:
    return {
        "name": release.name,
        "origin": release.origin,
        "base": release.base,
        "champion": release.name == champion,
        "gates": release.gates,
        "versions": versions,
        "created_at": timestamp(release.created_at),
    } | ({"job_id": release.job_id} if internal else {})


def _version(version: ModelVersion, internal: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": version.id,
        "role": version.role,
        "name": version.name,
        "licence": version.licence,
        "metrics": version.metrics,
        "created_at": timestamp(version.created_at),
    }
    if internal:
        document |= {
            "sha256": version.sha256,
            "config": version.config,
            "training": version.training,
        }
    return document


def _move(move: AliasMove, internal: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": move.kind,
        "release_from": move.release_from,
        "release_to": move.release_to,
        "at": timestamp(move.at),
    }
    return document | ({"actor": move.actor, "reason": move.reason} if internal else {})
