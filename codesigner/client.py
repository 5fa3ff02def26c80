"""HTTP client of the API for the command line."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    import httpx2

__all__ = ["ENDED", "Client", "Refused", "Unreachable", "wait_for_batch", "wait_for_end"]

ENDED = frozenset({"succeeded", "failed", "cancelled"})

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

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
        return self._post_form("/api/v1/jobs", fields, "reference", reference)

    def submit_batch(self, fields: Sequence[Field], reference: Path | None) -> Batch:
        """Submit several briefs and return the batch, under a new idempotency key.

        Args:
            fields: form fields; a list is a repeated name.

        Raises:
            Unreachable, Refused.
        """
        return self._post_form("/api/v1/batches", fields, "reference", reference)

    def batch(self, batch_id: str) -> Batch:
        """Return the current state of a batch.

        Raises:
            Unreachable, Refused.
        """
        return self._document("GET", f"/api/v1/batches/{quote(batch_id, safe='')}")

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel the active jobs of a batch and return the batch.

        Raises:
            Unreachable, Refused.
        """
        return self._document("POST", f"/api/v1/batches/{quote(batch_id, safe='')}/cancel")

    def print_file(self, job_id: str, options: Mapping[str, Any]) -> Job:
        """Submit a print of a design's variant and return the job, under a new idempotency key.

        Raises:
            Unreachable, Refused.
        """
        return self._post(f"/api/v1/jobs/{quote(job_id, safe='')}/prints", json=dict(options))

    def train(self, dataset: Path, options: Mapping[str, Any]) -> Job:
        """Submit a training run on a dataset and return its job.

        Args:
            dataset: zip with pictures and metadata.jsonl.

        Raises:
            Unreachable, Refused.
        """
        fields = [(name, str(value)) for name, value in options.items()]
        job: Job = self._post_form("/api/v1/training-runs", fields, "dataset", dataset)["job"]
        return job

    def job(self, job_id: str) -> Job:
        """Return the current state of a job.

        Raises:
            Unreachable, Refused.
        """
        return self._document("GET", f"/api/v1/jobs/{quote(job_id, safe='')}")

    def download(self, url: str) -> bytes:
        """Return the bytes of an artifact; the URL may be relative.

        Raises:
            Unreachable, Refused.
        """
        return self._request("GET", url).content

    def save_zip(self, job_ids: Sequence[str], path: Path) -> None:
        """Save all files of a job, or of several, as a zip; an existing file is replaced.

        The zip appears under its name once it is complete.

        Args:
            job_ids: `ID.N` is variant N of a job alone, from 0.

        Raises:
            Unreachable, Refused, OSError.
        """
        if len(job_ids) == 1 and "." not in job_ids[0]:
            url = f"/api/v1/jobs/{quote(job_ids[0], safe='')}/zip"
        else:
            url = "/api/v1/jobs/zip?" + urlencode([("job", job_id) for job_id in job_ids])
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            self._save(url, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _save(self, url: str, path: Path) -> None:
        import httpx2

        with closing(self._request("GET", url, stream=True)) as response, path.open("wb") as file:
            try:
                for chunk in response.iter_bytes():
                    file.write(chunk)
            except httpx2.RequestError as error:
                raise Unreachable(f"{self.url} ended the transfer early: {error}") from None

    def is_ready(self) -> bool:
        """Return whether /readyz succeeds: jobs are accepted and workers are ready."""
        try:
            self._request("GET", "/readyz")
        except (Unreachable, Refused):
            return False
        return True

    def _post_form(
        self, path: str, fields: Sequence[Field], name: str, file: Path | None
    ) -> dict[str, Any]:
        # Parts without a file name are fields; `data` would not be multipart without a file.
        parts: list[tuple[str, Any]] = [(key, (None, value)) for key, value in fields]
        if file is None:
            return self._post(path, files=parts)
        with file.open("rb") as content:
            return self._post(path, files=[*parts, (name, (name + file.suffix, content))])

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        return self._document("POST", path, headers=headers, **body)

    def _document(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            document: dict[str, Any] = self._request(method, path, **content).json()
        except ValueError:
            raise Unreachable(
                f"{self.url} is not a Codesigner API: the response is not JSON"
            ) from None
        return document

    def _request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = {},
        stream: bool = False,
        **content: Any,
    ) -> "httpx2.Response":
        """Return a successful response; with `stream` its body is not read, and is to be closed."""
        import httpx2

        try:
            base = httpx2.URL(self.url)
            url = base.join(path)
            if url.scheme not in {"http", "https"}:
                raise Unreachable(f"{url} is not an http or https URL")
            if url.origin == base.origin:  # the client drops both when redirected elsewhere
                own = {"Authorization": self.token and f"Bearer {self.token}", "Host": self.host}
                headers = {**headers, **{name: value for name, value in own.items() if value}}
            request = self._http.build_request(method, url, headers=headers, **content)
            response = self._http.send(request, stream=stream)
            if not response.is_success:
                response.read()
        # The latter three: an invalid URL, or a proxy that is not supported.
        except (httpx2.RequestError, httpx2.InvalidURL, ValueError, ImportError) as error:
            raise Unreachable(f"{self.url} does not answer: {error}") from None
        if not response.is_success:
            raise Refused(_problem_message(response))
        return response

    @cached_property
    def _http(self) -> "httpx2.Client":
        import httpx2

        return httpx2.Client(
            timeout=self.timeout_s,
            follow_redirects=True,
            limits=httpx2.Limits(max_keepalive_connections=0),  # nothing is left to close
            trust_env=httpx2.URL(self.url).host not in _LOOPBACK,  # no proxy reaches loopback
        )


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


def _problem_message(response: "httpx2.Response") -> str:
    """Return a problem document (RFC 9457) as one line."""
    try:
        problem = response.json()
    except ValueError:
        return f"{response.status_code} {response.reason_phrase}"
    message = problem.get("detail") or problem.get("title") or response.reason_phrase
    return f"{message} ({problem.get('code', response.status_code)})"
