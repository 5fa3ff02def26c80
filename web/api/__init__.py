"""HTTP API, version 1."""

from flask import Flask

from web.api import (
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
    jobs,
    library,
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
        deletions,
        exports,
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
        documents,
    ):
        app.register_blueprint(module.blueprint, url_prefix=PREFIX)
    app.register_blueprint(health.blueprint)
