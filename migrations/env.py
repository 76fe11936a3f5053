"""Alembic's entry. storage/schema.py hands it the connection, and what is to be noted with each
revision; no settings are read here.
"""

from alembic import context
from sqlalchemy import Connection

from storage.tables.every import Base

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_server_default=True,
    transaction_per_migration=True,
    on_version_apply=context.config.attributes["noting"],
)
with context.begin_transaction():
    context.run_migrations()
