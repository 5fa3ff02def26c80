"""Language negotiation: the `lang` parameter, then the cookie, then Accept-Language."""

from functools import lru_cache

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

__all__ = ["LANGUAGES", "language", "register", "remember_language", "translate"]

LANGUAGES = {"en": "English", "zh": "中文"}
_COOKIE = "codesigner_language"
_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Select the language of each request; `?lang=` is stored in a cookie."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale="en", locale_selector=language)
    app.after_request(_set_headers)
    app.context_processor(lambda: {"languages": LANGUAGES, "language": language()})


def translate(message: str, **values: object) -> str:
    """Return a message in the request's language with its %(name)s placeholders filled in."""
    return str(gettext(message, **values))


def language() -> str:
    """Return the language of the current request: en or zh."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _selected()
    return str(g.language)


def remember_language(code: str) -> None:
    """Show the pages of this browser in a language from now on."""
    g.language = g.language_requested = code


def _selected() -> str:
    requested = request.args.get("lang")
    if requested in LANGUAGES:
        g.language_requested = requested
        return requested
    stored = request.cookies.get(_COOKIE)
    if stored in LANGUAGES and not request.path.startswith("/api/v1/"):
        return stored
    return _preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or "en"


def _set_headers(response: Response) -> Response:
    selected = language()  # redirects have not asked for it yet
    requested = g.get("language_requested")
    if requested is not None and not request.path.startswith("/api/v1/"):
        response.set_cookie(_COOKIE, requested, max_age=_YEAR_S, samesite="Lax", httponly=True)
    if response.status_code != 304:  # which has no content
        response.headers.setdefault("Content-Language", selected)
    if "Vary" in response.headers:
        response.vary.update(["Accept-Language", "Cookie"])
    else:  # most responses: faster than parsing a header set
        response.headers["Vary"] = "Accept-Language, Cookie"
    return response
