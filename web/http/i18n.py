"""The language of an answer: the page's switch, then the visitor's browser."""

from functools import lru_cache

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

__all__ = ["LANGUAGES", "language", "register", "translate"]

LANGUAGES = {"en": "English", "zh": "中文"}
_COOKIE = "codesigner_language"
_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Choose a language for each request; `?lang=` is remembered in a cookie."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale="en", locale_selector=language)
    app.after_request(_remember)
    app.context_processor(lambda: {"languages": LANGUAGES, "language": language()})


def translate(message: str, **values: object) -> str:
    """Give a message in the request's language, its %(name)s filled in."""
    return str(gettext(message, **values))


def language() -> str:
    """Name the present request's language: en or zh."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _selected()
    return str(g.language)


def _selected() -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        g.language_asked = asked
        return asked
    kept = request.cookies.get(_COOKIE)
    if kept in LANGUAGES and not request.path.startswith("/api/v1/"):
        return kept
    return _preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or "en"


def _remember(response: Response) -> Response:
    asked = g.get("language_asked")
    if asked is not None and not request.path.startswith("/api/v1/"):
        response.set_cookie(_COOKIE, asked, max_age=_YEAR_S, samesite="Lax", httponly=True)
    if response.status_code != 304:  # which tells of no content
        response.headers.setdefault("Content-Language", language())
    if "Vary" in response.headers:
        response.vary.update(["Accept-Language", "Cookie"])
    else:  # most answers: faster than a set of headers
        response.headers["Vary"] = "Accept-Language, Cookie"
    return response
