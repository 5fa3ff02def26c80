"""What a request needs of its installation, and where it finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from shared.db.engine import engine, sessions
from shared.errors import CodesignerError
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from web.http.concurrency import Desks, Places
from web.http.i18n import translate as _
from web.http.login_throttle import Attempts
from web.http.sign_in_links import SignInCodes
from web.services.notifier import HintSender
from web.uploads.images import UploadLimits

__all__ = [
    "BODY_READ", "DESKS", "MAX_STREAMS", "MAX_STREAMS_EACH", "PAGE_DESKS", "Services",
    "attach", "services",
]  # fmt: skip

MAX_STREAMS = 16
"""Event streams and waiting requests at once; each holds a thread."""
MAX_STREAMS_EACH = MAX_STREAMS // 4
"""Of one visitor."""

DESKS = 4
"""Programs' requests that record jobs at once; others wait, and leave the processor to readers."""
PAGE_DESKS = 2
"""As many again for what people send from pages: they do not wait behind programs."""

PAGES_WAITING = 8
BODIES = 4
"""Requests with large bodies that are read at once, see `web.http.body_concurrency`."""
BODIES_WAITING = 8

BODY_READ = "codesigner_body_read"
"""Of Flask's `g`: gives back the place for reading a large body."""

_KEY = "codesigner"
_CONNECTIONS = 13
"""Connections to the database that are kept; ten more are closed after each use."""
_DESK_WAIT_S = 10.0
_BODY_WAIT_S = 5.0
_WAITING = 32
"""Programs' requests that wait for a desk at once: all that have threads, see
`web.server.buffering_worker`."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """The outside world of one application."""

    settings: Settings
    engine: Engine
    autocommit: Engine
    """The same connections; each statement is a transaction of its own."""
    sessions: sessionmaker[Session]
    store: ArtifactStore
    hints: HintSender
    streams: Places
    desks: Desks
    page_desks: Desks
    bodies: Desks
    """For reading large bodies, see `web.http.body_concurrency`."""
    attempts: Attempts
    sign_in_codes: SignInCodes

    @property
    def limits(self) -> UploadLimits:
        """What one reference image may cost."""
        return UploadLimits(
            max_bytes=self.settings.max_upload_bytes, max_pixels=self.settings.max_image_pixels
        )

    @contextmanager
    def recording(self) -> Iterator[Session]:
        """Give a transaction that records what the present request asks for, once it has a desk.

        Raises:
            CodesignerError: unavailable, no desk came free in 10 s.
        """
        desks = self.desks if request.path.startswith("/api/") else self.page_desks
        if (body_read := g.pop(BODY_READ, None)) is not None:
            body_read()
        if not desks.take():
            message = _("Too many requests wait to be recorded; try again soon.")
            raise CodesignerError("unavailable", message, retry_after_s=5)
        try:
            with self.sessions.begin() as session:
                yield session
        finally:
            desks.give_back()

    def close(self) -> None:
        """Close the connections to the database that lie idle."""
        self.engine.dispose()


def attach(app: Flask, settings: Settings) -> None:
    """Give the application its services; nothing connects before the first use."""
    bound = engine(settings, pool_size=_CONNECTIONS)
    app.extensions[_KEY] = Services(
        settings=settings,
        engine=bound,
        autocommit=bound.execution_options(isolation_level="AUTOCOMMIT"),
        sessions=sessions(bound),
        store=ArtifactStore(settings.artifacts_url),
        hints=HintSender(settings),
        streams=Places(MAX_STREAMS, MAX_STREAMS_EACH),
        desks=Desks(DESKS, waiting=_WAITING, wait_s=_DESK_WAIT_S),
        page_desks=Desks(PAGE_DESKS, waiting=PAGES_WAITING, wait_s=_DESK_WAIT_S),
        bodies=Desks(BODIES, waiting=BODIES_WAITING, wait_s=_BODY_WAIT_S),
        attempts=Attempts(),
        sign_in_codes=SignInCodes(),
    )


def services() -> Services:
    """Give the present application's services."""
    return cast(Services, current_app.extensions[_KEY])
