"""HTML pages rendered on the server."""

import hashlib
import math
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, request, url_for
from flask_babel import format_datetime, format_decimal
from markupsafe import Markup

from shared.file_names import suffix_of
from web.http.accounts import has_right, shown_principal
from web.http.i18n import language
from web.http.i18n import translate as _
from web.pages import (
    account,
    account_data,
    account_deletion,
    admin,
    audit,
    batches,
    compare,
    deletions,
    documentation,
    form,
    installation,
    invitation,
    jobs,
    library,
    library_changes,
    lineage,
    members,
    oidc,
    queue,
    share_links,
    shared,
    sign_in,
    training,
    usage,
    webhooks,
)
from web.pages.header import header_account
from web.presentation import accounts, edits, labels
from web.presentation.tags import term_name
from web.presentation.view_models import seconds_between

__all__ = ["register"]

_WITHOUT_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Removes Unicode's embeddings, overrides and isolates; a title has no element that ends them."""


def register(app: Flask) -> None:
    """Register the pages' blueprints, template filters and template globals."""
    for module in (
        *(form, jobs, library, library_changes, compare, lineage, batches, usage, account_data),
        *(share_links, shared),
        *(admin, training, queue, webhooks, audit, deletions, documentation),
        *(sign_in, oidc, invitation, account, members, installation, account_deletion),
    ):
        app.register_blueprint(module.blueprint)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        stage_name=labels.stage_name,
        state_name=labels.state_name,
        role_name=labels.role_name,
        account_role_name=accounts.account_role_name,
        role_meaning=accounts.role_meaning,
        scope_name=accounts.scope_name,
        scope_meaning=accounts.scope_meaning,
        browser_name=accounts.browser_name,
        derivation_link=labels.derivation_link,
        derivation_name=labels.derivation_name,
        change_text=edits.change_text,
        notice_text=labels.notice_text,
        option_name=labels.option_name,
        product_name=lambda key: term_name("product", key, language()),
        seconds=_seconds,
        moment=_moment,
        decimal=format_decimal,
        short=lambda text: text[:12],
        in_title=_in_title,
        suffix=suffix_of,
    )
    app.jinja_env.globals.update(
        static_url=lambda name: _static_url(app, name),
        in_language=_in_language,
        has_right=has_right,
        header_account=header_account,
        is_stranger=lambda: shown_principal() is None,
        seconds_between=seconds_between,
        dict_by_variant=lambda reviews: {each["variant"]: each for each in reviews},
    )


def _in_title(text: str) -> str:
    """Return a text for the window's title, unable to turn around what follows it."""
    return text.translate(_WITHOUT_DIRECTIONS)


def _seconds(duration_s: float | None) -> str:
    """Format a duration in the visitor's language."""
    if duration_s is None:
        return ""
    if duration_s < 120:
        fraction = duration_s < 10 and duration_s != round(duration_s)
        return _("%(count)s s", count=f"{duration_s:.1f}" if fraction else f"{duration_s:.0f}")
    if duration_s < 10_800:
        return _("%(count)d min", count=round(duration_s / 60))
    return _("%(count)d h", count=math.ceil(duration_s / 3600))


def _moment(at: str | None) -> Markup:
    """Return an ISO 8601 time as an element that page.js shows in the visitor's time zone."""
    if at is None:
        return Markup()
    shown = _("%(time)s UTC", time=format_datetime(datetime.fromisoformat(at), "medium"))
    return Markup('<time datetime="{}">{}</time>').format(at, shown)


def _in_language(code: str) -> str:
    """Return the URL of the current page in another language."""
    if request.endpoint == oidc.RETURN:  # whose address works once
        return url_for("sign_in.show", lang=code)
    has_url = request.method == "GET" and request.url_rule is not None
    path = quote(request.path) if has_url else url_for("form.form")
    args = request.args.to_dict(flat=False) | {"lang": [code]}
    return f"{path}?{urlencode(args, doseq=True)}"


def _static_url(app: Flask, name: str) -> str:
    """Return a static file's URL with its hash, so that browsers never use a stale copy."""
    assert app.static_folder is not None
    path = Path(app.static_folder) / name
    return url_for("static", filename=name, v=_content_hash(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _content_hash(path: Path, _mtime_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
