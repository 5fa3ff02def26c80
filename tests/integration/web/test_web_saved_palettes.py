"""Palettes that are saved under a name: API, owners, limits, and the form's use of them."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from shared.main_workspace import MAIN_WORKSPACE
from web.db import palettes as stored

PALETTES = "/api/v1/palettes"
OWNER = stored.PaletteOwner(name="visitor:1", workspace_id=MAIN_WORKSPACE)
COLOURS = {"colours": [{"hex": "#0B7A75"}, {"hex": "#fb7866", "name": "coral"}, {"hex": "#0b7a75"}]}
JSON = {"Accept": "application/json"}


def save(client: FlaskClient, name: str = "Spring", **more: Any) -> Any:
    return client.post(PALETTES, json={"name": name, "palette": COLOURS, **more})


def listed(client: FlaskClient) -> list[str]:
    return [each["name"] for each in client.get(PALETTES).get_json()["palettes"]]


def test_palettes_are_saved_listed_and_removed(client: FlaskClient) -> None:
    answer = save(client, "  Spring  ")
    assert answer.status_code == 201
    palette = answer.get_json()
    assert (palette["name"], palette["colours"]) == ("Spring", ["#0b7a75", "#fb7866"])
    save(client, "autumn")
    assert listed(client) == ["autumn", "Spring"]
    assert client.delete(f"{PALETTES}/{palette['id']}").status_code == 204
    assert listed(client) == ["autumn"]
    again = client.delete(f"{PALETTES}/{palette['id']}")
    assert (again.status_code, again.get_json()["code"]) == (404, "palette_not_found")


def test_the_same_name_replaces(client: FlaskClient) -> None:
    first = save(client).get_json()
    second = save(client, palette={"colours": [{"hex": "#112233"}]}).get_json()
    assert (second["id"], second["colours"]) == (first["id"], ["#112233"])
    assert listed(client) == ["Spring"]


def test_a_file_is_saved(client: FlaskClient) -> None:
    client.get("/")
    content = b":root { --lagoon: #0b7a75; --coral: #FB7866 }"
    data = {"name": "品牌 <b>", "palette": (io.BytesIO(content), "brand.css")}
    answer = client.post(PALETTES, data=data)
    assert answer.status_code == 201
    assert answer.get_json()["colours"] == ["#0b7a75", "#fb7866"]
    page = client.get("/").get_data(as_text=True)
    assert "品牌 &lt;b&gt;" in page


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "palette": COLOURS}, "name"),
        ({"name": "x" * 81, "palette": COLOURS}, "name"),
        ({"name": "a\nb", "palette": COLOURS}, "name"),
        ({"palette": COLOURS}, "name"),
        ({"name": "x"}, "palette"),
        ({"name": "x", "palette": {"colours": []}}, "palette.colours"),
        ({"name": "x", "palette": {"colours": [{"hex": "teal"}]}}, "palette.colours.0.hex"),
        ({"name": "x", "palette": COLOURS, "owner": "me"}, "owner"),
    ],
)
def test_errors_name_the_field(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(PALETTES, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert [each["field"] for each in answer.get_json()["fields"]] == [field]


def test_an_unreadable_file_is_refused(client: FlaskClient) -> None:
    answer = client.post(PALETTES, data={"name": "x", "palette": (io.BytesIO(b"nothing"), "a")})
    assert answer.get_json()["code"] == "palette_invalid"


def test_owners_see_their_own(app: Any) -> None:
    one, other = app.test_client(), app.test_client()
    one.get("/")
    other.get("/")
    palette = save(one).get_json()
    assert listed(other) == []
    assert other.delete(f"{PALETTES}/{palette['id']}").status_code == 404
    assert "Spring" not in other.get("/").get_data(as_text=True)
    assert listed(one) == ["Spring"]
    fields = {"brief": "mug", "palette_saved": palette["id"]}
    refused = other.post("/designs", data=fields, headers=JSON)
    assert [each["field"] for each in refused.get_json()["fields"]] == ["palette_saved"]


def test_the_cookie_of_who_saves_outlives_the_browser(app: Any) -> None:
    browser = app.test_client()
    assert "Expires" not in browser.get("/").headers["Set-Cookie"]
    assert "Expires" in save(browser).headers["Set-Cookie"]
    assert "Expires" in browser.get("/").headers["Set-Cookie"]
    assert "Set-Cookie" not in browser.get(PALETTES).headers


def test_the_number_is_limited(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_PALETTES", 1)
    save(client)
    assert save(client).status_code == 201
    answer = save(client, "other")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "palette_limit")


def test_palettes_that_are_saved_at_once_count(session_factory: sessionmaker[Session]) -> None:
    ready = Barrier(8)

    def save_one(_number: int) -> str:
        with session_factory.begin() as session:
            ready.wait(timeout=30)
            palette = stored.save_palette(session, OWNER, "Spring", ["#0b7a75"])
            time.sleep(0.05)  # as long as another may read
            return palette.id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(save_one, range(8)))) == 1
    with session_factory() as session:
        assert len(stored.owned_palettes(session, OWNER)) == 1


def test_the_form_draws_in_a_saved_palette(client: FlaskClient) -> None:
    client.get("/")
    palette = save(client).get_json()
    fields = {"brief": "mug with dots", "palette_saved": palette["id"], "palette_only": "1"}
    options = client.post("/designs", data=fields, headers=JSON).get_json()["options"]
    assert [each["hex"] for each in options["palette"]] == ["#0B7A75", "#FB7866"]
    assert options["palette_only"] is True
    batch = client.post("/designs", data={**fields, "seeds": "1-2"}, headers=JSON)
    assert batch.status_code == 202
    client.delete(f"{PALETTES}/{palette['id']}")
    gone = client.post("/designs", data=fields, headers={"Accept": "text/html"})
    assert gone.status_code == 422
    assert "This palette was removed" in gone.get_data(as_text=True)
    assert "mug with dots" in gone.get_data(as_text=True)
