"""Set up the database: migrate the schema, register the bundled models."""

from sqlalchemy.orm import Session

import migrations
from shared.db.engine import engine_for
from shared.errors import ModelsMissing
from shared.pipelines import ROLES
from shared.registry import releases as registry
from shared.settings import Settings

__all__ = ["migrate", "register_bundled_models"]


def migrate(settings: Settings) -> None:
    """Upgrade the schema to the newest revision; concurrent calls wait for each other."""
    migrations.upgrade(settings.database_url)


def register_bundled_models(settings: Settings) -> str:
    """Register the bundled release and return its name.

    Raises:
        ModelsMissing: weights are missing, or not of every role.
    """
    engine = engine_for(settings.database_url)
    with Session(engine) as session:
        name = registry.register_bundled(session).name
        session.commit()
        missing = set(ROLES) - set(registry.champion_versions(session))
    engine.dispose()
    if missing:
        raise ModelsMissing(f"The release in use has no {', '.join(sorted(missing))}.")
    return name
