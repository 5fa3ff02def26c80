"""Sends the webhooks that are due, from threads of the relay's process.

Two relays do no harm: deliveries are taken under locks. What is being sent when the process dies
comes again under the same webhook-id.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from shared.settings import Settings
from shared.webhooks.deliveries import BACKOFF_S, Message, Outcome, settle, take_due
from shared.webhooks.signing import signed_headers
from shared.webhooks.url_policy import networks_in
from worker.relay.safe_http import post

__all__ = ["Deliverer"]

_log = logging.getLogger(__name__)
_SENDERS = 8
_EACH = 2
"""Attempts at one origin at once."""
_WAIT_S = 2.0
"""Pause while the database is away."""

Post = Callable[[str, dict[str, str], bytes], Outcome]


class Deliverer:
    """The sender of one process.

    Args:
        send: makes one attempt; by default `worker.relay.safe_http.post`, within the settings'
            limits.
        backoff_s: pauses after failed attempts.
    """

    def __init__(
        self,
        settings: Settings,
        factory: sessionmaker[Session],
        *,
        send: Post | None = None,
        backoff_s: Sequence[float] = BACKOFF_S,
    ) -> None:
        self._settings = settings
        self._sessions = factory
        self._send = send or self._post
        self._backoff_s = backoff_s
        self._allowed = networks_in(settings.webhook_allow)
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._freed = threading.Event()
        self._said = False

    def run(self, stop: threading.Event) -> None:
        """Send what is due until told to stop; attempts under way are waited for."""
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="webhook") as senders:
            while not stop.is_set():
                begun = self._begin(senders)
                self._freed.clear()
                wait_s = self._settings.relay_interval_s if begun >= 0 else _WAIT_S
                if begun > 0:
                    self._freed.wait(wait_s)
                else:
                    stop.wait(wait_s)

    def _begin(self, senders: ThreadPoolExecutor) -> int:
        """Take what the free senders can send; gives its number, -1 without a database."""
        with self._lock:
            free = _SENDERS - self._under_way.total()
            busy = [origin for origin, number in self._under_way.items() if number >= _EACH]
        if free <= 0:
            return 1
        try:
            with self._sessions.begin() as session:
                url = self._settings.public_url
                taken = take_due(session, url, limit=free, each=_EACH, busy=busy)
        except SQLAlchemyError as error:
            self._say(error)
            return -1
        self._said = False
        for message in taken:
            with self._lock:
                self._under_way[message.origin] += 1
            senders.submit(self._deliver, message).add_done_callback(_tell)
        return len(taken)

    def _deliver(self, message: Message) -> None:
        """Make one attempt and note what came of it."""
        try:
            now = int(time.time())
            headers = signed_headers(message.id, now, message.payload, message.keys)
            outcome = self._send(message.url, headers, message.payload)
            if outcome.error is not None:
                _log.info("webhook %s to %s: %s", message.id, message.origin, outcome.error)
            with self._sessions.begin() as session:
                settle(session, message, outcome, self._backoff_s)
        except SQLAlchemyError as error:  # it comes again when its lease has run out
            self._say(error)
        finally:
            with self._lock:
                self._under_way[message.origin] -= 1
                self._under_way += Counter()  # drops what is at 0
            self._freed.set()

    def _post(self, url: str, headers: dict[str, str], payload: bytes) -> Outcome:
        own = {
            "Content-Type": "application/json",
            "User-Agent": f"Codesigner/{version('codesigner')}",
        }
        return post(
            url,
            {**own, **headers},
            payload,
            allowed=self._allowed,
            limit_s=self._settings.webhook_timeout_s,
        )

    def _say(self, error: SQLAlchemyError) -> None:
        if not self._said:
            self._said = True
            _log.error("webhooks: the database does not answer (%s); trying again", error)


def _tell(ended: Future[None]) -> None:
    """Log what nobody expected; the delivery comes again when its lease has run out."""
    error = ended.exception()
    if error is not None:
        _log.error("a webhook was not sent", exc_info=error)
