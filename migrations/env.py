"""What Alembic runs for each command: compare with the rows, migrate on the given connection."""

from alembic import context

from shared.db import webhook_models as webhook_rows  # noqa: F401  (its tables belong to the metadata)
from shared.db.models import Base

connection = context.config.attributes["connection"]
assert connection is not None, "run it by migrations.upgrade or python -m migrations"

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
