"""Checks that a valid design record can be drawn by this program."""

from __future__ import annotations

from collections.abc import Iterator

from shared.designs.families import FAMILY_SPECS
from shared.designs.record import Design, FamilyLayer, MotifsLayer, TextLayer
from shared.errors import FieldError, InvalidRequest
from shared.motifs.catalog import OWN_SET, own_motifs

__all__ = ["check_drawable"]


def check_drawable(design: Design) -> None:
    """Check that all families, forms and motifs of a record exist.

    Raises:
        InvalidRequest: `fields` has the paths in the record of what cannot be drawn.
    """
    if errors := list(_errors(design)):
        raise InvalidRequest(*errors)


def _errors(design: Design) -> Iterator[FieldError]:
    for index, layer in enumerate(design.layers):
        path = f"layers.{index}"
        if isinstance(layer, TextLayer):
            yield FieldError(field=f"{path}.kind", message="Text layers cannot be drawn yet.")
        elif isinstance(layer, FamilyLayer):
            yield from _family_errors(layer, path)
        elif isinstance(layer, MotifsLayer):
            for number, element in enumerate(layer.elements):
                if message := _motif_error(element.motif):
                    yield FieldError(field=f"{path}.elements.{number}.motif", message=message)


def _family_errors(layer: FamilyLayer, path: str) -> Iterator[FieldError]:
    name, _, version = layer.family.partition("@")
    spec = FAMILY_SPECS.get(name)
    if spec is None:
        yield FieldError(field=f"{path}.family", message=f"There is no family {name}.")
    elif version != spec.version:
        message = f"The version of {name} is {spec.version}."
        yield FieldError(field=f"{path}.family", message=message)
    elif layer.form is not None and layer.form not in spec.forms:
        message = f"{name} has the forms {', '.join(spec.forms)}."
        yield FieldError(field=f"{path}.form", message=message)


def _motif_error(drawing: str) -> str | None:
    name, _, version = drawing.partition("@")
    motif_set, _, name = name.partition(":")
    known = own_motifs().get(name) if motif_set == OWN_SET else None
    if known is None:
        return f"There is no motif {drawing.partition('@')[0]}."
    return None if version == known.version else f"The version of {name} is {known.version}."
