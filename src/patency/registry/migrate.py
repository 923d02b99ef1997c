"""From one version of the schema to the next, by Alembic."""

from sqlalchemy import Engine

from patency.registry.schema import meta


def upgrade(engine: Engine) -> None:
    """Bring a database to the schema of this version of Patency."""
    meta.create_all(engine)
