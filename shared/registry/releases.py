"""Model versions, the releases that group them, and the alias that tells which is in use.

A version is one role's checkpoint with its manifest; a release has one version for each role.
Neither changes once registered. The alias `champion` names the release that new jobs pin.
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
    "BadManifest",
    "Gate",
    "ReleaseManifest",
    "VersionManifest",
    "bundled_manifest_path",
    "champion",
    "champions",
    "members",
    "moves",
    "promote",
    "register",
    "register_bundled",
    "register_release",
    "release_of",
    "releases",
    "rollback",
    "versions",
]

CHAMPION = "champion"


class BadManifest(ValueError):
    """A release's manifest cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class VersionManifest:
    """All there is to know of a model version; its hash is the version's identity."""

    role: str
    name: str
    source: Mapping[str, Any]
    """Where the weights are: {"file": ...}, {"package": ..., "file": ...}, {"artifact": ...}."""
    sha256: str | None
    """Of the weights file; None where the package's own version pins it."""
    licence: str
    config: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A bar that a metric of a release must reach before promotion."""

    metric: str
    value: float
    bar: float
    passed: bool


@dataclass(frozen=True, kw_only=True)
class ReleaseManifest:
    """A release to register: the given versions, and the base's for all other roles."""

    name: str
    versions: tuple[VersionManifest, ...]
    origin: str = "trained"
    """bundled, named (by an administrator) or trained."""
    base: str | None = None
    job_id: str | None = None
    gates: tuple[Gate, ...] = ()


def register(session: Session, manifest: VersionManifest) -> ModelVersion:
    """Give the model version of this manifest, registering it where it is new."""
    values = {name: _plain(value) for name, value in vars(manifest).items()}
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    session.execute(
        insert(ModelVersion)
        .values(id=f"{manifest.role}-{digest[:12]}", manifest_sha256=digest, **values)
        .on_conflict_do_nothing()
    )
    return session.scalars(select(ModelVersion).where(ModelVersion.manifest_sha256 == digest)).one()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def register_release(session: Session, manifest: ReleaseManifest) -> Release:
    """Give the release of this manifest, registering it and its versions where they are new.

    Raises:
        ReleaseConflict: the name is taken by a release of other versions.
        ReleaseNotFound: the base is not registered.
    """
    wanted = members(session, manifest.base) if manifest.base is not None else {}
    wanted |= {each.role: register(session, each).id for each in manifest.versions}
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
                for role, version_id in wanted.items()
            ],
        )
    elif members(session, manifest.name) != wanted:
        raise ReleaseConflict(manifest.name)
    return session.get_one(Release, manifest.name)


def members(session: Session, release: str) -> dict[str, str]:
    """Give a release's version ids by role.

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
    """Name the release in use."""
    return session.scalars(
        select(ModelAlias.release).where(ModelAlias.alias == CHAMPION)
    ).one_or_none()


def champions(session: Session) -> dict[str, str]:
    """Give the version ids in use by role; empty where no release was promoted yet."""
    rows = session.execute(
        select(ReleaseMember.role, ReleaseMember.version_id)
        .join(ModelAlias, ModelAlias.release == ReleaseMember.release)
        .where(ModelAlias.alias == CHAMPION)
    )
    return dict(rows.all())


def promote(
    session: Session, release: str, actor: str, *, reason: str = "", force: bool = False
) -> AliasMove:
    """Make a release the champion; new jobs pin its versions, those under way keep theirs.

    Args:
        actor: who does so, for the log.
        force: also where a gate is missed.
    Raises:
        ReleaseNotFound: it is not registered.
        GateFailed: a gate is missed.
    """
    row = session.get(Release, release)
    if row is None:
        raise ReleaseNotFound(release)
    missed = tuple(gate["metric"] for gate in row.gates if not gate["passed"])
    if missed and not force:
        raise GateFailed(release, missed)
    return _move(session, "promote", release, actor, reason)


def rollback(session: Session, actor: str, *, reason: str = "") -> AliasMove:
    """Make the release champion again that was so before the present one was promoted.

    Raises:
        NoPreviousRelease: there was none.
    """
    present = session.scalars(
        select(ModelAlias).where(ModelAlias.alias == CHAMPION).with_for_update()
    ).one_or_none()
    if present is None:
        raise NoPreviousRelease
    before = session.scalars(
        select(AliasMove.release_from)
        .where(
            AliasMove.alias == CHAMPION,
            AliasMove.kind == "promote",
            AliasMove.release_to == present.release,
            AliasMove.release_from != AliasMove.release_to,
        )
        .order_by(AliasMove.id.desc())
        .limit(1)
    ).one_or_none()
    if before is None:
        raise NoPreviousRelease
    return _move(session, "rollback", before, actor, reason)


def _move(session: Session, kind: str, release: str, actor: str, reason: str) -> AliasMove:
    """Move the champion alias, one mover at a time, and log it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("codesigner.champion"))))
    before = champion(session)
    move = insert(ModelAlias).values(alias=CHAMPION, release=release)
    session.execute(
        move.on_conflict_do_update(
            index_elements=["alias"],
            set_={"release": release, "moved_at": func.clock_timestamp()},
        )
    )
    entry = AliasMove(
        alias=CHAMPION,
        kind=kind,
        release_from=before,
        release_to=release,
        actor=actor,
        reason=reason,
    )
    session.add(entry)
    session.flush()
    return entry


def versions(session: Session, role: str | None = None) -> Sequence[ModelVersion]:
    """List the model versions, newest first."""
    found = select(ModelVersion).order_by(ModelVersion.created_at.desc(), ModelVersion.id)
    return session.scalars(found if role is None else found.where(ModelVersion.role == role)).all()


def releases(session: Session) -> Sequence[Release]:
    """List the releases, newest first."""
    return session.scalars(select(Release).order_by(Release.created_at.desc(), Release.name)).all()


def moves(session: Session, limit: int = 100) -> Sequence[AliasMove]:
    """List promotions and rollbacks, newest first."""
    return session.scalars(select(AliasMove).order_by(AliasMove.id.desc()).limit(limit)).all()


def release_of(document: Any, *, origin: str, base: str | None = None) -> ReleaseManifest:
    """Read a manifest: {"release": name, "versions": [{"role": ..., "name": ..., ...}, ...]}.

    Raises:
        BadManifest: something is missing, unknown or of no role.
    """
    try:
        versions = tuple(
            VersionManifest(**{"sha256": None, "licence": "", **each})
            for each in document["versions"]
        )
        name = str(document["release"])
    except (KeyError, TypeError) as error:
        raise BadManifest(f"The manifest is not as it should be: {error}.") from error
    unknown = sorted({each.role for each in versions} - set(ROLES))
    if unknown or not versions or not name:
        told = f"no role {unknown[0]}" if unknown else "no release or no versions"
        raise BadManifest(f"The manifest names {told}; roles are {', '.join(ROLES)}.")
    return ReleaseManifest(name=name, origin=origin, base=base, versions=versions)


def bundled_manifest_path() -> Path | None:
    """Find the manifest of the weights that ship with the worker, without importing it."""
    spec = importlib.util.find_spec("worker")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "weights" / "manifest.json"
        if path.is_file():
            return path
    return None


def register_bundled(
    session: Session, manifest_path: Path | None = None, *, actor: str = "installation"
) -> Release:
    """Register the release that ships with the worker.

    It becomes champion where there is none yet, or where an older bundled one is.

    Raises:
        ModelsMissing: the manifest is not there.
    """
    path = manifest_path or bundled_manifest_path()
    if path is None or not path.is_file():
        raise ModelsMissing(
            "The weights that ship with Codesigner are not there: worker/weights/manifest.json is "
            "missing. Get the whole repository, or train them with `codesigner train`."
        )
    document = json.loads(path.read_text(encoding="utf-8"))
    release = register_release(session, release_of(document, origin="bundled"))
    present = champion(session)
    if present is None or (
        present != release.name and session.get_one(Release, present).origin == "bundled"
    ):
        promote(session, release.name, actor)
    return release
