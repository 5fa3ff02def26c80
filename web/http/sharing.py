"""Headers of what strangers see by a share link: no cache, search engine or referrer has it."""

from flask import Response

from web.http.artifact_responses import NO_CACHE

__all__ = ["for_strangers"]


def for_strangers(response: Response) -> Response:
    """Add the headers to a response, of errors too; the token is a part of the address."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Cache-Control", NO_CACHE)
    return response
