"""Command `doctor`: health checks of servers, workers and job invariants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from codesigner.commands.errors import CommandFailed
from shared.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["COMMANDS"]

_OVERDUE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class _Check:
    name: str
    ok: bool
    message: str


@click.command()
@click.option(
    "--lately",
    is_flag=True,
    help="Check only jobs that are active or ended within the last hour; default: all jobs.",
)
def doctor(lately: bool) -> None:
    """Check the installation: servers, workers, and the invariants of all jobs.

    Exit code 1 if a check fails; 3 if the database does not answer.
    """
    from codesigner.installation import installation_settings

    settings = installation_settings()
    failures = 0
    for check in _checks(settings, lately=lately):
        failures += not check.ok
        click.echo(f"{'ok' if check.ok else 'FAIL':5}  {check.name}: {check.message}")
    if failures:
        raise CommandFailed(f"{failures} checks failed")


def _checks(settings: Settings, *, lately: bool) -> Iterator[_Check]:
    from sqlalchemy.orm import Session

    from shared.db.engine import engine
    from shared.queue.recovery.invariants import check_invariants

    yield _check_schema(settings)
    database = engine(settings)
    try:
        with Session(database) as session:
            yield from _check_heartbeats(session, settings)
            yield from _check_overdue(session)
            for name, count in check_invariants(
                session, lately_s=3600.0 if lately else None
            ).items():
                message = "holds" if count == 0 else f"violated {count} times"
                yield _Check(name=f"invariant {name}", ok=count == 0, message=message)
    finally:
        database.dispose()
    yield _try("broker", lambda: _connect_to_broker(settings))
    yield _try("artifacts", lambda: _round_trip_artifact(settings))
    yield _Check(name="motif library", ok=True, message=_motif_library(settings))


def _check_schema(settings: Settings) -> _Check:
    import migrations

    current, newest = migrations.current(settings.database_url), migrations.head()
    message = f"at {current}" if current == newest else f"at {current}, this program needs {newest}"
    return _Check(name="schema", ok=current == newest, message=message)


def _check_heartbeats(session: "Session", settings: Settings) -> Iterator[_Check]:
    from shared.queue.recovery.heartbeats import unserved, workers_ready

    for queue, name in (("gpu", "workers"), ("cpu", "drawers"), ("relay", "relays")):
        ready = workers_ready(session, queue, stale_s=settings.worker_stale_s)
        names = ", ".join(worker.name for worker in ready)
        yield _Check(name=name, ok=bool(ready), message=names or "no recent heartbeat")
    missing = unserved(session, stale_s=settings.worker_stale_s)
    message = f"no worker for {', '.join(missing)}" if missing else "all have workers"
    yield _Check(name="stages of a design", ok=not missing, message=message)


def _check_overdue(session: "Session") -> Iterator[_Check]:
    """Yield checks for rows that a running relay would have processed."""
    from sqlalchemy import func, select

    from shared.db.models import Outbox, StageRun
    from shared.queue.transitions import seconds_from_now

    unsent = select(func.count()).where(
        Outbox.sent_at.is_(None), Outbox.due_at < seconds_from_now(-_OVERDUE_S)
    )
    expired = select(func.count()).where(
        StageRun.state == "running", StageRun.lease_until < seconds_from_now(-_OVERDUE_S)
    )
    for name, query in (("hints not sent", unsent), ("leases not reaped", expired)):
        count = session.scalar(query) or 0
        yield _Check(name=name, ok=count == 0, message=f"{count} for over {_OVERDUE_S:.0f} s")


def _try(name: str, check: Callable[[], str]) -> _Check:
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    from shared.errors import CodesignerError

    try:
        return _Check(name=name, ok=True, message=check())
    except (CodesignerError, KombuError, OSError, RedisError) as error:
        return _Check(name=name, ok=False, message=str(error).splitlines()[0])


def _connect_to_broker(settings: Settings) -> str:
    from shared.broker.hints import celery_app_for_sending

    with celery_app_for_sending(settings).connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0.1)
    return "answers"


def _round_trip_artifact(settings: Settings) -> str:
    from shared.db.ids import new_id
    from shared.storage.artifacts import ArtifactStore

    store = ArtifactStore(settings.artifacts_url)
    sha256 = store.put(f"codesigner doctor {new_id()}".encode())
    store.get(sha256)
    store.delete(sha256)
    return "stored, read and deleted a file"


def _motif_library(settings: Settings) -> str:
    """Return what is installed; designs without motifs work without it."""
    from shared.motifs.curation import parse_optional_sets
    from shared.motifs.files import default_folder
    from shared.motifs.state import library_state

    folder = default_folder(settings.motifs_dir)
    state = library_state(folder, parse_optional_sets(settings.motif_sets))
    if not state.sets:
        return "not installed; `codesigner motifs install` fetches it"
    missing = f"; missing: {', '.join(state.missing)}" if state.missing else ""
    outdated = "" if state.current or missing else "; out of date"
    return f"{state.subjects} subjects, {state.drawings} drawings{missing}{outdated}"


COMMANDS: tuple[click.Command, ...] = (doctor,)
