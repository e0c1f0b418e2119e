"""The entry point of Alembic, on the connection that `crm_eventlog.migrate` passes in."""

from alembic import context

from crm_eventlog.tables import durable

context.configure(connection=context.config.attributes["connection"], target_metadata=durable)
context.run_migrations()
