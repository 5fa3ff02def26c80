"""PNG files carry their brief, seed, job and origin, and are reproducible."""

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from worker.imaging.metadata import DIGITAL_SOURCE_TYPE, PictureMetadata, UnrecognisedPicture
from worker.imaging.png import read_metadata, write_png

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
METADATA = PictureMetadata(
    brief='手机壳：铝合金，透光性好 <&> "quoted"',
    seed=7,
    variant=2,
    job_url="http://127.0.0.1:8000/jobs/1?a=1&b=2",
    description="an aluminium phone case",
    dpi=300,
    extra={"Product": "phone-case"},
)


def test_metadata_round_trips_through_a_file() -> None:
    assert read_metadata(write_png(PIXELS, METADATA)) == METADATA


def test_pixels_are_preserved() -> None:
    with Image.open(BytesIO(write_png(PIXELS, METADATA))) as image:
        np.testing.assert_array_equal(np.asarray(image), PIXELS)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 4), (256, 3, 3), (257, 5), (600, 2, 4)])
def test_pictures_of_any_size_and_mode_are_preserved(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    with Image.open(BytesIO(write_png(pixels, METADATA))) as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)


def test_part_of_wider_pixels_is_preserved() -> None:
    wide = np.random.default_rng(2).integers(0, 256, (300, 20, 4), dtype=np.uint8)
    with Image.open(BytesIO(write_png(wide[:, 3:9, :3], METADATA))) as image:
        np.testing.assert_array_equal(np.asarray(image), wide[:, 3:9, :3])


def test_same_input_yields_the_same_bytes() -> None:
    assert write_png(PIXELS, METADATA) == write_png(Image.fromarray(PIXELS), METADATA)


def test_xmp_is_valid_xml_with_the_digital_source_type() -> None:
    with Image.open(BytesIO(write_png(PIXELS, METADATA))) as image:
        packet = image.info["XML:com.adobe.xmp"]
    root = ElementTree.fromstring(packet.removeprefix("\ufeff"))
    about = root.find(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    assert about is not None
    key = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
    assert about.attrib[key] == DIGITAL_SOURCE_TYPE
    assert METADATA.brief in "".join(about.itertext())


def test_metadata_of_the_source_image_is_not_copied() -> None:
    first = write_png(PIXELS, METADATA)
    with Image.open(BytesIO(first)) as image:
        second = write_png(image, PictureMetadata(brief="other", seed=1, job_url="http://x/"))
    assert b"phone case" not in second
    assert read_metadata(second).dpi is None


@given(st.text(max_size=200))
def test_any_brief_round_trips(brief: str) -> None:
    content = write_png(PIXELS[:2, :2], PictureMetadata(brief=brief, seed=0, job_url="http://x/"))
    assert read_metadata(content).brief == brief.replace("\x00", "\ufffd")


@pytest.mark.parametrize("keyword", ["", "Brief", "Grüße", "x" * 80, " lead"])
def test_invalid_keywords_are_rejected(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        write_png(PIXELS, PictureMetadata(brief="b", seed=0, job_url="u", extra={keyword: "x"}))


def test_palette_images_are_rejected() -> None:
    with pytest.raises(ValueError, match="mode P"):
        write_png(Image.new("P", (2, 2)), METADATA)


def test_reading_metadata_of_other_files_is_rejected() -> None:
    buffer = BytesIO()
    Image.fromarray(PIXELS).save(buffer, format="PNG")
    for content in (b"", b"no picture", buffer.getvalue(), buffer.getvalue()[:60]):
        with pytest.raises(UnrecognisedPicture):
            read_metadata(content)
