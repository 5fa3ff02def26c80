"""Palettes of requests: files and JSON, errors by field, the page, retries and batches."""

import base64
import io
import json
from typing import Any

from flask.testing import FlaskClient

JOBS, BATCHES = "/api/v1/jobs", "/api/v1/batches"
MULTIPART = "multipart/form-data"
CSS = b":root { --lagoon: #0b7a75; --coral: #FB7866 }"
WANTED = [{"hex": "#0B7A75", "name": "lagoon"}, {"hex": "#FB7866", "name": "coral"}]


def form(content: bytes = CSS, **fields: Any) -> dict[str, Any]:
    return {"brief": "mug with dots", "palette": (io.BytesIO(content), "sea.txt"), **fields}


def problem(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.get_json()
    return answer.status_code, body["code"], [each["field"] for each in body["fields"]]


def test_file_base64_and_colours_make_the_same_job(client: FlaskClient) -> None:
    encoded = base64.b64encode(CSS).decode()
    listed = [{"hex": "#0b7a75", "name": "lagoon"}, *WANTED]
    answers = [
        client.post(JOBS, data=form(seed="1"), headers={"Idempotency-Key": "k"}),
        *(
            client.post(
                JOBS,
                json={"brief": "mug with dots", "seed": 1, "palette": palette},
                headers={"Idempotency-Key": "k"},
            )
            for palette in ({"base64": encoded}, {"colours": listed})
        ),
    ]
    assert [answer.status_code for answer in answers] == [202] * 3, answers[0].text
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    options = answers[0].get_json()["options"]
    assert (options["palette"], options["palette_only"]) == (WANTED, False)


def test_palette_is_part_of_the_payload(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    assert client.post(JOBS, data=form(), headers=headers).status_code == 202
    other = client.post(JOBS, data=form(b"#fff #000"), headers=headers)
    assert other.get_json()["code"] == "idempotency_conflict"


def test_a_job_without_palette_has_no_options_of_it(client: FlaskClient) -> None:
    options = client.post(JOBS, json={"brief": "mug"}).get_json()["options"]
    assert not {"palette", "palette_only"} & set(options)


def test_errors_name_the_field(client: FlaskClient) -> None:
    assert problem(client.post(JOBS, data=form(b"nothing"))) == (
        422,
        "palette_invalid",
        ["palette"],
    )
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    assert problem(client.post(JOBS, data=form(png)))[:2] == (415, "unsupported_media_type")
    large = b"/*" + b" " * 262_144 + b"*/"
    assert problem(client.post(JOBS, data=form(large))) == (413, "payload_too_large", ["palette"])
    text = client.post(JOBS, data={"brief": "mug", "palette": "#fff"}, content_type=MULTIPART)
    assert problem(text) == (422, "invalid_request", ["palette"])
    for palette, field in (
        ({}, "palette"),
        ({"base64": "!"}, "palette.base64"),
        ({"colours": []}, "palette.colours"),
        ({"colours": [{"hex": "red"}]}, "palette.colours.0.hex"),
        ({"colours": [{"hex": "#000000"}] * 25}, "palette.colours"),
        ({"colours": WANTED, "base64": "AAAA"}, "palette"),
    ):
        answer = client.post(JOBS, json={"brief": "mug", "palette": palette})
        assert problem(answer) == (422, "invalid_request", [field]), palette


def test_all_faulty_fields_are_named_at_once(client: FlaskClient) -> None:
    faulty = form(b"nothing", variants="9", reference=(io.BytesIO(b"BM" + bytes(60)), "a.png"))
    status, code, fields = problem(client.post(JOBS, data=faulty))
    assert (status, code) == (422, "invalid_request")
    assert sorted(fields) == ["palette", "reference", "variants"]


def test_palette_only_needs_two_colours(client: FlaskClient) -> None:
    for data in ({"brief": "mug", "palette_only": "true"}, form(b"#fff", palette_only="true")):
        assert problem(client.post(JOBS, data=data, content_type=MULTIPART)) == (
            422,
            "invalid_request",
            ["palette_only"],
        )
    job = client.post(JOBS, data=form(palette_only="true")).get_json()
    assert job["options"]["palette_only"] is True


def test_converted_colours_are_told(client: FlaskClient) -> None:
    cyan = b"\x00\x01\x00\x01" + b"\x00\x02\x00\x00\xff\xff\xff\xff\xff\xff"
    job = client.post(JOBS, data=form(cyan)).get_json()
    assert job["options"]["palette"] == [{"hex": "#00FFFF", "name": ""}]
    assert job["notices"] == ["palette_converted"]
    assert "CMYK" in client.get(f"/jobs/{job['id']}?lang=zh").text


def test_jobs_of_a_batch_share_the_palette(client: FlaskClient) -> None:
    body = {"briefs": ["teal mug", "dots"], "palette": {"colours": WANTED}, "palette_only": True}
    batch = client.post(BATCHES, json=body).get_json()
    for job in batch["jobs"]:
        options = client.get(f"{JOBS}/{job['id']}").get_json()["options"]
        assert (options["palette"], options["palette_only"]) == (WANTED, True)


def test_page_takes_a_file_and_keeps_it_for_the_next_design(client: FlaskClient) -> None:
    answer = client.post("/designs", data=form(palette_only="1"), headers={"Accept": "text/html"})
    assert answer.status_code == 303
    job_id = answer.headers["Location"].rpartition("/")[2]
    page = client.get(f"/?from={job_id}").text
    assert "#0B7A75" in page
    again = {"brief": "mug", "palette_earlier": json.dumps(WANTED), "palette_only": "1"}
    answer = client.post("/designs", data=again, headers={"Accept": "application/json"})
    assert answer.get_json()["options"]["palette"] == WANTED
    wrong = client.post(
        "/designs", data={"brief": "mug", "palette_earlier": "[["},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert problem(wrong) == (422, "invalid_request", ["palette"])
    shown = client.post("/designs", data=form(b"nothing"), headers={"Accept": "text/html"})
    assert shown.status_code == 422
    assert 'id="palette-wrong"' in shown.text


def test_batch_of_the_page_has_the_palette(client: FlaskClient) -> None:
    fields = form(lines="1", palette_only="1") | {"brief": "teal mug\nnavy tote"}
    answer = client.post("/designs", data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 202, answer.text
    first = answer.get_json()["jobs"][0]["id"]
    assert client.get(f"{JOBS}/{first}").get_json()["options"]["palette"] == WANTED
