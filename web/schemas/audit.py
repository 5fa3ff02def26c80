"""Response models of the audit log."""

from typing import Any

from pydantic import BaseModel, Field

__all__ = ["AuditEventDocument", "AuditPage"]


class AuditEventDocument(BaseModel):
    """One act: who did what to which object."""

    id: int
    at: str
    actor: str = Field(
        description="admin, `client:` and its name, `visitor:` and its id, `address:` and the "
        "address, or `cli:` and the user of the host."
    )
    actor_kind: str = Field(
        description="How the actor was known: admin_token, admin_session, client, visitor or "
        "command_line."
    )
    action: str = Field(description="A stable code, such as model.promote.")
    object_kind: str
    object_id: str | None = Field(description="null: several, named in the other fields, or none.")
    address: str | None = Field(description="Of the request; of the command line its host.")
    request_id: str | None = Field(description="As in the response's X-Request-ID and the logs.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(BaseModel):
    """A page of the audit log, newest first."""

    events: list[AuditEventDocument]
    next: str | None = Field(description="URL of the next page; null: this is the last one.")
