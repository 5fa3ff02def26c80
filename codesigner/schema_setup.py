"""The database's preparation: its schema, and the models that ship with the worker."""

from sqlalchemy.orm import Session

import migrations
from shared.db.engine import engine_for
from shared.errors import ModelsMissing
from shared.pipelines import ROLES
from shared.registry import releases as registry
from shared.settings import Settings

__all__ = ["migrate", "register_bundled_models"]


def migrate(settings: Settings) -> None:
    """Bring the schema up to date; several at once wait for one another."""
    migrations.upgrade(settings.database_url)


def register_bundled_models(settings: Settings) -> str:
    """Register the release that ships with the worker and name it.

    Raises:
        ModelsMissing: the weights are not there, or not for every role.
    """
    bound = engine_for(settings.database_url)
    with Session(bound) as session:
        name = registry.register_bundled(session).name
        session.commit()
        missing = set(ROLES) - set(registry.champions(session))
    bound.dispose()
    if missing:
        raise ModelsMissing(f"The release in use has no {', '.join(sorted(missing))}.")
    return name
