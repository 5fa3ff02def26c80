"""The table of rights: what a request needs for each route, and the check before each request.

Routes say who may do what kind of thing; `web.db.queries` says of which things one may know.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from shared.accounts.rights import Right
from shared.errors import CodesignerError
from web.extensions import services
from web.http.access import (
    ADMIN_TOKEN_RIGHTS,
    present_principal,
    require,
    require_admin,
    unauthorized,
)
from web.http.accounts import session_principal
from web.http.i18n import translate as _
from web.http.problems import wants_page

__all__ = [
    "ACCOUNTS_ONLY",
    "LOCAL_ONLY",
    "ROUTE_RIGHTS",
    "SESSION_ONLY",
    "SIGN_IN",
    "Need",
    "refusal_codes",
    "register",
]

Need = Right | Literal["public", "signed_in"]
"""public: nothing; signed_in: an account, whatever its rights."""

SIGN_IN = "/sign-in"
"""Path of the page to which strangers are redirected from other pages."""

_ROUTES: dict[Need, tuple[str, ...]] = {
    "public": (
        *("static", "health.healthz", "health.readyz", "documents.openapi", "documentation.docs"),
        *("admin.login", "admin.enter", "admin.leave"),
        *("shared.shared", "shared.file", "shared.shared_zip", "shared_pages.shared"),
        "artifacts.artifact",  # which asks for "see", unless the address is signed
        *("sign_in.show", "sign_in.enter", "sign_in.leave", "oidc.start", "oidc.callback"),
        *("link_pages.invitation", "link_pages.accept", "link_pages.reset"),
        *("link_pages.set_password", "account.sign_in", "account.leave"),
        *("account_deletion.restore", "account_deletion_pages.restore"),
        *("members.reset_password", "members.accept"),
    ),
    "signed_in": (
        *("usage.usage", "usage_pages.usage"),
        *("account_pages.account", "account_pages.change", "account_pages.switch"),
        *("account_pages.change_password", "account_pages.end_one", "account_pages.end_others"),
        *("account_pages.add_key", "account_pages.revoke_key", "oidc.disconnect"),
        *("link_pages.join", "account.account", "account.change", "account.sessions"),
        *("account.end_others", "account.end_one", "account.keys", "account.add_key"),
        *("account.revoke_key", "account_deletion.delete"),
        *("account_deletion_pages.ask", "account_deletion_pages.delete"),
    ),
    "see": (
        *("form.form", "understand.understand", "motifs.motifs", "motifs.picture"),
        *("models.models", "palettes.palettes"),
        *("jobs.jobs", "jobs.job", "jobs.provenance", "events.events", "library.job_lineage"),
        *("batches.batches", "batches.batch", "library.picture"),
        *("zips.job_zip", "zips.batch_zip", "zips.selection_zip"),
        *("library.all_collections", "library.collection"),
        *("jobs_pages.jobs", "jobs_pages.job", "jobs_pages.parts", "jobs_pages.edited_variant"),
        *("library_pages.parts", "library_pages.card_parts", "library_pages.picture"),
        *("library_changes.entry", "library_changes.entry_parts"),
        *("exports.exports", "exports.ask", "exports.export", "exports.export_zip"),
        "workspace.workspace",
        *("account_data.show", "account_data.parts", "account_data.ask"),
        *("compare_pages.compare", "lineage_pages.tree", "batch_pages.batch", "batch_pages.parts"),
    ),
    "create": (
        *("design_jobs.submit", "batches.submit", "designs.render", "understand.directions"),
        *("edits.edit", "prints.submit", "jobs.retry", "form.submit"),
        *("jobs_pages.again_with_other_seed", "jobs_pages.edit_variant"),
        *("jobs_pages.print_one", "jobs_pages.retry_one"),
    ),
    "change": (
        *("jobs.cancel", "batches.cancel", "jobs_pages.cancel_one", "batch_pages.cancel"),
        *("library.name", "library.judge", "library.bulk", "palettes.save", "palettes.remove"),
        *("library.create", "library.rename", "library.add", "library.take_out"),
        *("library_changes.save_entry", "library_changes.judge", "library_changes.heart"),
        *("library_changes.bulk", "library_changes.create", "library_changes.rename"),
    ),
    "delete": (
        *("library.delete", "library.restore_one", "library.remove"),
        *("library_changes.undo", "library_changes.delete"),
        *("batches.delete", "batches.restore", "deletions.reference", "deletions.restore"),
        *("batch_pages.delete", "library_changes.delete_with_reference"),
    ),
    "share": (
        *("share_links.share_job", "share_links.share_collection", "artifacts.link"),
        *("share_links.share_links", "share_links.revoke"),
        *("share_pages.job", "share_pages.share_job", "share_pages.revoke_of_job"),
        *("share_pages.collection", "share_pages.share_collection"),
        "share_pages.revoke_of_collection",
    ),
    "manage_workspace": (
        *("workspace.change", "account_data.set_retention"),
        *("webhooks.endpoints", "webhooks.add", "webhooks.endpoint", "webhooks.change"),
        *("webhooks.remove", "webhooks.rotate", "webhooks.deliveries", "webhooks.delivery"),
        *("webhooks.send", "webhooks.job_deliveries"),
        *("webhook_pages.show", "webhook_pages.add", "webhook_pages.enable"),
        *("webhook_pages.remove", "webhook_pages.rotate", "webhook_pages.send"),
        *("members.members", "members.change_role", "members.remove", "members.end_sessions"),
        *("members.make_reset_link", "members.invitations", "members.invite", "members.withdraw"),
        *("member_pages.members", "member_pages.invite", "member_pages.withdraw"),
        *("member_pages.change_role", "member_pages.remove", "member_pages.end_sessions"),
        *("member_pages.reset",),
    ),
    "administer": (
        *("health.metrics", "audit.events", "audit_pages.log"),
        *("deletions.deletions", "deletion_pages.ledger"),
        *("models.promote", "models.rollback"),
        *("queue.queue", "queue.pause", "queue.resume", "queue.dead", "queue.retry"),
        *("training.start", "training.runs", "training.run"),
        *("admin.home", "admin.models", "admin.promote", "admin.rollback", "admin.show_workers"),
        *("queue_pages.queue", "queue_pages.pause", "queue_pages.resume", "queue_pages.retry"),
        *("training_pages.runs", "training_pages.start", "training_pages.run"),
        *("training_pages.cancel_one", "training_pages.parts"),
        *("installation.accounts", "installation.change", "installation.workspaces"),
        *("installation.create", "installation.rename"),
        *("installation_pages.accounts", "installation_pages.disable"),
        *("installation_pages.workspaces", "installation_pages.create"),
        *("installation_pages.rename",),
    ),
}

ROUTE_RIGHTS: Mapping[str, Need] = MappingProxyType(
    {endpoint: need for need, endpoints in _ROUTES.items() for endpoint in endpoints}
)
"""What each endpoint needs; one that is not in it is refused."""

LOCAL_ONLY = frozenset({"admin.login", "admin.enter", "admin.leave"})
"""Endpoints of the admin token, which there is in the mode local alone."""
_OF_ACCOUNTS = frozenset(
    {
        *("sign_in", "oidc", "link_pages", "account_pages", "member_pages", "installation_pages"),
        *("account", "members", "installation"),
        *("account_deletion", "account_deletion_pages"),
    }
)
"""Blueprints of accounts."""
ACCOUNTS_ONLY = frozenset(
    endpoint for endpoint in ROUTE_RIGHTS if endpoint.partition(".")[0] in _OF_ACCOUNTS
)
"""Endpoints that answer 404 in the mode local."""

SESSION_ONLY = frozenset(
    {
        *("exports.exports", "exports.ask", "exports.export", "exports.export_zip"),
        *("account_data.show", "account_data.parts", "account_data.ask"),
        *("members.make_reset_link", "member_pages.reset"),
    }
)
"""Endpoints that refuse API keys, whatever their scopes: a key acts in one workspace, and an export
has what the account made in all; by a link for a password a key would become a sign-in."""

_OPEN_LOCALLY = frozenset({"health.metrics", "admin.home"})


def refusal_codes(endpoint: str) -> tuple[str, ...]:
    """Return the codes of the errors by which the check may refuse a request."""
    refused = () if ROUTE_RIGHTS.get(endpoint) == "public" else ("unauthorized", "forbidden")
    return (*refused, "not_found") if endpoint in ACCOUNTS_ONLY | LOCAL_ONLY else refused


def register(app: Flask) -> None:
    """Register the check of rights before each request."""
    app.before_request(_check)
    app.after_request(_forbid_storing)


def _check() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:  # 404 or 405 follows
        return None
    is_local = services().settings.mode == "local"
    need = ROUTE_RIGHTS.get(endpoint)
    if need is None or endpoint in (ACCOUNTS_ONLY if is_local else LOCAL_ONLY):
        raise CodesignerError("not_found", _("There is nothing here"))
    if need == "public":
        return None
    if is_local:
        if need in ADMIN_TOKEN_RIGHTS and endpoint not in _OPEN_LOCALLY:
            require_admin()
        return None
    if present_principal() is None:
        return _to_sign_in()
    if endpoint in SESSION_ONLY:
        session_principal()
    if need != "signed_in":
        require(need)
    return None


def _to_sign_in() -> Response:
    """Redirect a stranger from a page to the sign-in page.

    Raises:
        CodesignerError: unauthorized, it is not the address of a page.
    """
    if request.method != "GET" or not wants_page():
        raise unauthorized()
    return redirect(f"{SIGN_IN}?{urlencode({'next': request.full_path.rstrip('?')})}")


def _forbid_storing(response: Response) -> Response:
    """Keep what is shown to an account out of caches, unless the view says otherwise."""
    if services().settings.mode == "accounts" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
