"""Which drawings a record has, and under which licences."""

from typing import Any

from shared.designs.record import Design
from shared.motifs.attribution import UNKNOWN, drawings_used, licence_report
from shared.motifs.curation import motif_sets

SHA = "ab" * 32


def element(number: int, motif: str, sha256: str | None = None) -> dict[str, Any]:
    """Return an element at some place."""
    return {
        "id": f"e{number}", "motif": motif, "sha256": sha256, "x_mm": 10 * number, "y_mm": 10,
        "size_mm": 8, "paints": ["p1"],
    }  # fmt: skip


def design(*layers: list[dict[str, Any]]) -> Design:
    """Return a record with one motif layer for each list of elements."""
    return Design.model_validate(
        {
            "seed": 1,
            "palette": [{"id": "p1", "hex": "#102030", "role": "hero", "from": "brief"}],
            "layers": [
                {"id": f"l{number}", "kind": "motifs", "elements": elements}
                for number, elements in enumerate(layers, 1)
            ],
        }
    )


def test_each_drawing_is_named_once_with_its_number() -> None:
    fluent = f"fluent:lemon@{motif_sets()['fluent'].version}"
    used = drawings_used(
        design(
            [element(1, "own:fox@1"), element(2, fluent, SHA)],
            [element(3, "own:fox@1")],
        )
    )
    assert [(each.drawing, each.number, each.sha256) for each in used] == [
        (fluent, 1, SHA),
        ("own:fox@1", 2, None),
    ]
    lemon, fox = used
    assert (lemon.set, lemon.subject, lemon.licence) == ("fluent", "lemon", "MIT")
    assert (lemon.author, lemon.version) == (motif_sets()["fluent"].author, fluent.split("@")[1])
    assert (fox.author, fox.licence, fox.version) == ("Codesigner", "Apache-2.0", "1")


def test_every_set_has_author_and_licence() -> None:
    for name, each in motif_sets().items():
        (used,) = drawings_used(design([element(1, f"{name}:fox@1.0.0", SHA)]))
        assert (used.author, used.licence, used.title) == (each.author, each.licence, each.title)


def test_drawing_of_an_unknown_set_is_told_as_such() -> None:
    (used,) = drawings_used(design([element(1, "gone:fox@1", SHA)]))
    assert (used.author, used.licence) == (UNKNOWN, UNKNOWN)


def test_report_names_sets_authors_licences_and_drawings() -> None:
    used = drawings_used(
        design(
            [
                element(1, "own:fox@1"),
                element(2, "own:fox@1"),
                element(3, "fluent:lemon@1.2.6", SHA),
            ]
        )
    )
    report = licence_report(used, "variant 1")
    for part in (
        "variant 1", "own:fox@1, 2 times", "fluent:lemon@1.2.6\n", "by Codesigner",
        "SPDX-License-Identifier: Apache-2.0", "SPDX-License-Identifier: MIT",
        motif_sets()["fluent"].author,
    ):  # fmt: skip
        assert part in report
