"""Alembic environment: run migrations on the connection of the configuration."""

from alembic import context

from shared.db import (  # noqa: F401 (register their tables)
    account_models,
    audit_models,
    deletion_models,
    library_models,
    quota_models,
    webhook_models,
)
from shared.db.models import Base

connection = context.config.attributes["connection"]
assert connection is not None, "run it with migrations.upgrade or python -m migrations"

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
