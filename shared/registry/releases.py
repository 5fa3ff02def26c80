"""Model registry: versions, the releases that group them, and the champion alias.

A version is the checkpoint of one role with its manifest; a release has one version for each role.
Both are immutable once registered. The alias `champion` names the release that new jobs pin.
"""

import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import AliasMove, ModelAlias, ModelVersion, Release, ReleaseMember
from shared.errors import (
    GateFailed,
    ModelsMissing,
    NoPreviousRelease,
    ReleaseConflict,
    ReleaseNotFound,
)
from shared.pipelines import ROLES

__all__ = [
    "CHAMPION",
    "Gate",
    "InvalidManifest",
    "ReleaseManifest",
    "VersionManifest",
    "bundled_manifest_path",
    "champion",
    "champion_versions",
    "members",
    "moves",
    "parse_manifest",
    "promote",
    "register",
    "register_bundled",
    "register_release",
    "releases",
    "rollback",
    "versions",
]

CHAMPION = "champion"
"""Alias of the release in use."""


class InvalidManifest(ValueError):
    """A release manifest is invalid; the message says why."""


@dataclass(frozen=True, kw_only=True)
class VersionManifest:
    """The manifest of a model version; its hash identifies the version."""

    role: str
    name: str
    source: Mapping[str, Any]
    """Location of the weights: {"file": ...}, {"package": ..., "file": ...}, {"artifact": ...}."""
    sha256: str | None
    """Hash of the weights file; None where the version of the package pins it."""
    licence: str
    config: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A quality gate: the bar that a metric must reach before promotion."""

    metric: str
    value: float
    bar: float
    passed: bool


@dataclass(frozen=True, kw_only=True)
class ReleaseManifest:
    """The manifest of a release: its new versions; other roles use those of the base release."""

    name: str
    versions: tuple[VersionManifest, ...]
    origin: str = "trained"
    """bundled, named (registered by an administrator) or trained."""
    base: str | None = None
    """Name of the base release."""
    job_id: str | None = None
    """Id of the training job."""
    gates: tuple[Gate, ...] = ()


def register(session: Session, manifest: VersionManifest) -> ModelVersion:
    """Return the model version of a manifest; insert it if it is new."""
    values = {name: _as_json(value) for name, value in vars(manifest).items()}
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    manifest_sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    session.execute(
        insert(ModelVersion)
        .values(
            id=f"{manifest.role}-{manifest_sha256[:12]}", manifest_sha256=manifest_sha256, **values
        )
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(ModelVersion).where(ModelVersion.manifest_sha256 == manifest_sha256)
    ).one()


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def register_release(session: Session, manifest: ReleaseManifest) -> Release:
    """Return the release of a manifest; insert it and its versions if they are new.

    Raises:
        ReleaseConflict: a release of this name has other versions.
        ReleaseNotFound: the base release is not registered.
    """
    version_ids = members(session, manifest.base) if manifest.base is not None else {}
    version_ids |= {version.role: register(session, version).id for version in manifest.versions}
    inserted = session.scalars(
        insert(Release)
        .values(
            name=manifest.name,
            origin=manifest.origin,
            base=manifest.base,
            job_id=manifest.job_id,
            gates=[vars(gate) for gate in manifest.gates],
        )
        .on_conflict_do_nothing()
        .returning(Release.name)
    ).one_or_none()
    if inserted is not None:
        session.execute(
            insert(ReleaseMember),
            [
                {"release": manifest.name, "role": role, "version_id": version_id}
                for role, version_id in version_ids.items()
            ],
        )
    elif members(session, manifest.name) != version_ids:
        raise ReleaseConflict(manifest.name)
    return session.get_one(Release, manifest.name)


def members(session: Session, release: str) -> dict[str, str]:
    """Return a release's version ids by role.

    Raises:
        ReleaseNotFound: it is not registered.
    """
    if session.get(Release, release) is None:
        raise ReleaseNotFound(release)
    rows = session.execute(
        select(ReleaseMember.role, ReleaseMember.version_id).where(ReleaseMember.release == release)
    )
    return dict(rows.all())


def champion(session: Session) -> str | None:
    """Return the name of the champion release, or None."""
    return session.scalars(
        select(ModelAlias.release).where(ModelAlias.alias == CHAMPION)
    ).one_or_none()


def champion_versions(session: Session) -> dict[str, str]:
    """Return the champion's version ids by role; empty if no release was promoted yet."""
    rows = session.execute(
        select(ReleaseMember.role, ReleaseMember.version_id)
        .join(ModelAlias, ModelAlias.release == ReleaseMember.release)
        .where(ModelAlias.alias == CHAMPION)
    )
    return dict(rows.all())


def promote(
    session: Session, release: str, actor: str, *, reason: str = "", force: bool = False
) -> AliasMove:
    """Make a release the champion. New jobs pin its versions; existing jobs keep theirs.

    Args:
        actor: user name for the log.
        force: promote even if a gate failed.

    Raises:
        ReleaseNotFound: it is not registered.
        GateFailed: a gate failed.
    """
    row = session.get(Release, release)
    if row is None:
        raise ReleaseNotFound(release)
    failed_gates = tuple(gate["metric"] for gate in row.gates if not gate["passed"])
    if failed_gates and not force:
        raise GateFailed(release, failed_gates)
    return _move_alias(session, "promote", release, actor, reason)


def rollback(session: Session, actor: str, *, reason: str = "") -> AliasMove:
    """Make the previous champion the champion again.

    Raises:
        NoPreviousRelease: there is no previous champion.
    """
    alias = session.scalars(
        select(ModelAlias).where(ModelAlias.alias == CHAMPION).with_for_update()
    ).one_or_none()
    if alias is None:
        raise NoPreviousRelease
    previous = session.scalars(
        select(AliasMove.release_from)
        .where(
            AliasMove.alias == CHAMPION,
            AliasMove.kind == "promote",
            AliasMove.release_to == alias.release,
            AliasMove.release_from != AliasMove.release_to,
        )
        .order_by(AliasMove.id.desc())
        .limit(1)
    ).one_or_none()
    if previous is None:
        raise NoPreviousRelease
    return _move_alias(session, "rollback", previous, actor, reason)


def _move_alias(session: Session, kind: str, release: str, actor: str, reason: str) -> AliasMove:
    """Move the champion alias under an advisory lock and log the move."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("codesigner.champion"))))
    previous = champion(session)
    statement = insert(ModelAlias).values(alias=CHAMPION, release=release)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["alias"],
            set_={"release": release, "moved_at": func.clock_timestamp()},
        )
    )
    entry = AliasMove(
        alias=CHAMPION,
        kind=kind,
        release_from=previous,
        release_to=release,
        actor=actor,
        reason=reason,
    )
    session.add(entry)
    session.flush()
    return entry


def versions(session: Session, role: str | None = None) -> Sequence[ModelVersion]:
    """Return the model versions, newest first."""
    query = select(ModelVersion).order_by(ModelVersion.created_at.desc(), ModelVersion.id)
    return session.scalars(query if role is None else query.where(ModelVersion.role == role)).all()


def releases(session: Session) -> Sequence[Release]:
    """Return the releases, newest first."""
    return session.scalars(select(Release).order_by(Release.created_at.desc(), Release.name)).all()


def moves(session: Session, limit: int = 100) -> Sequence[AliasMove]:
    """Return promotions and rollbacks, newest first."""
    return session.scalars(select(AliasMove).order_by(AliasMove.id.desc()).limit(limit)).all()


def parse_manifest(document: Any, *, origin: str, base: str | None = None) -> ReleaseManifest:
    """Parse a manifest: {"release": name, "versions": [{"role": ..., "name": ..., ...}, ...]}.

    Raises:
        InvalidManifest: a field is missing or unknown, or a role does not exist.
    """
    try:
        versions = tuple(
            VersionManifest(**{"sha256": None, "licence": "", **version})
            for version in document["versions"]
        )
        name = str(document["release"])
    except (KeyError, TypeError) as error:
        raise InvalidManifest(f"The manifest is invalid: {error}.") from error
    unknown = sorted({version.role for version in versions} - set(ROLES))
    if unknown or not versions or not name:
        reason = f"has an unknown role {unknown[0]}" if unknown else "has no release or no versions"
        raise InvalidManifest(f"The manifest {reason}; roles are {', '.join(ROLES)}.")
    return ReleaseManifest(name=name, origin=origin, base=base, versions=versions)


def bundled_manifest_path() -> Path | None:
    """Return the path of the bundled weights' manifest, or None; the worker is not imported."""
    spec = importlib.util.find_spec("worker")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "weights" / "manifest.json"
        if path.is_file():
            return path
    return None


def register_bundled(
    session: Session, manifest_path: Path | None = None, *, actor: str = "installation"
) -> Release:
    """Register the bundled release and return it.

    It becomes champion if there is no champion yet, or if the champion is an older bundled release.

    Raises:
        ModelsMissing: the manifest does not exist.
    """
    path = manifest_path or bundled_manifest_path()
    if path is None or not path.is_file():
        raise ModelsMissing(
            "The bundled weights are missing: worker/weights/manifest.json does not exist. "
            "Clone the whole repository, or train them with `codesigner train`."
        )
    document = json.loads(path.read_text(encoding="utf-8"))
    release = register_release(session, parse_manifest(document, origin="bundled"))
    current = champion(session)
    if current is None or (
        current != release.name and session.get_one(Release, current).origin == "bundled"
    ):
        promote(session, release.name, actor)
    return release
