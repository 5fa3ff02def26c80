"""Services of the application, shared by its requests: database, stores, concurrency limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from shared.db.engine import engine, sessions
from shared.errors import CodesignerError
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from web.http.concurrency import ConcurrencyLimiter, VisitorLimiter
from web.http.i18n import translate as _
from web.http.job_watch import JobWatch
from web.http.login_throttle import Attempts
from web.http.sign_in_links import SignInCodes
from web.services.notifier import HintSender
from web.uploads.images import UploadLimits

if TYPE_CHECKING:
    from web.services.oidc import OidcProvider

__all__ = [
    "MAX_CONCURRENT_API_WRITES", "MAX_CONCURRENT_LARGE_BODIES", "MAX_CONCURRENT_LARGE_READS",
    "MAX_CONCURRENT_PAGE_WRITES", "MAX_STREAMS", "MAX_STREAMS_OF_AN_ACCOUNT",
    "MAX_STREAMS_OF_A_NETWORK", "MAX_WAITING_LARGE_BODIES",
    "MAX_WAITING_LARGE_READS", "MAX_WAITING_PAGE_WRITES", "MAX_WAITS", "MAX_ZIPS",
    "MAX_ZIPS_OF_AN_ACCOUNT", "MAX_ZIPS_OF_A_NETWORK",
    "RELEASE_BODY_SLOT", "Services", "attach", "services",
]  # fmt: skip

MAX_STREAMS = 1000
"""Concurrent event streams; each holds a connection, but no thread."""
MAX_STREAMS_OF_A_NETWORK = 250
MAX_STREAMS_OF_AN_ACCOUNT = 32

MAX_WAITS = 16
"""Concurrent requests that wait for the end of a job; each holds a thread that polls."""
_WAITS_OF_A_VISITOR = MAX_WAITS // 4

MAX_CONCURRENT_API_WRITES = 4
"""API requests that write jobs at once; further ones wait, so that reads get processor time."""
MAX_CONCURRENT_PAGE_WRITES = 2
"""Page requests that write at once, counted apart: people do not wait behind programs."""
MAX_WAITING_PAGE_WRITES = 8

MAX_CONCURRENT_LARGE_BODIES = 4
"""Large request bodies that are read at once, see `web.http.body_concurrency`."""
MAX_WAITING_LARGE_BODIES = 8

MAX_CONCURRENT_LARGE_READS = 4
"""Lists, batch documents and parsed briefs that are computed at once, see `Services.read_slot`."""
MAX_WAITING_LARGE_READS = 12
"""Few of the threads that serve reads, so that probes and small reads never wait for large ones."""

RELEASE_BODY_SLOT = "codesigner_body_read"
"""Attribute of Flask's `g`: the callback that releases the slot for reading a large body."""

MAX_ZIPS = 8
"""Zips that are sent at once; a slow client's holds a thread once it is larger than the buffer."""
MAX_ZIPS_OF_A_NETWORK = 4
MAX_ZIPS_OF_AN_ACCOUNT = 2

_KEY = "codesigner"
_CONNECTIONS = 13
"""Size of the database connection pool; ten overflow connections are closed after each use."""
_WRITE_WAIT_S = 10.0
_BODY_WAIT_S = 5.0
_READ_WAIT_S = 5.0
_MAX_WAITING_API_WRITES = 32
"""As many as there are threads for such requests, see `web.server.buffering_worker`."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """External resources and limits of one application."""

    settings: Settings
    engine: Engine
    autocommit: Engine
    """The same pool in autocommit mode: each statement is its own transaction."""
    sessions: sessionmaker[Session]
    store: ArtifactStore
    hints: HintSender
    watch: JobWatch
    """Wakes the event streams of jobs that have changed."""
    streams: VisitorLimiter
    """Per-visitor concurrency limit for event streams."""
    waits: VisitorLimiter
    """Per-visitor concurrency limit for requests that wait for a job's end."""
    desks: ConcurrencyLimiter
    """Limits API requests that write."""
    page_write_limiter: ConcurrencyLimiter
    """Limits page requests that write."""
    bodies: ConcurrencyLimiter
    """Limits reading of large bodies, see `web.http.body_concurrency`."""
    large_reads: ConcurrencyLimiter
    """Limits reads that take much processor time, see `read_slot`."""
    zips: VisitorLimiter
    """Per-visitor concurrency limit for zips that are being sent."""
    attempts: Attempts
    sign_in_codes: SignInCodes
    oidc: "OidcProvider | None" = None
    """Provider of OpenID Connect; None: none is configured."""

    @property
    def limits(self) -> UploadLimits:
        """Limits of one reference image."""
        return UploadLimits(
            max_bytes=self.settings.max_upload_bytes, max_pixels=self.settings.max_image_pixels
        )

    @contextmanager
    def recording(self) -> Iterator[Session]:
        """Yield a session in a write transaction of the current request, under the write limit.

        The session is committed on exit and rolled back on error.

        Raises:
            CodesignerError: as `write_slot`.
        """
        with self.write_slot(), self.sessions.begin() as session:
            yield session

    @contextmanager
    def write_slot(self) -> Iterator[None]:
        """Hold a slot of the write limit for the current request.

        Raises:
            CodesignerError: unavailable, no slot became free in 10 s or too many requests wait.
        """
        limiter = self.desks if request.path.startswith("/api/") else self.page_write_limiter
        if (release_body_slot := g.pop(RELEASE_BODY_SLOT, None)) is not None:
            release_body_slot()
        if not limiter.take():
            message = _("Too many requests are waiting to be saved; try again soon.")
            raise CodesignerError("unavailable", message, retry_after_s=5)
        try:
            yield
        finally:
            limiter.give_back()

    @contextmanager
    def large_read(self) -> Iterator[Session]:
        """Yield a session for a read of many rows, under the limit of large reads.

        The caller builds its response before the exit.

        Raises:
            CodesignerError: as `read_slot`.
        """
        with self.read_slot(), self.sessions() as session:
            yield session

    @contextmanager
    def read_slot(self) -> Iterator[None]:
        """Hold a slot of the limit of large reads: lists, batch documents, parsed briefs.

        Raises:
            CodesignerError: unavailable, no slot became free in 5 s or too many requests wait.
        """
        if not self.large_reads.take():
            message = _("Too many large requests are under way; try again soon.")
            raise CodesignerError("unavailable", message, retry_after_s=2)
        try:
            yield
        finally:
            self.large_reads.give_back()

    def close(self) -> None:
        """Stop watching jobs and close the idle connections of the database pool."""
        self.watch.close()
        self.engine.dispose()


def attach(app: Flask, settings: Settings) -> None:
    """Attach the services to the application; nothing connects before the first use."""
    pooled = engine(settings, pool_size=_CONNECTIONS)
    autocommit = pooled.execution_options(isolation_level="AUTOCOMMIT")
    app.extensions[_KEY] = Services(
        settings=settings,
        engine=pooled,
        autocommit=autocommit,
        sessions=sessions(pooled),
        store=ArtifactStore(settings.artifacts_url),
        hints=HintSender(settings),
        watch=JobWatch(autocommit),
        streams=VisitorLimiter(
            MAX_STREAMS, per_network=MAX_STREAMS_OF_A_NETWORK, per_account=MAX_STREAMS_OF_AN_ACCOUNT
        ),
        waits=VisitorLimiter(
            MAX_WAITS, per_network=_WAITS_OF_A_VISITOR, per_account=_WAITS_OF_A_VISITOR
        ),
        desks=ConcurrencyLimiter(
            MAX_CONCURRENT_API_WRITES, waiting=_MAX_WAITING_API_WRITES, wait_s=_WRITE_WAIT_S
        ),
        page_write_limiter=ConcurrencyLimiter(
            MAX_CONCURRENT_PAGE_WRITES, waiting=MAX_WAITING_PAGE_WRITES, wait_s=_WRITE_WAIT_S
        ),
        bodies=ConcurrencyLimiter(
            MAX_CONCURRENT_LARGE_BODIES, waiting=MAX_WAITING_LARGE_BODIES, wait_s=_BODY_WAIT_S
        ),
        large_reads=ConcurrencyLimiter(
            MAX_CONCURRENT_LARGE_READS, waiting=MAX_WAITING_LARGE_READS, wait_s=_READ_WAIT_S
        ),
        zips=VisitorLimiter(
            MAX_ZIPS, per_network=MAX_ZIPS_OF_A_NETWORK, per_account=MAX_ZIPS_OF_AN_ACCOUNT
        ),
        attempts=Attempts(),
        sign_in_codes=SignInCodes(),
        oidc=_oidc_provider(settings),
    )


def _oidc_provider(settings: Settings) -> "OidcProvider | None":
    if not settings.oidc_issuer:
        return None
    from web.services.oidc import OidcProvider

    return OidcProvider(settings)


def services() -> Services:
    """Return the current application's services."""
    return cast(Services, current_app.extensions[_KEY])
