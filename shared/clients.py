"""API clients with their own tokens; each is an owner of jobs."""

import hashlib
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import Client
from shared.errors import FieldError, InvalidRequest

__all__ = ["add_client", "clients", "remove_client", "token_sha256"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN_BYTES = 32


def add_client(
    session: Session, name: str, *, max_jobs: int | None = None, top_priority: int = 0
) -> str:
    """Register a client, or replace the token and limits of an existing one; return the token.

    Only the sha256 of the token is stored.

    Raises:
        InvalidRequest: the name is invalid.
    """
    if _NAME.fullmatch(name) is None:
        message = "Use 1 to 64 letters, digits, dots, dashes and underscores."
        raise InvalidRequest(FieldError(field="name", message=message))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {
        "token_sha256": token_sha256(token),
        "max_jobs": max_jobs,
        "top_priority": top_priority,
    }
    session.execute(
        insert(Client)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
    return token


def remove_client(session: Session, name: str) -> bool:
    """Delete a client and thereby revoke its token; return whether it existed."""
    deleted = session.scalars(delete(Client).where(Client.name == name).returning(Client.name))
    return deleted.one_or_none() is not None


def clients(session: Session) -> Sequence[Client]:
    """Return the clients ordered by name."""
    return session.scalars(select(Client).order_by(Client.name)).all()


def token_sha256(token: str) -> str:
    """Return the stored hash of a token; 256 random bits need no slow password hash."""
    return hashlib.sha256(token.encode()).hexdigest()
