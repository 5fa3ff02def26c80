"""Sends due webhooks from threads of the relay process.

Several relays may run at once: deliveries are taken under locks. A delivery that is in flight
when the process dies is sent again with the same webhook-id.
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

from shared.logs import log_fields
from shared.settings import Settings
from shared.webhooks.deliveries import BACKOFF_S, Message, Outcome, claim_due, settle
from shared.webhooks.signing import signed_headers
from shared.webhooks.url_policy import parse_networks
from worker.relay.safe_http import post

__all__ = ["WebhookSender"]

_log = logging.getLogger(__name__)
_SENDERS = 8
_MAX_PER_ORIGIN = 2
"""Concurrent attempts at one origin."""
_DATABASE_BACKOFF_S = 2.0
"""Pause while the database is unavailable."""

Post = Callable[[str, dict[str, str], bytes], Outcome]


class WebhookSender:
    """Sends the due webhooks of one process.

    Args:
        send: makes one attempt; default: `worker.relay.safe_http.post` with the limits of the
            settings.
        backoff_s: delays after failed attempts.
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
        self._allowed = parse_networks(settings.webhook_allow)
        self._in_flight: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._sender_freed = threading.Event()
        self._outage_logged = False

    def run(self, stop: threading.Event) -> None:
        """Send due webhooks until the stop event is set; wait for attempts in flight."""
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="webhook") as senders:
            while not stop.is_set():
                started = self._start_due(senders)
                self._sender_freed.clear()
                wait_s = self._settings.relay_interval_s if started >= 0 else _DATABASE_BACKOFF_S
                if started > 0:
                    self._sender_freed.wait(wait_s)
                else:
                    stop.wait(wait_s)

    def _start_due(self, senders: ThreadPoolExecutor) -> int:
        """Start due deliveries on the free senders; return their number, -1 without a database."""
        with self._lock:
            free = _SENDERS - self._in_flight.total()
            busy = [origin for origin, count in self._in_flight.items() if count >= _MAX_PER_ORIGIN]
        if free <= 0:
            return 1
        try:
            with self._sessions.begin() as session:
                url = self._settings.public_url
                messages = claim_due(session, url, limit=free, each=_MAX_PER_ORIGIN, busy=busy)
        except SQLAlchemyError as error:
            self._log_outage(error)
            return -1
        self._outage_logged = False
        for message in messages:
            with self._lock:
                self._in_flight[message.origin] += 1
            senders.submit(self._deliver, message).add_done_callback(_log_unexpected)
        return len(messages)

    def _deliver(self, message: Message) -> None:
        """Make one attempt and record its outcome."""
        try:
            now = int(time.time())
            headers = signed_headers(message.id, now, message.payload, message.keys)
            outcome = self._send(message.url, headers, message.payload)
            if outcome.error is not None:
                _log.info(
                    "webhook not delivered to %s: %s",
                    message.origin,
                    outcome.error,
                    extra=log_fields(job=message.job_id, delivery=message.id),
                )
            with self._sessions.begin() as session:
                settle(session, message, outcome, self._backoff_s)
        except SQLAlchemyError as error:  # it is sent again when its lease has expired
            self._log_outage(error)
        finally:
            with self._lock:
                self._in_flight[message.origin] -= 1
                self._in_flight += Counter()  # drops the zero counts
            self._sender_freed.set()

    def _post(self, url: str, headers: dict[str, str], payload: bytes) -> Outcome:
        defaults = {
            "Content-Type": "application/json",
            "User-Agent": f"Codesigner/{version('codesigner')}",
        }
        return post(
            url,
            {**defaults, **headers},
            payload,
            allowed=self._allowed,
            limit_s=self._settings.webhook_timeout_s,
        )

    def _log_outage(self, error: SQLAlchemyError) -> None:
        if not self._outage_logged:
            self._outage_logged = True
            _log.error("webhooks: the database is unavailable (%s); retrying", error)


def _log_unexpected(delivery: Future[None]) -> None:
    """Log an unexpected error; the delivery is sent again when its lease has expired."""
    error = delivery.exception()
    if error is not None:
        _log.error("a webhook was not sent", exc_info=error)
