"""The pages through the test client: language, forms, headers and errors."""

import gzip
import io
import re
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.settings import Settings
from tests.integration.web.conftest import picture
from tests.pages import PAGES
from tests.queue_driver import QueueDriver
from web.http.metrics import METRICS
from web.http.route_rights import ACCOUNTS_ONLY
from web.openapi.operations import operation_of

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
BRIEF = "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"


def job_of(answer: Any) -> str:
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_language_follows_accept_language_and_the_language_switch(client: FlaskClient) -> None:
    english = client.get("/", headers={"Accept-Language": "fr, en;q=0.5"})
    assert 'lang="en"' in english.text
    chinese = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert 'lang="zh-Hans"' in chinese.text
    assert chinese.headers["Content-Language"] == "zh"
    assert "Accept-Language" in chinese.headers["Vary"]
    assert "今天想设计什么？" in client.get("/?lang=zh").text
    assert "今天想设计什么？" in client.get("/", headers={"Accept-Language": "en"}).text
    assert "What shall we design?" in client.get("/?lang=en").text


def test_api_errors_follow_accept_language(client: FlaskClient) -> None:
    headers = {"Accept-Language": "zh"}
    problem = client.post("/api/v1/jobs", json={"brief": ""}, headers=headers).get_json()
    assert problem["fields"][0]["message"] == "请写下想设计什么。"
    assert problem["title"] == "部分内容填写有误"
    unknown = client.get("/api/v1/jobs/x", headers=headers).get_json()
    assert unknown["detail"] == "没有这个设计"
    chips = client.post("/api/v1/understand", json={"brief": BRIEF}, headers=headers).get_json()
    assert "铝合金" in [chip["name"] for chip in chips["chips"]]


def test_understand_returns_chips_of_things_and_of_the_ground(client: FlaskClient) -> None:
    answer = client.post("/api/v1/understand", json={"brief": "fennecs on teal"}).get_json()
    parts = {chip["part"]: (chip["key"], chip["name"], chip["word"]) for chip in answer["chips"]}
    assert parts["motif"] == ("own:fox", "fox", "fennecs")
    assert parts["ground"][0] == "teal"


def test_understand_returns_chips_with_names_and_colours(client: FlaskClient) -> None:
    chips = client.post("/api/v1/understand", json={"brief": "teal mug, no red"}).get_json()
    colour = next(chip for chip in chips["chips"] if chip["part"] == "colour")
    assert (colour["key"], colour["name"]) == ("teal", "teal")
    assert re.fullmatch("#[0-9A-F]{6}", colour["hex"])
    assert client.post("/api/v1/understand", json={}).status_code == 422


def test_form_without_javascript_redirects_to_the_job(
    client: FlaskClient, driver: QueueDriver
) -> None:
    reference = (io.BytesIO(picture("JPEG")), "p.jpg")
    sent = {"brief": BRIEF, "product": "", "seed": "", "variants": "2", "size": "512"}
    url = job_of(client.post("/designs", data=sent | {"reference": reference}, headers=PAGE))
    page = client.get(url, headers=PAGE)
    assert BRIEF in page.text
    driver.run_all(has_reference=True)
    done = client.get(f"{url}/parts", headers=PAGE)
    assert done.text.count("data-open") == 2
    assert "<html" not in done.text
    known = client.get(f"{url}/parts", headers={"If-None-Match": done.headers["ETag"]})
    assert known.status_code == 304
    again = client.get(f"/?from={url.rsplit('/', 1)[1]}").text
    assert BRIEF in again
    kept = re.search(r'id="reference_sha256" value="([0-9a-f]{64})"', again)
    assert kept
    second = client.post("/designs", data=sent | {"reference_sha256": kept[1]}, headers=PAGE)
    assert kept[1] in client.get(job_of(second)).text
    assert "/api/v1/artifacts/" in client.get("/jobs").text


def test_position_beyond_the_counting_limit_is_shown_as_a_minimum(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.queue.estimates.MOST_COUNTED", 2)
    monkeypatch.setattr("web.presentation.view_models.MOST_COUNTED", 2)
    second, third = (
        [job_of(client.post("/designs", data={"brief": BRIEF}, headers=PAGE)) for _ in range(3)]
    )[1:]
    assert "Number 2 in line" in client.get(second).text
    assert "At least 2 before you" in client.get(third).text
    assert "前面至少还有 2 个任务" in client.get(f"{third}?lang=zh").text


def test_invalid_form_is_shown_again_with_its_errors(client: FlaskClient) -> None:
    sent = {"brief": "<b>teal</b>", "variants": "9"}
    answer = client.post("/designs", data=sent, headers=PAGE)
    assert answer.status_code == 422
    assert "Must be at most 8." in answer.text
    assert "&lt;b&gt;teal" in answer.text


def test_job_page_cancels_retries_and_draws_again_with_a_new_seed(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    url = job_of(client.post("/designs", data={"brief": BRIEF, "seed": "5"}, headers=PAGE))
    early = client.post(f"{url}/retry", headers=PAGE)
    assert early.status_code == 409
    assert client.post(f"{url}/cancel", headers=PAGE).status_code == 303
    job_of(client.post(f"{url}/retry", headers=PAGE))
    job_of(client.post(f"{url}/again", headers=PAGE))
    with session_factory() as session:
        rows = session.scalars(select(Job).order_by(Job.id)).all()
    assert [row.options["seed"] for row in rows[:2]] == [5, 5]
    assert rows[2].options["seed"] != 5
    derived = [(row.derived_from, row.derived_how, row.retried_from) for row in rows]
    first = rows[0].id
    assert derived == [
        (None, None, None), (first, "retry", first), (first, "another_seed", None)
    ]  # fmt: skip


def test_job_list_page_is_paginated(client: FlaskClient) -> None:
    for number in range(50):
        client.post("/api/v1/jobs", json={"brief": f"mug number {number}"})
    first = client.get("/jobs").text
    assert first.count("data-job=") == 48
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert client.get(following[1]).text.count("data-job=") == 2


def test_fragment_of_the_job_list_changes_with_its_jobs(
    client: FlaskClient, driver: QueueDriver
) -> None:
    assert "Nothing has been designed yet." in client.get("/jobs/parts").text
    client.post("/api/v1/jobs", json={"brief": "teal mug"})
    first = client.get("/jobs/parts")
    assert 'data-active="true"' in first.text
    assert "<html" not in first.text
    seen = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/jobs/parts", headers=seen).status_code == 304
    driver.run_all()
    changed = client.get("/jobs/parts", headers=seen)
    assert changed.status_code == 200
    assert 'data-active="false"' in changed.text
    assert client.get("/jobs/parts?before=x").status_code == 404


def test_times_say_that_they_are_in_utc(client: FlaskClient) -> None:
    job = client.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    for lang in ("en", "zh"):
        page = client.get(f"/jobs?lang={lang}").text
        shown = re.search(r'<time datetime="([^"]+)">([^<]+)</time>', page)
        assert shown is not None
        assert shown[1] == job["created_at"]
        assert shown[2].endswith(" UTC")


def test_scripts_that_modules_import_are_never_stale(client: FlaskClient) -> None:
    """Only URLs with the hash of the content may be cached without a check."""
    page = client.get("/").text
    source = re.search(r'src="(/static/form.js\?v=\w+)"', page)
    assert source is not None
    script = client.get(source[1])
    assert "max-age=31536000" in script.headers["Cache-Control"]
    imported = re.findall(r'from "\./(\w+\.js)"', script.text)
    assert imported
    for name in imported:
        answer = client.get(f"/static/{name}")
        assert answer.headers["Cache-Control"] == "no-cache"
        seen = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"/static/{name}", headers=seen).status_code == 304


@pytest.mark.parametrize(
    "url", ["/static/form.js", "/static/base.css", "/api/docs", "/api/v1/openapi.json"]
)
def test_what_is_the_same_for_everybody_is_compressed(client: FlaskClient, url: str) -> None:
    plain = client.get(url)
    assert "Content-Encoding" not in plain.headers
    for encoding, decompress in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        accepts = {"Accept-Encoding": f"{encoding}, deflate"}
        answer = client.get(url, headers=accepts)
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) < 0.6 * len(plain.data)
        assert decompress(answer.data) == plain.data
        if etag := answer.headers.get("ETag"):
            assert etag != plain.headers["ETag"]
            seen = client.get(url, headers={**accepts, "If-None-Match": etag})
            assert (seen.status_code, seen.data) == (304, b"")


@pytest.mark.parametrize("url", ["/", "/jobs", "/api/v1/jobs"])
def test_pages_with_what_a_visitor_wrote_are_not_compressed(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_cross_site_posts_are_refused(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        for url in ("/designs", "/api/v1/jobs"):
            answer = client.post(url, data={"brief": "x"}, headers=headers)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/jobs", json={"brief": "x"}, headers=own).status_code == 202


def test_unknown_host_header_is_refused(client: FlaskClient) -> None:
    answer = client.get("/", base_url="http://attacker.example")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unknown_host")


def test_every_page_has_security_headers_and_no_inline_code(
    admin: FlaskClient, driver: QueueDriver
) -> None:
    job = admin.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    driver.run_all()
    found: set[str] = set()
    for path in (
        "/",
        f"/jobs/{job['id']}",
        "/jobs",
        "/jobs?q=%3Cb%3E&colour=teal",
        f"/jobs/{job['id']}/entry",
        f"/jobs/{job['id']}/lineage",
        f"/compare?design={job['id']}.0&design={job['id']}.1",
        "/admin/models",
        "/admin/training",
        "/admin/workers",
        "/api/docs",
        "/jobs/none",
    ):
        page = admin.get(path, headers=PAGE)
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page.text), path
        scripts = re.findall(r"<script([^>]*)>", page.text)
        found |= set(scripts)
        assert all("src=" in each or "application/json" in each for each in scripts), path
        links = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        assert links, path
        assert not [link for link in links if "//" in link], path
    assert found


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", ""])
def test_routing_errors_are_problem_documents_or_pages(client: FlaskClient, accept: str) -> None:
    for method, url, status, code in (
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/jobs", 405, "method_not_allowed"),
        ("GET", "/static/none.css", 404, "not_found"),
    ):
        answer = client.open(url, method=method, headers={"Accept": accept})
        assert answer.status_code == status
        if accept == "text/html" and not url.startswith("/api/v1"):
            assert answer.mimetype == "text/html"
        else:
            assert answer.mimetype == "application/problem+json"
            assert answer.get_json()["code"] == code
    assert "POST" in client.delete("/api/v1/jobs").headers["Allow"]


def test_too_large_requests_are_refused_and_not_stored(
    client: FlaskClient, settings: Settings
) -> None:
    big = io.BytesIO(bytes(40 * 1024 * 1024))
    form = client.post("/api/v1/jobs", data={"brief": "x", "reference": (big, "big.png")})
    assert (form.status_code, form.get_json()["code"]) == (413, "payload_too_large")
    assert form.get_json()["fields"][0]["field"] == "reference"
    body = b'{"brief": "' + bytes(40 * 1024 * 1024) + b'"}'
    sent = client.post("/api/v1/jobs", data=body, content_type="application/json")
    assert sent.status_code == 413
    many = {f"f{number}": "x" for number in range(100)}
    assert client.post(
        "/api/v1/jobs", data=many | {"reference": (io.BytesIO(), "")}
    ).status_code in {
        413,
        422,
    }
    assert not list((settings.home / "artifacts").glob("??/*"))


def test_invalid_references_leave_no_job_or_file(
    client: FlaskClient, session_factory: sessionmaker[Session], settings: Settings
) -> None:
    for content, status in ((b"text", 415), (picture("JPEG")[:300], 422), (b"<svg/>", 415)):
        form = {"brief": "teal mug", "reference": (io.BytesIO(content), "x.png")}
        answer = client.post("/api/v1/jobs", data=form)
        assert answer.status_code == status
        assert answer.get_json()["fields"][0]["field"] == "reference"
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert not list((settings.home / "artifacts").glob("??/*"))


@pytest.mark.parametrize(
    ("kind", "code", "english", "chinese"),
    [
        ("WEBP", "animation_first_frame", "its first frame was taken", "第一帧"),
        ("GIF", "animation_first_frame", "its first frame was taken", "第一帧"),
        ("TIFF", "first_picture", "the first was taken", "只取了第一张"),
    ],
)
def test_reference_of_several_pictures_is_accepted_with_a_notice(
    client: FlaskClient, kind: str, code: str, english: str, chinese: str
) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    out.seek(0)
    job = client.post("/api/v1/jobs", data={"brief": "mug", "reference": (out, "a.png")})
    assert job.get_json()["notices"] == [code]
    page = f"/jobs/{job.get_json()['id']}"
    assert english in client.get(f"{page}?lang=en").text
    assert chinese in client.get(f"{page}?lang=zh").text


def test_readiness_requires_models_and_a_worker(
    client: FlaskClient, released: None, session_factory: sessionmaker[Session]
) -> None:
    assert "worker (caption, vision, " in client.get("/readyz").get_json()["detail"]
    with session_factory.begin() as session:
        beat(session, Heartbeat(name="g", host="a", device="cpu", queues=("gpu",)))
    assert client.get("/readyz").get_json()["detail"].endswith("worker (draw, present).")
    with session_factory.begin() as session:
        beat(session, Heartbeat(name="c", host="a", device="cpu", queues=("cpu",)))
    assert client.get("/readyz").get_json()["ready"] is True


def test_metrics_are_exported_for_prometheus(client: FlaskClient, driver: QueueDriver) -> None:
    client.post("/api/v1/jobs", json={"brief": "teal mug"})
    text = client.get("/metrics").text
    assert 'codesigner_jobs{pipeline="design",state="queued"} 1.0' in text
    assert 'codesigner_invariant_violations{invariant="double_effects"} 0.0' in text
    named = set(re.findall(r"^# HELP (\S+)", text, re.MULTILINE))
    known = set(METRICS)
    assert {name for name in named if not name.endswith("_created")} <= known | {
        name.removesuffix("_total") for name in known
    }


def test_each_address_has_one_view(app: Flask) -> None:
    """Of two views with the same address the second would never be called."""
    addresses = [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert len(addresses) > 100
    assert [each for each in addresses if addresses.count(each) > 1] == []


def test_openapi_document_and_routes_match(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    described = {
        (path, method) for path, methods in document["paths"].items() for method in methods
    }
    served = set()
    for rule in app.url_map.iter_rules():
        machine = rule.rule.startswith("/api/v1/") or rule.rule in {
            "/healthz",
            "/readyz",
            "/metrics",
        }
        if machine:
            assert operation_of(app.view_functions[rule.endpoint]) is not None, rule.rule
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            served |= {
                (path, m.lower()) for m in rule.methods or () if m not in {"HEAD", "OPTIONS"}
            }
    assert described == served
    references = re.findall(
        r'"#/components/schemas/(\w+)"', client.get("/api/v1/openapi.json").text
    )
    assert set(references) <= set(document["components"]["schemas"])
    page = client.get("/api/docs").text
    assert all(path in page for path, _ in described)


def test_error_pages_show_a_way_on(client: FlaskClient) -> None:
    for path, lang, shown in (
        ("/no/page", "en", ("Check the address.", 'href="/jobs"', 'href="/"')),
        ("/no/page", "zh", ("请检查网址", 'href="/jobs"', 'href="/"')),
        ("/admin/queue", "en", ("token is required", 'href="/admin/login"')),
        ("/admin/queue", "zh", ("此页面仅供管理员使用。", 'href="/admin/login"')),
    ):
        text = client.get(f"{path}?lang={lang}", headers=PAGE).text
        assert all(part in text for part in shown), path


def test_every_page_is_among_those_that_browser_tests_visit(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    visited = {
        addresses.match(urlsplit(path).path.replace("{", "").replace("}", ""))[0]
        for name, path in PAGES.items()
        if name != "error"
    }
    modules = {name for name, each in app.blueprints.items() if "web.pages" in each.import_name}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in modules and "GET" in (rule.methods or ())
    }
    fragments = {endpoint for endpoint in pages if endpoint.endswith("parts")}
    redirects = {"admin.home", "jobs_pages.edited_variant"}
    alike = {"share_pages.collection"}  # its template is that of share_pages.job
    assert visited == pages - fragments - redirects - alike - ACCOUNTS_ONLY
