"""Checks that a valid design record can be drawn by this program."""

from __future__ import annotations

from collections.abc import Iterator

from shared.designs.families import FAMILY_SPECS
from shared.designs.record import Design, Element, FamilyLayer, MotifsLayer, TextLayer
from shared.errors import FieldError, InvalidRequest
from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.curation import motif_sets

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
                yield from _element_errors(element, f"{path}.elements.{number}")


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


def _element_errors(element: Element, path: str) -> Iterator[FieldError]:
    name, _, version = element.motif.rpartition("@")
    set_name, _, motif = name.rpartition(":")
    if set_name in motif_sets():
        if element.sha256 is None:
            message = f"Must be given: {name} is drawn from a file."
            yield FieldError(field=f"{path}.sha256", message=message)
        return
    entry = own_motifs().get(motif) if set_name == OWN_SET else None
    if entry is None:
        yield FieldError(field=f"{path}.motif", message=f"There is no motif {name}.")
    elif version != entry.version:
        message = f"The version of {name} is {entry.version}."
        yield FieldError(field=f"{path}.motif", message=message)
    elif element.sha256 is not None:
        message = f"Must be null: {name} is not drawn from a file."
        yield FieldError(field=f"{path}.sha256", message=message)
    elif len(element.paints) != len(entry.colours):
        message = f"{name} has {len(entry.colours)} colours, and takes as many paints."
        yield FieldError(field=f"{path}.paints", message=message)
