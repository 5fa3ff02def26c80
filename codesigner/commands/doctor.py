"""The command that examines an installation: what answers, who is at work, what must hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from codesigner.commands.errors import CommandFailed
from shared.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["COMMANDS"]

_LATE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class _Finding:
    what: str
    well: bool
    said: str


@click.command()
@click.option(
    "--lately",
    is_flag=True,
    help="Look at jobs that are active or ended within the last hour, not at all of them.",
)
def doctor(lately: bool) -> None:
    """Examine the installation: servers, workers, and the invariants of every job.

    Exit code 1 where something is amiss; 3 where the database does not answer.
    """
    from codesigner.installation import installation_settings

    settings = installation_settings()
    amiss = 0
    for finding in _examine(settings, lately=lately):
        amiss += not finding.well
        click.echo(f"{'ok' if finding.well else 'AMISS':5}  {finding.what}: {finding.said}")
    if amiss:
        raise CommandFailed(f"{amiss} things are amiss")


def _examine(settings: Settings, *, lately: bool) -> Iterator[_Finding]:
    from sqlalchemy.orm import Session

    from shared.db.engine import engine
    from shared.queue.recovery.invariants import check_invariants

    yield _schema(settings)
    bound = engine(settings)
    try:
        with Session(bound) as session:
            yield from _at_work(session, settings)
            yield from _late(session)
            for name, count in check_invariants(
                session, lately_s=3600.0 if lately else None
            ).items():
                said = "holds" if count == 0 else f"violated {count} times"
                yield _Finding(what=f"invariant {name}", well=count == 0, said=said)
    finally:
        bound.dispose()
    yield _tried("broker", lambda: _reach_broker(settings))
    yield _tried("artifacts", lambda: _store_and_read(settings))


def _schema(settings: Settings) -> _Finding:
    import migrations

    current, newest = migrations.current(settings.database_url), migrations.head()
    said = f"at {current}" if current == newest else f"at {current}, this program needs {newest}"
    return _Finding(what="schema", well=current == newest, said=said)


def _at_work(session: "Session", settings: Settings) -> Iterator[_Finding]:
    from shared.queue.recovery.heartbeats import unserved, workers_ready

    for queue, who in (("gpu", "workers"), ("relay", "relays")):
        found = workers_ready(session, queue, stale_s=settings.worker_stale_s)
        names = ", ".join(each.name for each in found)
        yield _Finding(what=who, well=bool(found), said=names or "none was heard of lately")
    lacking = unserved(session, stale_s=settings.worker_stale_s)
    said = f"nobody is ready for {', '.join(lacking)}" if lacking else "each has a worker"
    yield _Finding(what="stages of a design", well=not lacking, said=said)


def _late(session: "Session") -> Iterator[_Finding]:
    """Tell of what a relay at work would have moved on."""
    from sqlalchemy import func, select

    from shared.db.models import Outbox, StageRun
    from shared.queue.transitions import in_s

    unsent = select(func.count()).where(Outbox.sent_at.is_(None), Outbox.due_at < in_s(-_LATE_S))
    lapsed = select(func.count()).where(
        StageRun.state == "running", StageRun.lease_until < in_s(-_LATE_S)
    )
    for what, query in (("hints not sent", unsent), ("leases not reaped", lapsed)):
        count = session.scalar(query) or 0
        yield _Finding(what=what, well=count == 0, said=f"{count} for over {_LATE_S:.0f} s")


def _tried(what: str, attempt: Callable[[], str]) -> _Finding:
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    from shared.errors import CodesignerError

    try:
        return _Finding(what=what, well=True, said=attempt())
    except (CodesignerError, KombuError, OSError, RedisError) as error:
        return _Finding(what=what, well=False, said=str(error).splitlines()[0])


def _reach_broker(settings: Settings) -> str:
    from shared.broker.hints import celery_app_for_sending

    with celery_app_for_sending(settings).connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0.1)
    return "answers"


def _store_and_read(settings: Settings) -> str:
    from shared.db.ids import new_id
    from shared.storage.artifacts import ArtifactStore

    store = ArtifactStore(settings.artifacts_url)
    sha256 = store.put(f"codesigner doctor {new_id()}".encode())
    store.get(sha256)
    store.delete(sha256)
    return "stored, read and deleted a file"


COMMANDS: tuple[click.Command, ...] = (doctor,)
