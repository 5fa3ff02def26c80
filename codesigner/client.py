"""HTTP client of the API for the command line."""

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
    """The URL does not respond, or not with a Codesigner API."""


class Refused(Exception):
    """The API returned an error; the message is the API's."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client of one installation."""

    url: str
    """Base URL, http or https."""
    timeout_s: float = 30.0
    token: str | None = None
    """Bearer token, sent only to the origin of `url`."""
    host: str | None = None
    """Value of the Host header where it differs from the host of `url`."""

    def submit(self, brief: str, reference: Path | None, options: Mapping[str, Any]) -> Job:
        """Submit a brief and return the job, under a new idempotency key.

        Raises:
            Unreachable, Refused.
        """
        fields = [("brief", brief), *((name, str(value)) for name, value in options.items())]
        return self._post("/api/v1/jobs", fields, ("reference", reference))

    def submit_batch(self, fields: Sequence[Field], reference: Path | None) -> Batch:
        """Submit several briefs and return the batch, under a new idempotency key.

        Args:
            fields: form fields; a list is a repeated name.

        Raises:
            Unreachable, Refused.
        """
        return self._post("/api/v1/batches", fields, ("reference", reference))

    def batch(self, batch_id: str) -> Batch:
        """Return the current state of a batch.

        Raises:
            Unreachable, Refused.
        """
        return self._parse(self._request("GET", f"/api/v1/batches/{quote(batch_id, safe='')}"))

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel the active jobs of a batch and return the batch.

        Raises:
            Unreachable, Refused.
        """
        path = f"/api/v1/batches/{quote(batch_id, safe='')}/cancel"
        return self._parse(self._request("POST", path, body=b""))

    def print_file(self, job_id: str, options: Mapping[str, Any]) -> Job:
        """Submit a print of a design's variant and return the job, under a new idempotency key.

        Raises:
            Unreachable, Refused.
        """
        path = f"/api/v1/jobs/{quote(job_id, safe='')}/prints"
        return self._send(path, "application/json", json.dumps(dict(options)).encode())

    def train(self, dataset: Path, options: Mapping[str, Any]) -> Job:
        """Submit a training run on a dataset and return its job.

        Args:
            dataset: zip with pictures and metadata.jsonl.

        Raises:
            Unreachable, Refused.
        """
        fields = [(name, str(value)) for name, value in options.items()]
        run = self._post("/api/v1/training-runs", fields, ("dataset", dataset))
        job: Job = run["job"]
        return job

    def job(self, job_id: str) -> Job:
        """Return the current state of a job.

        Raises:
            Unreachable, Refused.
        """
        return self._parse(self._request("GET", f"/api/v1/jobs/{job_id}"))

    def download(self, url: str) -> bytes:
        """Return the bytes of an artifact; the URL may be relative.

        Raises:
            Unreachable, Refused.
        """
        return self._request("GET", url)

    def is_ready(self) -> bool:
        """Return whether /readyz succeeds: jobs are accepted and workers are ready."""
        try:
            self._request("GET", "/readyz")
        except (Unreachable, Refused):
            return False
        return True

    def _post(self, path: str, fields: Sequence[Field], file: tuple[str, Path | None]) -> Job:
        return self._send(path, *_multipart(fields, *file))

    def _send(self, path: str, content_type: str, body: bytes) -> Job:
        headers = {"Content-Type": content_type, "Idempotency-Key": secrets.token_hex(16)}
        return self._parse(self._request("POST", path, body=body, headers=headers))

    def _parse(self, body: bytes) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(body)
        except ValueError:
            raise Unreachable(
                f"{self.url} is not a Codesigner API: the response is not JSON"
            ) from None
        return document

    def _request(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> bytes:
        url = urljoin(self.url, path)
        if not url.startswith(("http://", "https://")):
            raise Unreachable(f"{url} is not an http or https URL")
        request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
        if _origin(url) == _origin(self.url):
            # Unredirected: the target of a redirect, such as a bucket, must not get the token.
            if self.token is not None:
                request.add_unredirected_header("Authorization", f"Bearer {self.token}")
            if self.host is not None:
                request.add_unredirected_header("Host", self.host)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:
                content: bytes = response.read()
                return content
        except urllib.error.HTTPError as error:
            raise Refused(_problem_message(error)) from None
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(f"{self.url} does not answer: {reason}") from None


def wait_for_end(client: Client, job: Job, *, every_s: float = 0.5) -> Iterator[Job]:
    """Poll a job and yield its states until it has ended; the last one is final.

    Raises:
        Unreachable: the installation was unreachable for more than a minute.
        Refused: the API returned an error, such as that the job was deleted.
    """
    return _poll(lambda: client.job(job["id"]), job, lambda state: state["state"] in ENDED, every_s)


def wait_for_batch(client: Client, batch: Batch, *, every_s: float = 1.0) -> Iterator[Batch]:
    """Poll a batch and yield it whenever its counts change, until it has ended.

    Raises:
        Unreachable, Refused: as `wait_for_end`.
    """
    counts = None
    states = _poll(
        lambda: client.batch(batch["id"]), batch, lambda state: state["state"] == "ended", every_s
    )
    for state in states:
        if state["counts"] != counts:
            counts = state["counts"]
            yield state


def _poll(
    fetch: Callable[[], dict[str, Any]],
    current: dict[str, Any],
    has_ended: Callable[[dict[str, Any]], bool],
    every_s: float,
) -> Iterator[dict[str, Any]]:
    unreachable_since: float | None = None
    yield current
    while not has_ended(current):
        time.sleep(every_s)
        try:
            current = fetch()
        except Unreachable:
            unreachable_since = unreachable_since or time.monotonic()
            if time.monotonic() - unreachable_since > 60:
                raise
            continue
        unreachable_since = None
        yield current


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


def _problem_message(error: urllib.error.HTTPError) -> str:
    """Return a problem document (RFC 9457) as one line."""
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"{error.code} {error.reason}"
    message = problem.get("detail") or problem.get("title") or error.reason
    return f"{message} ({problem.get('code', error.code)})"
