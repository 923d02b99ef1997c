"""What is PostgreSQL's own: row-level security, and the door that the database itself keeps."""

from sqlalchemy import Engine

from patency.registry.access import User


def sign_in(engine: Engine, name: str, password: str, token: str) -> User | None:
    """Let a user in, and bind the token to what they may see."""
    raise NotImplementedError
