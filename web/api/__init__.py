"""HTTP API, version 1."""

from flask import Flask

from web.api import (
    account,
    account_deletion,
    artifacts,
    audit,
    batches,
    deletions,
    design_jobs,
    designs,
    documents,
    edits,
    events,
    exports,
    health,
    installation,
    jobs,
    library,
    members,
    models,
    motifs,
    palettes,
    prints,
    queue,
    share_links,
    shared,
    training,
    understand,
    usage,
    webhooks,
    workspace,
    zips,
)

__all__ = ["PREFIX", "register"]

PREFIX = "/api/v1"


def register(app: Flask) -> None:
    """Register the blueprints of the API."""
    for module in (
        design_jobs,
        designs,
        batches,
        jobs,
        library,
        share_links,
        shared,
        deletions,
        exports,
        account_deletion,
        workspace,
        zips,
        prints,
        edits,
        events,
        artifacts,
        understand,
        motifs,
        palettes,
        usage,
        models,
        queue,
        training,
        webhooks,
        audit,
        account,
        members,
        installation,
        documents,
    ):
        app.register_blueprint(module.blueprint, url_prefix=PREFIX)
    app.register_blueprint(health.blueprint)
