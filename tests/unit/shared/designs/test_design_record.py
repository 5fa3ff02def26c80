"""Tests of design records: what is refused, and the path that the error names."""

import json
from copy import deepcopy
from typing import Any

import pytest

from shared.designs.parsing import MAX_RECORD_BYTES, parse_design, read_design
from shared.designs.record import Design
from shared.errors import CodesignerError, InvalidRequest

RECORD: dict[str, Any] = {
    "version": 1,
    "seed": 7,
    "cell_mm": [80, 60],
    "repeat": "half-drop",
    "inks": 5,
    "palette": [
        {"id": "p1", "hex": "#1B2A5B", "name": "navy", "role": "ground", "from": "brief"},
        {"id": "p2", "hex": "#E3A72F", "role": "hero", "from": "chosen"},
    ],
    "layers": [
        {"id": "l1", "kind": "colour", "paint": {"palette": "p1"}},
        {
            "id": "l2",
            "kind": "family",
            "family": "dots@1",
            "scale_mm": 12,
            "paints": [None, {"gradient": ["p1", "p2"], "direction": "diagonal"}],
        },
        {
            "id": "l3",
            "kind": "motifs",
            "elements": [
                {
                    "id": "e1",
                    "motif": "own:fan@1",
                    "x_mm": 1,
                    "y_mm": 2,
                    "size_mm": 18,
                    "paints": ["p2"],
                }
            ],
        },
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the record with the value at a path replaced; a path that ends in + appends it."""
    document = deepcopy(RECORD)
    *parents, last = path.split(".")
    current: Any = document
    for key in parents:
        current = current[int(key) if isinstance(current, list) else key]
    if last == "+":
        current.append(value)
    else:
        current[int(last) if isinstance(current, list) else last] = value
    return document


def test_record_is_read_and_written_unchanged() -> None:
    design = read_design(RECORD)
    document = design.to_document()
    assert document["palette"][0]["from"] == "brief"
    assert document["layers"][1]["paints"][1] == RECORD["layers"][1]["paints"][1]
    assert read_design(document) == design
    assert parse_design(json.dumps(document).encode()) == design


@pytest.mark.parametrize(
    ("repeat", "size"),
    [
        ("straight", (80, 60)),
        ("half-drop", (160, 60)),
        ("half-brick", (80, 120)),
        ("mirror", (160, 120)),
        ("border", (80, 60)),
        ("none", (80, 60)),
    ],
)
def test_tile_is_the_smallest_rectangle_that_repeats_straight(
    repeat: str, size: tuple[float, float]
) -> None:
    assert read_design(changed("repeat", repeat)).tile_mm == size


LAYER = RECORD["layers"][0]


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        ("version", 2, "version", "the record has 2"),
        ("version", None, "version", "the record has null"),
        ("seed", -1, "seed", "greater than or equal to 0"),
        ("seed", 1.5, "seed", "integer"),
        ("cell_mm", [0, 80], "cell_mm.0", "greater than or equal to 0.1"),
        ("cell_mm", [80, 10_000], "cell_mm.1", "less than or equal to 2000"),
        ("cell_mm", [80], "cell_mm.1", "required"),
        ("cell_mm.0", float("nan"), "cell_mm.0", "finite"),
        ("repeat", "spiral", "repeat", "half-drop"),
        ("inks", 1, "inks", "palette has 2 colours"),
        ("palette", [], "palette", "at least 1"),
        ("palette", RECORD["palette"][:1] * 200, "palette", "at most 24"),
        ("palette.+", RECORD["palette"][0], "palette.2.id", "id p1 is used twice"),
        ("palette.0.hex", "navy", "palette.0.hex", "pattern"),
        ("palette.0.hex", "#12345", "palette.0.hex", "pattern"),
        ("palette.1.role", "main", "palette.1.role", "secondary"),
        ("palette.1.id", "P 2", "palette.1.id", "pattern"),
        ("layers", [LAYER] * 50, "layers", "at most 16"),
        ("layers.+", LAYER, "layers.3.id", "id l1 is used twice"),
        ("layers.0.kind", "hologram", "layers.0", "hologram"),
        ("layers.0.paint", {"palette": "p9"}, "layers.0", "no colour p9"),
        ("layers.0.paint", {"palette": 3}, "layers.0.paint.palette", "string"),
        ("layers.0.paint", {}, "layers.0.paint.palette", "required"),
        ("layers.0.paint", "p1", "layers.0.paint", "dictionary"),
        ("layers.0.opacity", 1.5, "layers.0.opacity", "less than or equal to 1"),
        ("layers.1.scale_mm", 0, "layers.1.scale_mm", "greater than or equal to 0.1"),
        ("layers.1.scale_mm", float("inf"), "layers.1.scale_mm", "finite"),
        ("layers.1.family", "dots", "layers.1.family", "pattern"),
        ("layers.1.paints", [None, None], "layers.1", "Only the first paint"),
        ("layers.1.shares", [0.5, 0.5], "layers.1", "one value for each paint"),
        ("layers.1.colour", "red", "layers.1.colour", "not permitted"),
        ("layers.2.elements.0.size_mm", -3, "layers.2.elements.0.size_mm", "0.1"),
        ("layers.2.elements.+", RECORD["layers"][2]["elements"][0], "layers.2.elements.1.id", "e1"),
    ],
)
def test_error_names_the_path(path: str, value: Any, field: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_design(changed(path, value))
    assert [each.field for each in refused.value.fields] == [field]
    assert message in refused.value.fields[0].message


@pytest.mark.parametrize("document", [None, [], "design", 3])
def test_record_is_an_object(document: Any) -> None:
    with pytest.raises(InvalidRequest, match="Must be an object"):
        read_design(document)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "malformed_request"),
        (b"\xff", "malformed_request"),
        (b"[" * 100_000, "malformed_request"),
        (b'{"version": NaN}', "malformed_request"),
        (b" " * MAX_RECORD_BYTES, "payload_too_large"),
    ],
)
def test_content_that_is_no_record_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(CodesignerError) as refused:
        parse_design(content)
    assert refused.value.code == code


def test_json_schema_has_every_kind_of_layer() -> None:
    layers = Design.model_json_schema()["properties"]["layers"]["items"]["discriminator"]["mapping"]
    assert set(layers) == {"colour", "family", "motifs", "field", "image", "text"}
