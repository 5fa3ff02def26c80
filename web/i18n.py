"""The language of an answer: the page's switch, then the visitor's browser."""

from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale, gettext

__all__ = ["LANGUAGES", "language", "register", "translate"]

LANGUAGES = {"en": "English", "zh": "中文"}
_COOKIE = "codesigner_language"
_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Choose a language for each request; `?lang=` is remembered in a cookie."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale="en", locale_selector=_selected)
    app.after_request(_remember)
    app.context_processor(lambda: {"languages": LANGUAGES, "language": language()})


def translate(message: str, **values: object) -> str:
    """Give a message in the request's language, its %(name)s filled in."""
    return str(gettext(message, **values))


def language() -> str:
    """Name the present request's language: en or zh."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "en"


def _selected() -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        g.language_asked = asked
        return asked
    kept = request.cookies.get(_COOKIE)
    if kept in LANGUAGES and not request.path.startswith("/api/v1/"):
        return kept
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _remember(response: Response) -> Response:
    asked = g.get("language_asked")
    if asked is not None and not request.path.startswith("/api/v1/"):
        response.set_cookie(_COOKIE, asked, max_age=_YEAR_S, samesite="Lax", httponly=True)
    response.headers.setdefault("Content-Language", language())
    response.vary.update(["Accept-Language", "Cookie"])
    return response
