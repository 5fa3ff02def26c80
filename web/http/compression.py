"""Compresses what is the same for everybody: static files, the API reference, its document.

Other pages stay as they are: they hold tokens beside what a visitor wrote, and the length of a
compressed page that reflects guesses tells which are right (BREACH).
"""

from flask import Flask, Response, request
from flask_compress import Compress

__all__ = ["register"]

_ENDPOINTS = {"static", "documentation.docs", "documents.openapi"}


def register(app: Flask) -> None:
    """Compress responses for clients that accept Brotli or gzip."""
    app.config["COMPRESS_REGISTER"] = False  # it would compress all pages
    app.config["COMPRESS_ALGORITHM"] = app.config["COMPRESS_ALGORITHM_STREAMING"] = ["br", "gzip"]
    compress = Compress(app)

    def compressed(response: Response) -> Response:
        return compress.after_request(response) if request.endpoint in _ENDPOINTS else response

    app.after_request(compressed)
