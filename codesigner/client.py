"""A client of the HTTP API, as the command line uses it."""

import json
import mimetypes
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

__all__ = ["ENDED", "Client", "Refused", "Unreachable", "wait_for_batch", "wait_for_end"]

ENDED = frozenset({"succeeded", "failed", "cancelled"})

Job = dict[str, Any]
Batch = dict[str, Any]
Field = tuple[str, str]


class Unreachable(Exception):
    """Nothing answers at the address, or not what one expects there."""


class Refused(Exception):
    """The API answered with an error; the message is the API's own."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """Talks to one installation."""

    url: str
    """Its address, http or https."""
    timeout_s: float = 30.0
    token: str | None = None
    """The administration's, where it has one; sent to `url` alone."""
    host: str | None = None
    """Host name to ask for where `url` is another way to the installation."""

    def submit(self, brief: str, reference: Path | None, options: Mapping[str, Any]) -> Job:
        """Hand a brief in; the same call repeated after a broken connection makes one job.

        Raises:
            Unreachable, Refused.
        """
        fields = [("brief", brief), *((name, str(value)) for name, value in options.items())]
        return self._post("/api/v1/jobs", fields, ("reference", reference))

    def submit_batch(self, fields: Sequence[Field], reference: Path | None) -> Batch:
        """Hand several briefs in; the same call repeated makes one batch.

        Args:
            fields: of the form, lists by repeated names.
        Raises:
            Unreachable, Refused.
        """
        return self._post("/api/v1/batches", fields, ("reference", reference))

    def batch(self, batch_id: str) -> Batch:
        """Give a batch as it stands now.

        Raises:
            Unreachable, Refused.
        """
        return self._job(self._ask("GET", f"/api/v1/batches/{quote(batch_id, safe='')}"))

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel what has not ended of a batch.

        Raises:
            Unreachable, Refused.
        """
        path = f"/api/v1/batches/{quote(batch_id, safe='')}/cancel"
        return self._job(self._ask("POST", path, body=b""))

    def print_file(self, job_id: str, options: Mapping[str, Any]) -> Job:
        """Ask for the print file of a design's variant; the same call repeated makes one job.

        Raises:
            Unreachable, Refused.
        """
        path = f"/api/v1/jobs/{quote(job_id, safe='')}/prints"
        return self._send(path, "application/json", json.dumps(dict(options)).encode())

    def train(self, dataset: Path, options: Mapping[str, Any]) -> Job:
        """Hand a dataset in to be trained on: a zip with pictures and metadata.jsonl.

        Raises:
            Unreachable, Refused.
        """
        fields = [(name, str(value)) for name, value in options.items()]
        run = self._post("/api/v1/training-runs", fields, ("dataset", dataset))
        job: Job = run["job"]
        return job

    def job(self, job_id: str) -> Job:
        """Give a job as it stands now.

        Raises:
            Unreachable, Refused.
        """
        return self._job(self._ask("GET", f"/api/v1/jobs/{job_id}"))

    def download(self, url: str) -> bytes:
        """Give an artifact's bytes; the address may be relative to the installation's.

        Raises:
            Unreachable, Refused.
        """
        return self._ask("GET", url)

    def is_ready(self) -> bool:
        """Tell whether a job would be taken and worked on."""
        try:
            self._ask("GET", "/readyz")
        except (Unreachable, Refused):
            return False
        return True

    def _post(self, path: str, fields: Sequence[Field], file: tuple[str, Path | None]) -> Job:
        return self._send(path, *_multipart(fields, *file))

    def _send(self, path: str, content_type: str, body: bytes) -> Job:
        headers = {"Content-Type": content_type, "Idempotency-Key": secrets.token_hex(16)}
        return self._job(self._ask("POST", path, body=body, headers=headers))

    def _job(self, body: bytes) -> Job:
        try:
            job: Job = json.loads(body)
        except ValueError:
            raise Unreachable(f"{self.url} is no Codesigner: it answers with no JSON") from None
        return job

    def _ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> bytes:
        url = urljoin(self.url, path)
        if not url.startswith(("http://", "https://")):
            raise Unreachable(f"{url} is no http or https address")
        request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
        if _origin(url) == _origin(self.url):
            # What a redirect leads to, such as a bucket, is not told either.
            if self.token is not None:
                request.add_unredirected_header("Authorization", f"Bearer {self.token}")
            if self.host is not None:
                request.add_unredirected_header("Host", self.host)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise Refused(_problem(error)) from None
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(f"{self.url} does not answer: {reason}") from None


def wait_for_end(client: Client, job: Job, *, every_s: float = 0.5) -> Iterator[Job]:
    """Give a job again and again until it has ended; the last one given has.

    Raises:
        Unreachable: the installation was away for longer than a minute.
        Refused: the job is gone.
    """
    return _until(lambda: client.job(job["id"]), job, lambda now: now["state"] in ENDED, every_s)


def wait_for_batch(client: Client, batch: Batch, *, every_s: float = 1.0) -> Iterator[Batch]:
    """Give a batch whenever its counts have changed until it has ended; the last one has.

    Raises:
        As `wait_for_end`.
    """
    counts = None
    looks = _until(
        lambda: client.batch(batch["id"]), batch, lambda now: now["state"] == "ended", every_s
    )
    for now in looks:
        if now["counts"] != counts:
            counts = now["counts"]
            yield now


def _until(
    look: Callable[[], dict[str, Any]],
    now: dict[str, Any],
    ended: Callable[[dict[str, Any]], bool],
    every_s: float,
) -> Iterator[dict[str, Any]]:
    away_since: float | None = None
    yield now
    while not ended(now):
        time.sleep(every_s)
        try:
            now = look()
        except Unreachable:
            away_since = away_since or time.monotonic()
            if time.monotonic() - away_since > 60:
                raise
            continue
        away_since = None
        yield now


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _multipart(fields: Sequence[Field], name: str, file: Path | None) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields
    ]
    if file is not None:
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        suffix = "".join(c for c in file.suffix if c.isalnum() or c == ".")
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{name}{suffix}"\r\nContent-Type: {media_type}\r\n\r\n'
        )
        parts += [head.encode(), file.read_bytes(), b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def _problem(error: urllib.error.HTTPError) -> str:
    """Put a problem document (RFC 9457) into one line."""
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"{error.code} {error.reason}"
    said = problem.get("detail") or problem.get("title") or error.reason
    return f"{said} ({problem.get('code', error.code)})"
