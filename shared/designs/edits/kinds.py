"""The typed edits of a design, and what an edit changed.

An edit is applied to a record by `worker.edits.apply_edit`. Ids are those of the record.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from shared.designs.record import MAX_PALETTE, Angle, Hex, Id, Repeat
from shared.errors import FieldError, InvalidRequest

__all__ = [
    "Change",
    "ColourNumberEdit",
    "ColourwayEdit",
    "DensityEdit",
    "Edit",
    "InterchangeEdit",
    "LineWeightEdit",
    "MergeColourEdit",
    "MirrorEdit",
    "MotifColourEdit",
    "NumberEdit",
    "PatternEdit",
    "RecolourEdit",
    "RemoveEdit",
    "RepeatEdit",
    "RotateEdit",
    "ScaleEdit",
    "SwapEdit",
    "ToneEdit",
    "edit_document",
    "read_edit",
]

Motif: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,95}$")]
"""A motif's name without its set and version, such as fox."""
Subject: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9:_-]{0,95}$")]
Amount: TypeAlias = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Factor: TypeAlias = Annotated[float, Field(ge=0.1, le=5, allow_inf_nan=False)]


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Targeted(_Edit):
    motifs: tuple[Motif, ...] | None = Field(default=None, min_length=1, max_length=24)
    """Motifs that it concerns; null, and no layers: all that it can concern."""
    layers: tuple[Id, ...] | None = Field(default=None, min_length=1, max_length=16)
    """Layers that it concerns."""


class ToneEdit(_Targeted):
    """Moves colours in CIELAB; the order of their lightness is kept."""

    kind: Literal["tone"]
    of: Literal["contrast", "lightness", "saturation", "softness", "warmth"]
    """softness: less contrast and less saturation together."""
    amount: Amount = 0.5
    """-1 to 1: less or more."""
    colours: tuple[Id, ...] | None = Field(default=None, min_length=1, max_length=MAX_PALETTE)
    """Palette entries; null: all."""


class ScaleEdit(_Targeted):
    """Motifs or patterns larger or smaller."""

    kind: Literal["scale"]
    factor: Factor
    """Of the size: above 1 larger."""


class DensityEdit(_Targeted):
    """More or less of the ground covered."""

    kind: Literal["density"]
    amount: Amount = 0.5
    """-1 to 1: sparser, with more space between, or denser."""


class NumberEdit(_Edit):
    """Fewer or more of some motifs."""

    kind: Literal["number"]
    motifs: tuple[Motif, ...] = Field(min_length=1, max_length=24)
    amount: Amount = 0.5


class LineWeightEdit(_Targeted):
    """Finer or bolder lines of pattern families."""

    kind: Literal["line-weight"]
    amount: Amount = 0.5


class RecolourEdit(_Edit):
    """Another colour for one palette entry, wherever it is used."""

    kind: Literal["recolour"]
    colour: Id
    to: Hex
    name: str | None = Field(default=None, max_length=80)


class MotifColourEdit(_Edit):
    """Another main colour for some motifs."""

    kind: Literal["paint"]
    motifs: tuple[Motif, ...] = Field(min_length=1, max_length=24)
    to: Hex
    name: str | None = Field(default=None, max_length=80)


class ColourwayEdit(_Edit):
    """Colours of a season or mood; roles and the order of lightness are kept."""

    kind: Literal["colourway"]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    """Key of a colourway, such as winter."""


class ColourNumberEdit(_Edit):
    """So many colours: those of the least area become the most similar ones, or one is added."""

    kind: Literal["colours"]
    number: int = Field(ge=1, le=MAX_PALETTE)
    to: Hex | None = None
    """A colour that is added; null: one between the others."""
    name: str | None = Field(default=None, max_length=80)


class MergeColourEdit(_Edit):
    """A colour gone: the most similar other one takes its place."""

    kind: Literal["merge-colour"]
    colour: Id


class InterchangeEdit(_Edit):
    """Two colours change places."""

    kind: Literal["interchange"]
    colours: tuple[Id, Id]


class RemoveEdit(_Targeted):
    """A layer, or all elements of some motifs, gone."""

    kind: Literal["remove"]

    @model_validator(mode="after")
    def _check(self) -> RemoveEdit:
        if not self.motifs and not self.layers:
            raise ValueError("name motifs or layers")
        return self


class SwapEdit(_Edit):
    """Another drawing for some motifs, at the same places, in the same sizes."""

    kind: Literal["swap"]
    motifs: tuple[Motif, ...] = Field(min_length=1, max_length=24)
    to: Subject
    """Id of the motif that takes their places, as of `/motifs`, such as own:fox."""


class PatternEdit(_Edit):
    """Another pattern family in a layer."""

    kind: Literal["pattern"]
    layer: Id
    family: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")]


class RotateEdit(_Targeted):
    """Motifs or patterns turned clockwise."""

    kind: Literal["rotate"]
    angle: Angle


class MirrorEdit(_Edit):
    """Motifs mirrored with their places; pattern families cannot be."""

    kind: Literal["mirror"]
    motifs: tuple[Motif, ...] | None = Field(default=None, min_length=1, max_length=24)
    """Motifs that are each mirrored where they are; null: all, with their places."""
    axis: Literal["horizontal", "vertical"] = "horizontal"
    """horizontal: left and right change places."""


class RepeatEdit(_Edit):
    """Another repeat of the cells."""

    kind: Literal["repeat"]
    repeat: Repeat


Edit: TypeAlias = Annotated[
    ToneEdit
    | ScaleEdit
    | DensityEdit
    | NumberEdit
    | LineWeightEdit
    | RecolourEdit
    | MotifColourEdit
    | ColourwayEdit
    | ColourNumberEdit
    | MergeColourEdit
    | InterchangeEdit
    | RemoveEdit
    | SwapEdit
    | PatternEdit
    | RotateEdit
    | MirrorEdit
    | RepeatEdit,
    Field(discriminator="kind"),
]
_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


class Change(BaseModel):
    """One thing that an edit changed."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    what: str
    """A path in the record, or a thing such as `elements`, `size of fox`."""
    before: str | float | int | None = Field(default=None, serialization_alias="from")
    after: str | float | int | None = Field(default=None, serialization_alias="to")
    count: int | None = None
    """How many elements it concerns."""
    note: str | None = None
    """Code of a remark, see docs/edits.md."""

    def to_document(self) -> dict[str, Any]:
        """Return the change as a JSON-serialisable dictionary, without what is not known."""
        return {
            key: value
            for key, value in self.model_dump(by_alias=True).items()
            if value is not None or key in ("from", "to")
        }


def read_edit(document: Any) -> Edit:
    """Return the edit of a JSON document.

    Raises:
        InvalidRequest: `fields` has the paths of invalid values, such as edit.factor.
    """
    try:
        return _EDIT.validate_python(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise InvalidRequest(
            *(
                FieldError(
                    field=".".join(("edit", *map(str, fault["loc"][1:]))),
                    message=f"{fault['msg'].removeprefix('Value error, ')}.",
                )
                for fault in faults
            )
        ) from None


def edit_document(edit: Edit) -> dict[str, Any]:
    """Return an edit as a JSON-serialisable dictionary."""
    document: dict[str, Any] = edit.model_dump(mode="json", exclude_none=True)
    return document
