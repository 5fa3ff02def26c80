"""Validation of an uploaded dataset, a zip in the imagefolder layout, before training."""

from typing import BinaryIO

from shared.datasets import FAULTS, DatasetZip, InvalidDataset
from shared.errors import CodesignerError, FieldError
from web.http.i18n import translate as _

__all__ = ["FIELD", "MAX_DATASET_BYTES", "MIN_IMAGES", "check_dataset"]

FIELD = "dataset"
MAX_DATASET_BYTES = 512 * 1024 * 1024
MIN_IMAGES = 8
"""Fewest pictures of a dataset."""


def check_dataset(source: BinaryIO) -> int:
    """Validate a zip with a metadata.jsonl of {"file_name", "text"} and the pictures it names.

    No picture is decoded here: the worker does that and reports those that it left out.

    Returns:
        The number of pictures.
    Raises:
        CodesignerError: dataset_invalid or unsupported_media_type, of the field `dataset`.
    """
    try:
        pictures = len({row.file_name for row in DatasetZip(source).rows()})
        if pictures < MIN_IMAGES:
            raise InvalidDataset("too_few", got=pictures, least=MIN_IMAGES)
    except InvalidDataset as error:
        code = "unsupported_media_type" if error.kind == "not_a_zip" else "dataset_invalid"
        message = _(FAULTS[error.kind], **error.details)
        raise CodesignerError(
            code, message, fields=(FieldError(field=FIELD, message=message),)
        ) from error
    return pictures
