"""For how long a workspace keeps designs."""

from typing import Any

from shared.db.account_models import Workspace
from web.extensions import services

__all__ = ["workspace_settings"]


def workspace_settings(row: Workspace) -> dict[str, Any]:
    """Return the document of a workspace with its retention."""
    limits = (row.retention_s, services().settings.job_ttl_s)
    return {
        "id": row.id,
        "name": row.name,
        "retention_s": row.retention_s,
        "kept_s": min((each for each in limits if each is not None), default=None),
    }
