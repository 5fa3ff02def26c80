"""Every page of the web front end by name, for tests and pictures that visit them all."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PAGES", "is_for_administrators"]

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "form": "/",
        "form-from-a-job": "/?from={done}",
        "job-running": "/jobs/{running}",
        "job-done": "/jobs/{done}",
        "job-failed": "/jobs/{failed}",
        "list": "/jobs",
        "list-searched": "/jobs?q=fox&colour=navy&tag=autumn",
        "entry": "/jobs/{done}/entry",
        "lineage": "/jobs/{done}/lineage",
        "share": "/jobs/{done}/share",
        "shared": "/s/{shared}",
        "shared-collection": "/s/{shelf}",
        "shared-gone": "/s/none",
        "compare": "/compare?design={done}.0&design={done}.1",
        "batch": "/batches/{batch}",
        "your-data": "/account/data",
        "usage": "/usage",
        "docs": "/api/docs",
        "error": "/no/such/page",
        "sign-in": "/admin/login",
        "sign-in-link": "/admin/login?code=used",
        "sign-in-required": "/admin/models",
        "models": "/admin/models",
        "training": "/admin/training",
        "training-run": "/admin/training/{training}",
        "queue": "/admin/queue",
        "workers": "/admin/workers",
        "webhooks": "/admin/webhooks/",
        "audit": "/admin/audit",
        "audit-filtered": "/admin/audit?action=session&actor=admin",
        "deletions": "/admin/deletions",
        "admin-error": "/admin/training/none",
    }
)
"""Path of each page; a name in braces is the id of a job or batch, or the token of a link."""

_VISITORS = frozenset({"sign-in", "sign-in-link", "sign-in-required"})


def is_for_administrators(name: str) -> bool:
    """Return whether a page is shown to a signed-in administrator."""
    return PAGES[name].startswith("/admin/") and name not in _VISITORS
