"""What a request needs of its installation, and where it finds it."""

import threading
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from shared.artifacts import ArtifactStore
from shared.database import engine, reading_engine, sessions
from shared.settings import Settings
from web.hints import HintSender
from web.uploads import UploadLimits

__all__ = ["MAX_STREAMS", "Services", "attach", "services"]

MAX_STREAMS = 16
"""Event streams and waiting requests at once; each holds a thread."""

_KEY = "codesigner"


@dataclass(frozen=True, kw_only=True)
class Services:
    """The outside world of one application."""

    settings: Settings
    engine: Engine
    reading: Engine
    """For reads of one statement, see `web.reading`."""
    sessions: sessionmaker[Session]
    store: ArtifactStore
    hints: HintSender
    streams: threading.BoundedSemaphore

    @property
    def limits(self) -> UploadLimits:
        """What one reference image may cost."""
        return UploadLimits(
            max_bytes=self.settings.max_upload_bytes, max_pixels=self.settings.max_image_pixels
        )

    def close(self) -> None:
        """Close the connections to the database that lie idle."""
        self.engine.dispose()
        self.reading.dispose()


def attach(app: Flask, settings: Settings) -> None:
    """Give the application its services; nothing connects before the first use."""
    bound = engine(settings)
    app.extensions[_KEY] = Services(
        settings=settings,
        engine=bound,
        reading=reading_engine(settings),
        sessions=sessions(bound),
        store=ArtifactStore(settings.artifacts_url),
        hints=HintSender(settings),
        streams=threading.BoundedSemaphore(MAX_STREAMS),
    )


def services() -> Services:
    """Give the present application's services."""
    return cast(Services, current_app.extensions[_KEY])
