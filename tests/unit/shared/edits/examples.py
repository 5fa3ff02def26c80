"""Design records that edits are said of, and the sentences of the development set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.designs.record import Design
from shared.motifs.catalog import own_motifs

_ROLES = ("ground", "hero", "secondary", "filler", "line")


def _palette(*colours: str) -> list[dict[str, Any]]:
    return [
        {"id": f"p{index + 1}", "hex": colour, "role": role, "from": "chosen"}
        for index, (colour, role) in enumerate(zip(colours, _ROLES, strict=False))
    ]


def dots_design(**changed: Any) -> Design:
    """Return a design of dots in three colours."""
    layer = {
        "id": "l1", "kind": "family", "family": "dots@1", "scale_mm": 10.0, "density": 0.5,
        "paints": [{"palette": "p1"}, {"palette": "p2"}, {"palette": "p3"}],
    }  # fmt: skip
    fields = {
        "seed": 7, "cell_mm": [60, 60], "palette": _palette("#F3ECDF", "#1F3A5F", "#C9A227"),
        "layers": [layer],
    }  # fmt: skip
    return Design.model_validate(fields | changed)


def motif_design(*motifs: str, repeat: str = "straight") -> Design:
    """Return a design of motifs, by default foxes, cats and daisies, over stripes."""
    names = motifs or ("fox", "cat", "daisy")
    elements = []
    for index in range(12):
        entry = own_motifs()[names[index % len(names)]]
        elements.append(
            {
                "id": f"e{index + 1}", "motif": entry.drawing, "view": index % entry.views,
                "x_mm": 10.0 + 20 * (index % 4), "y_mm": 13.0 + 26 * (index // 4),
                "size_mm": 14.0 - 2 * (index % 3), "turn": 7.0 * (index % 3),
                "paints": [f"p{2 + slot % 3}" for slot in range(len(entry.colours))],
            }
        )  # fmt: skip
    items = [
        {"subject": name, "drawings": [own_motifs()[name].drawing], "role": role}
        for name, role in zip(names, ("hero", "secondary", "filler"), strict=False)
    ]
    stripes = {
        "id": "l1", "kind": "family", "family": "stripes@1", "scale_mm": 8.0,
        "paints": [{"palette": "p1"}, {"palette": "p5"}],
    }  # fmt: skip
    recipe = {"layout": "tossed", "density": 0.5, "gap_mm": 1.2, "hero_mm": 14.0, "items": items}
    return Design.model_validate(
        {
            "seed": 5, "cell_mm": [80, 80], "repeat": repeat,
            "palette": _palette("#1F4A44", "#E2725B", "#F3ECDF", "#C3C7CC", "#2E5C55"),
            "layers": [stripes, {"id": "l2", "kind": "motifs", "recipe": recipe,
                                 "elements": elements}],
        }
    )  # fmt: skip


def named_design(name: str) -> Design:
    """Return the design that a sentence of the development set is said of."""
    return {
        "dots": dots_design,
        "motifs": motif_design,
        "cats": lambda: motif_design("cat", "daisy"),
    }[name]()


def sentences(name: str) -> list[dict[str, Any]]:
    """Return the sentences of a file, with the design and the edit that they mean."""
    lines = (Path(__file__).with_name(f"{name}.jsonl")).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def development_sentences() -> list[dict[str, Any]]:
    """Return the sentences that were written before the rules."""
    return sentences("edits_dev")
