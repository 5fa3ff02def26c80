"""API blueprint: palettes that are kept under a name, such as those of a brand."""

from flask import Blueprint, Response, jsonify, request

from shared.errors import FieldError, InvalidRequest
from web.api.models import BODY_CODES
from web.db.palettes import delete_palette, owned_palettes, save_palette
from web.extensions import services as current_services
from web.http.audit import audit
from web.http.i18n import translate as _
from web.http.identity import keep_visitor, palette_owner
from web.http.palettes import requested_colours, uploaded_palette
from web.http.parsing import body_as_json, checked, form_values
from web.openapi.operations import Answer, Operation, documented
from web.presentation.palettes import palette_document
from web.schemas.palettes import PaletteDocument, PaletteList, PaletteToSave
from web.uploads.palettes import FIELD

__all__ = ["blueprint"]

blueprint = Blueprint("palettes", __name__)

_CODES = ("unauthorized", "rate_limited", "unavailable")


@blueprint.get("/palettes")
@documented(
    Operation(
        summary="List the saved palettes of the owner",
        tag="palettes",
        answers={200: Answer(description="All of them, by name.", model=PaletteList)},
        codes=_CODES,
    )
)
def palettes() -> Response:
    """Return the palettes of the request's owner."""
    owner = palette_owner()
    with current_services().sessions() as session:
        documents = [palette_document(each) for each in owned_palettes(session, owner)]
    return jsonify({"palettes": documents})


@blueprint.post("/palettes")
@documented(
    Operation(
        summary="Save a palette under a name",
        tag="palettes",
        request=PaletteToSave,
        file_fields=(FIELD,),
        answers={201: Answer(description="Saved.", model=PaletteDocument)},
        codes=(*_CODES, *BODY_CODES, "invalid_request", "palette_invalid", "palette_limit"),
    )
)
def save() -> tuple[Response, int]:
    """Save a palette of the request's owner."""
    services, owner = current_services(), palette_owner()
    if request.mimetype == "multipart/form-data":
        upload = uploaded_palette()
        body = checked(PaletteToSave, form_values(request.form), services, strict=False)
    else:
        upload = None
        body = checked(PaletteToSave, body_as_json(), services)
    colours, _converted = requested_colours(body.palette, upload)
    if not colours:
        raise InvalidRequest(FieldError(field=FIELD, message=_("This field is required.")))
    with services.sessions.begin() as session:
        hexes = [colour.hex.lower() for colour in colours]
        document = palette_document(save_palette(session, owner, body.name, hexes))
    keep_visitor()
    return jsonify(document), 201


@blueprint.delete("/palettes/<palette_id>")
@documented(
    Operation(
        summary="Remove a saved palette",
        tag="palettes",
        answers={204: Answer(description="Removed.")},
        codes=(*_CODES, "forbidden", "palette_not_found"),
    )
)
def remove(palette_id: str) -> Response:
    """Delete a palette of the request's owner."""
    owner = palette_owner()
    with current_services().sessions.begin() as session:
        delete_palette(session, owner, palette_id)
        audit(session, "palette.remove", palette_id, before={"owner": owner.name})
    return Response(status=204)
