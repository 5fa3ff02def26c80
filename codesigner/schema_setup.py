"""Set up the database: migrate the schema, register the bundled models."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import migrations
from codesigner.host_actor import host_actor
from shared.audit.events import Act, record
from shared.db.engine import engine_for
from shared.errors import ModelsMissing
from shared.pipelines import ROLES
from shared.registry import releases as registry
from shared.settings import Settings

__all__ = ["migrate", "register_bundled_models"]


def migrate(settings: Settings) -> None:
    """Upgrade the schema to the newest revision; concurrent calls wait for each other."""
    before = migrations.current(settings.database_url)
    migrations.upgrade(settings.database_url)
    after = migrations.current(settings.database_url)
    if after != before:
        engine = engine_for(settings.database_url)
        _record_migration(engine, before, after)
        engine.dispose()


def _record_migration(engine: Engine, before: str | None, after: str | None) -> None:
    """Record a migration after its own transactions: the audit log may be new in it."""
    act = Act(
        action="schema.migrate",
        object_id=after,
        before={"revision": before},
        after={"revision": after},
    )
    with Session(engine) as session, session.begin():
        record(session, host_actor(), act)


def register_bundled_models(settings: Settings) -> str:
    """Register the bundled release and return its name.

    Raises:
        ModelsMissing: weights are missing, or not of every role.
    """
    engine = engine_for(settings.database_url)
    with Session(engine) as session:
        before = registry.champion(session)
        name = registry.register_bundled(session).name
        after = registry.champion(session)
        if after != before:
            act = Act(
                action="model.promote",
                object_id=after,
                before={"champion": before},
                after={"champion": after, "reason": "bundled with this version"},
            )
            record(session, host_actor(), act)
        session.commit()
        missing = set(ROLES) - set(registry.champion_versions(session))
    engine.dispose()
    if missing:
        raise ModelsMissing(f"The release in use has no {', '.join(sorted(missing))}.")
    return name
