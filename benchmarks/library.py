"""Benchmark of the library with ten thousand designs: pages on the server, scrolling in a browser.

Run: python -m benchmarks.library [--designs 10000] [--pages 50]

The designs have four variants each; all thumbnails are one file. Scrolling needs playwright and
Chromium; without them only the server is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urlencode

from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.installation import installation
from benchmarks.report import Row, command
from shared.library.index import encoder_of
from shared.library.query_vectors import text_key
from shared.registry.releases import champion_versions
from shared.storage.artifacts import ArtifactStore

__all__ = ["fill_library", "index_library", "measure"]

SMALL = {"designs": 400, "pages": 4}
_TRIES = 10
_ID = "lpad(to_hex(n / 65536), 8, '0') || '-' || lpad(to_hex(n % 65536), 4, '0')"
_FILL = text(f"""
WITH made AS (
    INSERT INTO job (id, pipeline, state, brief, options, understood, version, created_at,
                     started_at, finished_at)
    SELECT {_ID} || '-7000-8000-' || lpad(to_hex(n), 12, '0'), 'design', 'succeeded',
           'foxes and pine trees number ' || n || ', cosy autumn', CAST(:options AS jsonb),
           '{{}}', 9, at, at, at
    FROM generate_series(1, CAST(:designs AS bigint)) AS n,
         LATERAL (SELECT clock_timestamp() - make_interval(secs => :designs - n) AS at) AS age
    RETURNING id
), entered AS (
    INSERT INTO library_entry (job_id, name, tags, terms)
    SELECT id, '', CASE WHEN id LIKE '%0' THEN ARRAY['autumn', 'client'] ELSE '{{}}' END,
           CASE WHEN id LIKE '%0' THEN ARRAY['fox', 'motif:fox', 'tag:autumn', 'tag:client']
                ELSE ARRAY['fox', 'motif:fox'] END
    FROM made
)
INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes, width, height)
SELECT id, 'present', 'thumbnail', variant, :sha256, 'image/png', :size, 240, 300
FROM made CROSS JOIN generate_series(0, 3) AS variant
""")
_VECTOR = "(SELECT array_agg(random() - 0.5) FROM generate_series(1, {width}) WHERE {of} <> '')"
_INDEX = (
    text(
        "UPDATE library_entry SET encoder = :encoder, "
        f"text_vector = {_VECTOR.format(width=384, of='job_id')}::real[]::vector::halfvec"
    ),
    text(
        "INSERT INTO library_variant (job_id, variant, look_vector) SELECT job_id, variant, "
        f"{_VECTOR.format(width=1280, of='job_id')}::real[]::vector::halfvec "
        "FROM library_entry CROSS JOIN generate_series(0, 3) AS variant"
    ),
    text("""
INSERT INTO library_colour (job_id, variant, hex, lightness, a, b, share)
SELECT job_id, variant, '#' || lpad(to_hex(n), 6, '0'), random(), random() * 0.4 - 0.2,
       random() * 0.4 - 0.2, 0.2
FROM library_variant CROSS JOIN generate_series(1, 5) AS n
"""),
    text(
        "INSERT INTO query_vector (key, encoder, vector) SELECT :key, encoder, text_vector "
        "FROM library_entry LIMIT 1"
    ),
)
"""Index of the designs as the workers write it, with random vectors and colours."""
_MEANING = "a walk in autumn"
_OPTIONS = {"variants": 4, "seed": 1, "product": "mug", "reference_strength": 0.6, "size": 256}
_SCROLL = """async (pages) => {
    const list = document.getElementById("cards");
    let appended = 0;
    let count = list.childElementCount;
    while (appended < pages - 1 && document.querySelector('[rel="next"]')) {
        window.scrollBy({ top: 900, behavior: "instant" });
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)));
        if (list.childElementCount > count) {
            count = list.childElementCount;
            appended += 1;
        }
    }
    return count;
}"""


def fill_library(session: Session, store: ArtifactStore, designs: int) -> None:
    """Insert finished designs with four thumbnails each. The caller commits."""
    buffer = BytesIO()
    Image.effect_noise((240, 300), 40).convert("RGB").save(buffer, "PNG")
    content = buffer.getvalue()
    given = {"designs": designs, "sha256": store.put(content), "size": len(content)}
    session.execute(_FILL, given | {"options": json.dumps(_OPTIONS)})


def index_library(session: Session) -> None:
    """Index the designs of `fill_library`. The caller commits."""
    encoder = encoder_of(champion_versions(session))
    for statement in _INDEX:
        session.execute(statement, {"encoder": encoder, "key": text_key(_MEANING)})


class _NextLink(HTMLParser):
    """Finds the link to the next page."""

    url: str | None = None

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a link with rel="next"."""
        values = dict(attrs)
        if values.get("rel") == "next":
            self.url = values["href"]


def _fetched(url: str) -> tuple[str, float]:
    """Return a page and the milliseconds that it took."""
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: str = answer.read().decode()
    return body, 1000 * (time.perf_counter() - began)


def _median_ms(url: str) -> float:
    return statistics.median(_fetched(url)[1] for _ in range(_TRIES))


def _on_server(base: str, pages: int) -> list[Row]:
    rows = [_row("first page", _median_ms(f"{base}/jobs"), goal=300)]
    url = f"{base}/jobs/parts"
    for _ in range(pages - 1):
        link = _NextLink()
        link.feed(_fetched(url)[0])
        if link.url is None:
            break
        url = f"{base}/jobs/parts?{link.url.partition('?')[2]}"
    rows.append(_row(f"page {pages} to append", _median_ms(url), goal=300))
    searches = {
        "words and meaning": urlencode({"q": _MEANING}),
        "a tag": "tag=autumn",
        "by name": "sort=name",
        "colour": "colour=teal",
        "looks like another": f"like={_first_job(base)}.0",
    }
    for name, query in searches.items():
        rows.append(_row(f"search: {name}", _median_ms(f"{base}/jobs/parts?{query}")))
    return rows


def _first_job(base: str) -> str:
    jobs = json.loads(_fetched(f"{base}/api/v1/jobs?limit=1")[0])["jobs"]
    return str(jobs[0]["id"])


def _row(name: str, value: float, *, goal: float | None = None) -> Row:
    return Row(name=f"library: {name}", value=value, unit="ms", better="lower", goal=goal)


def _in_browser(base: str, pages: int) -> list[Row]:
    traced = _scrolled(base, pages)
    if traced is None:
        print("  no browser: scrolling was not measured", flush=True)
        return []
    longest_ms = max(_main_thread_tasks_ms(traced), default=0.0)
    return [_row("longest task while scrolling, processor time", longest_ms, goal=200)]


def _scrolled(base: str, pages: int) -> bytes | None:
    """Return the trace of scrolling over some pages; None without a browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{base}/jobs")
        browser.start_tracing(page=page, categories=["toplevel"])
        print(f"  scrolled over {page.evaluate(_SCROLL, pages)} cards", flush=True)
        traced = browser.stop_tracing()
        browser.close()
        return traced


def _main_thread_tasks_ms(traced: bytes) -> Iterator[float]:
    """Yield the processor times of the tasks of the page's main thread."""
    events = json.loads(traced)["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    for event in events:
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads:
            yield event.get("tdur", 0) / 1000


def measure(designs: int = 10_000, pages: int = 50) -> list[Row]:
    """Measure the library's pages on the server and in a browser."""
    parts: list[Callable[[str, int], list[Row]]] = [_on_server, _in_browser]
    with installation(worker=False) as made:
        with made.sessions.begin() as session:
            fill_library(session, ArtifactStore(made.settings.artifacts_url), designs)
            index_library(session)
        with made.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        made.wait(lambda: _is_served(made.settings.public_url))
        return [row for part in parts for row in part(made.settings.public_url, pages)]


def _is_served(url: str) -> bool:
    try:
        return bool(_fetched(f"{url}/healthz")[0])
    except OSError:
        return False


if __name__ == "__main__":
    command("library", measure)
