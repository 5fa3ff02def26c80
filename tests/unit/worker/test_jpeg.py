"""JPEG files carry their brief, seed, job and origin, and are reproducible."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from worker.imaging.jpeg import read_jpeg_metadata, write_jpeg
from worker.imaging.metadata import PictureMetadata, UnrecognisedPicture

STRIPES = Image.fromarray(np.tile(np.array([[220, 20, 60], [20, 60, 220]], np.uint8), (32, 32, 1)))
METADATA = PictureMetadata(
    brief='手机壳：铝合金，透光性好 <&> "quoted"',
    seed=7,
    variant=2,
    job_url="http://127.0.0.1:8000/jobs/1?a=1&b=2",
)


def test_metadata_round_trips_through_a_file() -> None:
    assert read_jpeg_metadata(write_jpeg(STRIPES, METADATA)) == METADATA


def test_same_input_yields_the_same_bytes() -> None:
    assert write_jpeg(STRIPES, METADATA) == write_jpeg(STRIPES.copy(), METADATA)


def test_colours_of_fine_stripes_are_not_blended() -> None:
    with Image.open(BytesIO(write_jpeg(STRIPES, METADATA))) as image:
        off = np.abs(np.asarray(image, np.int16) - np.asarray(STRIPES, np.int16))
    assert off.max() < 30


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])))
def test_any_printable_brief_round_trips(brief: str) -> None:
    metadata = PictureMetadata(brief=brief, seed=0, job_url="http://x/")
    assert read_jpeg_metadata(write_jpeg(STRIPES, metadata)).brief == brief


@given(st.text(max_size=200))
def test_any_brief_can_be_written(brief: str) -> None:
    metadata = PictureMetadata(brief=brief, seed=0, job_url="http://x/")
    assert len(read_jpeg_metadata(write_jpeg(STRIPES, metadata)).brief) == len(brief)


def test_longest_brief_fits() -> None:
    metadata = PictureMetadata(brief="&" * 4000 + "袋" * 4000, seed=0, job_url="http://x/")
    assert read_jpeg_metadata(write_jpeg(STRIPES, metadata)).brief == metadata.brief


def test_reading_metadata_of_other_files_is_rejected() -> None:
    buffer = BytesIO()
    STRIPES.save(buffer, format="JPEG")
    other = BytesIO()
    STRIPES.save(other, format="JPEG", xmp=b"<x>no packet</x>")
    for content in (b"", b"no picture", buffer.getvalue(), other.getvalue()):
        with pytest.raises(UnrecognisedPicture):
            read_jpeg_metadata(content)
