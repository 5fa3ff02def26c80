"""What is wrong with a form: a message for each field, and one for the whole."""

from dataclasses import dataclass, field

from flask import Response

from shared.errors import CodesignerError
from web.http.problems import detail_of, field_message, retry_after

__all__ = ["FormFault", "refused"]


@dataclass(frozen=True, kw_only=True)
class FormFault:
    """Messages in the language of the request."""

    fields: dict[str, str] = field(default_factory=dict)
    message: str = ""
    """Of the whole form, if it is not one of a field."""

    @classmethod
    def of(cls, error: CodesignerError) -> "FormFault":
        """Return the messages of an error."""
        fields = {each.field.rpartition(".")[2]: field_message(each) for each in error.fields}
        return cls(fields=fields, message="" if fields else detail_of(error))

    @classmethod
    def whole(cls, error: CodesignerError) -> "FormFault":
        """Return the messages of an error as one, for a form without places for them."""
        fault = cls.of(error)
        return cls(message=fault.message or " ".join(fault.fields.values()))


def refused(page: str, error: CodesignerError) -> Response:
    """Return a page that shows an error, with its status and its Retry-After."""
    response = Response(page, status=error.status, mimetype="text/html")
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = retry_after(error)
    response.headers["Cache-Control"] = "no-store"
    return response
