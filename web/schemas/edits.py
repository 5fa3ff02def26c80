"""Request model of edits."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from shared.designs.edits.kinds import Edit, read_edit
from shared.errors import FieldError, InvalidRequest
from web.schemas.base import Line, RequestBody, WebhookGiven

__all__ = ["MAX_SAY", "EditRequest"]

MAX_SAY = 300
"""Longest description of an edit, in characters."""


def _read(document: Any, _handler: ValidatorFunctionWrapHandler) -> Edit | None:
    if document is None:
        return None
    try:
        return read_edit(document)
    except InvalidRequest as error:
        raise InvalidRequest(
            *(
                FieldError(field=f"set{each.field.removeprefix('edit')}", message=each.message)
                for each in error.fields
            )
        ) from None


class EditRequest(RequestBody):
    """One respect in which a design is changed: in words, or by fields."""

    say: Line | None = Field(
        None,
        max_length=MAX_SAY,
        description="English or Chinese, see docs/edits.md.",
        examples=["bigger motifs", "底色改成深红"],
    )
    set_: Annotated[Edit | None, WrapValidator(_read)] = Field(
        None, alias="set", description="The same as fields."
    )
    webhook: WebhookGiven | None = Field(None, description="Receives the events of the job.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "EditRequest":
        if (self.say is None) == (self.set_ is None):
            raise PydanticCustomError("say_or_set", "Give either say or set.")
        return self
