"""What is transparent in a reference counts for nothing: palette, coverage, features."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from worker.imaging.colour import delta_e, lab_from_rgb
from worker.imaging.palette import palette_array, palette_of
from worker.imaging.reference import flattened, open_reference, visible_samples
from worker.models.captioner.perception import colours_of, sort_by_coverage

TEAL, CORAL = (0, 128, 128), (240, 128, 96)


def logo(opacity: int = 255, side_px: int = 300) -> Image.Image:
    """Return a teal ring and a coral dot on a large transparent ground."""
    picture = Image.new("RGBA", (side_px, side_px), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((40, 40, 180, 180), fill=(*TEAL, 255))
    draw.ellipse((200, 200, 250, 250), fill=(*CORAL, opacity))
    return picture


def named(picture: Image.Image) -> tuple[str, ...]:
    return colours_of(palette_array(*palette_of(picture)))


def test_palette_of_a_logo_has_no_colour_of_the_empty_ground() -> None:
    assert named(logo()) == ("teal", "coral")
    lab, shares = palette_of(logo())
    assert delta_e(lab, lab_from_rgb(np.array([TEAL, CORAL]))).max() < 2
    ring, dot = 70**2, 25**2
    assert shares == pytest.approx([ring / (ring + dot), dot / (ring + dot)], abs=0.01)


def test_shares_follow_the_alpha() -> None:
    shares = palette_of(logo(opacity=64))[1]
    ring, dot = 70**2, 25**2 / 4
    assert shares == pytest.approx([ring / (ring + dot), dot / (ring + dot)], abs=0.01)


def test_thin_lines_keep_their_colour() -> None:
    picture = Image.new("RGBA", (1024, 1024), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line((10, 512, 1000, 512), fill=(*CORAL, 255), width=1)
    (lab,), _ = palette_of(picture)
    assert float(delta_e(lab, lab_from_rgb(np.array(CORAL)))) < 1


def test_coverage_is_weighed_by_alpha() -> None:
    picture = logo()
    palette = palette_array(*palette_of(picture))
    assert colours_of(sort_by_coverage(palette[[1, 0, 2, 3, 4]], picture)) == ("teal", "coral")


def test_light_logos_are_set_on_black_for_the_features() -> None:
    white = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    white.paste((250, 250, 250, 255), (16, 16, 32, 32))
    assert flattened(white).getpixel((0, 0)) == (0, 0, 0)
    assert flattened(logo()).getpixel((0, 0)) == (255, 255, 255)
    assert flattened(logo().convert("RGB")).mode == "RGB"


def test_stored_reference_keeps_its_alpha() -> None:
    out = io.BytesIO()
    logo().save(out, "PNG")
    assert open_reference(out.getvalue()).mode == "RGBA"
    assert named(open_reference(out.getvalue())) == ("teal", "coral")


def test_opaque_pictures_are_sampled_evenly() -> None:
    lab, weights = visible_samples(Image.new("RGB", (9, 9), TEAL), 8)
    assert (lab.shape, weights.tolist()) == ((64, 3), [1.0] * 64)
    assert palette_of(Image.new("RGBA", (9, 9), (0, 0, 0, 0)))[1].tolist() == [1.0]
