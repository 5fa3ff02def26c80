"""HTTP API, version 1."""

from flask import Flask

from web.api import (
    account,
    artifacts,
    audit,
    batches,
    design_jobs,
    designs,
    documents,
    edits,
    events,
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
    training,
    understand,
    webhooks,
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
        zips,
        prints,
        edits,
        events,
        artifacts,
        understand,
        motifs,
        palettes,
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
