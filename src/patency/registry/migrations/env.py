"""How Alembic runs the steps of this folder: within the transaction that migrate.py has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
