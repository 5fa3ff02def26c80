"""Tests of SVG documents: well-formed, complete, small, and the same picture in a browser."""

import base64
import contextlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from shared.designs.parsing import parse_design
from shared.designs.record import Design
from shared.errors import InvalidRequest
from tests.browsing import chromium_path
from tests.unit.worker.drawing.records import (
    FILES,
    REPEATS,
    design,
    element,
    family,
    records,
)
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels, rasterise
from worker.drawing.svg import svg_document
from worker.imaging.colour import delta_e, lab_from_rgb

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
GROUND = {"kind": "colour", "paint": {"palette": "p0"}}
ACORNS = {
    "kind": "motifs",
    "elements": [element("e0", 2, 20, 25, turn=30), element("e1", 40, 40, 18, flip=True, view=1)],
}
FADE = {"gradient": ["p0", "p2", "p3"], "direction": "diagonal"}
FIELD = {
    "kind": "field",
    "release": "r",
    "separations": ["a" * 64, "b" * 64],
    "paints": ["p0", "p1"],
}
IMAGE = {"kind": "image", "sha256": "c" * 64}

DESIGNS = {
    "family": design(family("hexagons")),
    "turned": design(family("scales", turn=45)),
    "lines": design(family("waves", form="lines", turn=-26)),
    "half-drop": design(GROUND, ACORNS, repeat="half-drop", cell_mm=(60, 50)),
    "half-brick": design(GROUND, family("dots", opacity=0.5), ACORNS, repeat="half-brick"),
    "mirror": design(family("waves", turn=26), ACORNS, repeat="mirror", cell_mm=(50, 50)),
    "border": design({"kind": "colour", "paint": FADE}, ACORNS, repeat="border"),
    "none": design(ACORNS, repeat="none", cell_mm=(60, 50)),
    "gradients": design(
        {"kind": "colour", "paint": FADE | {"direction": "vertical"}},
        family(paints=[None, FADE, FADE | {"direction": "radial"}], turn=45),
    ),
    "field": design(FIELD, ACORNS, repeat="half-drop"),
    "image": design(GROUND, IMAGE | {"opacity": 0.7}),
    "image, mirrored": design(GROUND, IMAGE, repeat="mirror"),
    "opacity": design(GROUND, ACORNS | {"opacity": 0.4}, family("stars", paints=[None, FADE])),
}


def document(record: Design) -> str:
    """Return the SVG document of a record."""
    return svg_document(record, FILES.__getitem__)


def check(text: str) -> None:
    """Fail where a document is not well-formed, or refers to what it does not define."""
    root = ET.fromstring(text)
    assert re.fullmatch(r"[0-9.]+mm", root.get("width", ""))
    assert re.fullmatch(r"[0-9.]+mm", root.get("height", ""))
    assert len([float(number) for number in root.get("viewBox", "").split()]) == 4
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    style = root.findtext(f"{SVG}style") or ""
    classes = set(re.findall(r"\.([a-z0-9-]+)\{color:#[0-9A-F]{6}\}", style))
    used = {name for each in root.iter() for name in each.get("class", "").split()}
    assert used <= classes
    for each in root.iter():
        links = re.findall(r"url\(#([^)]+)\)", " ".join(each.attrib.values()))
        links += [each.get(LINK, "").removeprefix("#")] if each.tag == f"{SVG}use" else []
        assert set(links) <= set(ids)
        assert "href" not in each.attrib  # the older xlink:href is read everywhere


@pytest.mark.parametrize("name", DESIGNS)
def test_document_is_complete(name: str) -> None:
    text = document(DESIGNS[name])
    check(text)
    root = ET.fromstring(text)
    layers = [each.id for each in DESIGNS[name].layers]
    groups = [each.get("id") for each in root.iter(f"{SVG}g")]
    assert [each for each in groups if each in layers] == layers
    assert parse_design((root.findtext(f"{SVG}metadata") or "").encode()) == DESIGNS[name]
    assert len(text.encode()) < 2_000_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_document_of_any_record_is_complete(record: Design) -> None:
    check(document(record))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_name_of_a_colour_can_be_written(name: str) -> None:
    record = design(GROUND)
    entry = record.palette[0].model_copy(update={"name": name})
    record = record.model_copy(update={"palette": (entry, *record.palette[1:])})
    root = ET.fromstring(svg_document(record).encode())
    assert parse_design((root.findtext(f"{SVG}metadata") or "").encode()) == record


def test_ids_of_layers_and_elements_do_not_meet() -> None:
    layers = [
        {"id": "a", "kind": "motifs", "elements": [element("b-c", 1, 1)]},
        {"id": "a-b", "kind": "motifs", "elements": [element("c", 1, 1)]},
        {"id": "content", "kind": "colour", "paint": FADE},
        {"id": "cell", "kind": "colour", "paint": {"gradient": ["p0", "p2"]}},
    ]
    for repeat in REPEATS:
        check(document(design(*layers, repeat=repeat)))


def test_elements_are_named_groups_in_their_order() -> None:
    root = ET.fromstring(document(DESIGNS["half-drop"]))
    layer = root.find(f"{SVG}g[@id='l1']")
    assert layer is not None
    assert [each.get("id") for each in layer] == ["l1_e0", "l1_e1"]
    assert [len(each) for each in layer] == [4, 2]  # the first crosses the left edge


def test_a_drawing_is_written_once() -> None:
    many = [element(f"e{index}", index, index, 5) for index in range(50)]
    root = ET.fromstring(document(design({"kind": "motifs", "elements": many})))
    drawings = root.findall(f"{SVG}defs/{SVG}g")
    assert len(drawings) == 1
    assert {each.get(LINK) for each in root.iter(f"{SVG}use")} == {f"#{drawings[0].get('id')}"}


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_scale_that_would_draw_too_much_is_refused(name: str) -> None:
    def drawn(scale_mm: float) -> str:
        layer = family(name, 3, scale_mm=scale_mm)
        return document(design(GROUND, layer, cell_mm=(60, 60)))

    with pytest.raises(InvalidRequest, match="too many shapes") as refused:
        drawn(0.1)
    assert [each.field for each in refused.value.fields] == ["layers.1.scale_mm"]
    with contextlib.suppress(InvalidRequest):
        assert len(drawn(0.9).encode()) < 2_000_000


def test_layers_share_what_may_be_drawn() -> None:
    layers = [family("porcelain", scale_mm=15)] * 4
    assert len(document(design(*layers[:1]))) > 300_000
    with pytest.raises(InvalidRequest) as refused:
        document(design(*layers * 3))
    assert 0 < int(refused.value.fields[0].field.split(".")[1]) < 12


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A page of Chromium."""
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": 512, "height": 512})
        chromium.close()


def shown(browser: Any, text: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a browser's picture of an SVG document over white."""
    data = base64.b64encode(text.encode()).decode()
    browser.set_content(
        f'<body style="margin:0"><img style="display:block" width="{size[0]}" height="{size[1]}" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
    browser.locator("img").evaluate("image => image.decode()")
    clip = {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    with Image.open(BytesIO(browser.screenshot(clip=clip))) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.browser
@pytest.mark.parametrize("name", DESIGNS)
def test_browser_shows_the_same_picture(browser: Any, name: str) -> None:
    record = DESIGNS[name]
    longer = max(record.tile_mm)
    width, height = (round(384 * side / longer) for side in record.tile_mm)
    pixels = draw_pixels(record, 384, FILES.__getitem__).astype(float)
    alpha = pixels[..., 3:] / 255
    own = pixels[..., :3] * alpha + 255 * (1 - alpha)
    seen = shown(browser, document(record), (width, height))
    assert delta_e(lab_from_rgb(own), lab_from_rgb(seen)).mean() < 1


@pytest.mark.parametrize("name", DESIGNS)
def test_document_in_millimetres_shows_the_same_picture(name: str) -> None:
    record = DESIGNS[name]
    text = document(record)
    width, height = (round(240 * side / max(record.tile_mm)) for side in record.tile_mm)
    resized = re.sub(
        r'width="[0-9.]+mm" height="[0-9.]+mm"', f'width="{width}" height="{height}"', text, count=1
    )
    pixels = draw_pixels(record, 240, FILES.__getitem__).astype(float)
    own = pixels[..., :3] * (pixels[..., 3:] / 255)
    shown = rasterise(resized)[..., :3].astype(float)
    assert delta_e(lab_from_rgb(own), lab_from_rgb(shown)).mean() < 0.3
