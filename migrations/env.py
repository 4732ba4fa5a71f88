"""The Alembic environment: runs on the connection that ``ledger.store.schema.upgrade`` hands over."""

from alembic import context

from ledger.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema="public",
)
with context.begin_transaction():
    context.run_migrations()
