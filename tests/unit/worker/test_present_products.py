"""Rendering of every product in every material, finish and function."""

from __future__ import annotations

import numpy as np
import pytest

from shared.briefs.vocabulary import FINISHES, FUNCTIONS, MATERIALS, PRODUCTS
from worker.present import materials
from worker.present.canvas import SUPER, Floats, Sheet, composite
from worker.present.ink import ICONS
from worker.present.look import Look
from worker.present.printing import Pixels
from worker.present.products import catalog as products
from worker.present.products import geometry, mug, notebook, phone_case

SIZE = (192, 240)
COLOURS = np.array([[204, 56, 46], [41, 107, 168]], np.uint8)
GREY = np.full((8, 8, 3), 128, np.uint8)


def tile() -> Pixels:
    """Return a checkered tile of two colours."""
    rows, columns = np.indices((64, 64)) // 32
    return COLOURS[(rows + columns) % 2]


def draw(
    product: str, size: tuple[int, int] = SIZE, printed: Pixels | None = None, **asked: object
) -> Floats:
    """Return a product's picture, (height, width, 3) sRGB, 0 to 1."""
    look = Look(product=product, **asked)  # type: ignore[arg-type]
    picture = products.PRODUCTS[product](tile() if printed is None else printed, look, size)
    return np.asarray(picture, np.float32) / 255


def centre(picture: Floats) -> Floats:
    """Return the centre of the picture, which every product covers."""
    height, width = picture.shape[:2]
    return picture[int(0.45 * height) : int(0.65 * height), int(0.36 * width) : int(0.58 * width)]


def lab(colour: Floats) -> Floats:
    """Convert sRGB to CIE Lab (D65)."""
    light = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = light @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1
    )


def test_tables_cover_the_vocabulary() -> None:
    assert set(products.PRODUCTS) == set(PRODUCTS) == set(materials.DEFAULT_MATERIAL)
    assert set(materials.MATERIALS) == set(MATERIALS)
    assert set(materials.FINISHES) == set(FINISHES)
    assert set(ICONS) == set(FUNCTIONS)


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_every_material_can_be_rendered(product: str) -> None:
    seen = set()
    for material in MATERIALS:
        picture = draw(product, (96, 120), materials=(material,))
        assert picture.shape == (120, 96, 3)
        seen.add(picture.tobytes())
    assert len(seen) == len(MATERIALS)


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_every_finish_and_function_changes_the_picture(product: str) -> None:
    plastic = ("plastic",)
    matte = draw(product, (96, 120), materials=plastic, finish="matte")
    for finish in set(FINISHES) - {"matte"}:
        asked = draw(product, (96, 120), materials=plastic, finish=finish)
        assert np.abs(asked - matte).max() > 0.02, finish
    plain = draw(product, (96, 120))
    for function in FUNCTIONS:
        asked = draw(product, (96, 120), functions=(function,))
        assert np.abs(asked - plain).max() > 0.05, function


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_tile_colours_appear_on_the_product(product: str) -> None:
    painted = lab(centre(draw(product, finish="matte")).reshape(-1, 3))
    for colour in COLOURS:
        off = np.linalg.norm(painted - lab(colour / 255), axis=1)
        near = np.sort(off)[: off.size // 4]  # each colour covers at least a quarter of the body
        assert near.mean() < 12.0


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_tile_affects_only_the_product_body(product: str) -> None:
    other = draw(product, printed=GREY)
    assert np.abs(centre(other) - centre(draw(product))).mean() > 0.1
    corner = np.abs(other - draw(product))[:12, :12]
    assert corner.max() < 0.12  # the background takes only a tint of the tile


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_rendering_is_deterministic(product: str) -> None:
    assert draw(product).tobytes() == draw(product).tobytes()


def test_tile_repeats_seamlessly() -> None:
    shifted = np.roll(tile(), (64, 64), (0, 1))
    assert (draw("tote", printed=shifted) == draw("tote")).all()


def test_tile_need_not_be_square() -> None:
    wide = np.concatenate([tile(), tile()], axis=1)
    assert draw("mug", printed=wide).shape == (SIZE[1], SIZE[0], 3)


def _changed(product: str, **asked: object) -> Floats:
    """Return the change of each pixel due to the options, (height, width)."""
    plain = draw(product, (384, 480), finish="matte")
    return np.abs(draw(product, (384, 480), finish="matte", **asked) - plain).max(axis=-1)


def test_translucent_panel_shows_the_phone_in_the_middle() -> None:
    clear = centre(
        draw(
            "phone-case",
            (384, 480),
            materials=("translucent",),
            printed=GREY,
        )
    )
    solid = centre(
        draw(
            "phone-case",
            (384, 480),
            materials=("plastic",),
            printed=GREY,
        )
    )
    assert clear.std() > 1.5 * solid.std()


def test_anti_slip_ridges_change_only_the_sides() -> None:
    changed = _changed("phone-case", functions=("non-slip",))
    assert np.median(changed[200:280, 150:200]) == 0.0
    assert (changed[150:330] > 0.05).sum() > 200


def test_water_drops_are_few_and_on_the_body() -> None:
    changed = _changed("phone-case", functions=("waterproof",)) > 0.04
    assert 0.005 < changed[100:400, 60:250].mean() < 0.30
    assert not changed[:, :30].any()


def test_unknown_material_is_rejected() -> None:
    with pytest.raises(KeyError):
        draw("mug", materials=("cheese",))


def test_plate_cache_is_bounded_across_products() -> None:
    sizes = [(48 + 2 * step, 60 + 2 * step) for step in range(products.PLATES_KEPT)]
    for size in sizes:
        draw("poster", size)
    draw("mug", sizes[0])
    assert products.plate_of.cache_info().currsize == products.PLATES_KEPT


def test_cached_plate_is_not_rendered_again() -> None:
    look = Look(product="poster")
    assert products.plate_of("poster", look, SIZE) is products.plate_of("poster", look, SIZE)


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_picture_resembles_a_finer_one(product: str) -> None:
    """What is computed once for each pixel must not show at edges."""
    look, height, width = Look(product=product), 480, 384
    draw_product = products.PRODUCTS[product]
    picture = np.asarray(draw_product(tile(), look, (width, height)), np.float32) / 255
    fine = draw_product(tile(), look, (3 * width, 3 * height)).reduce(3)
    change = np.abs(picture - np.asarray(fine, np.float32) / 255).max(axis=-1)
    assert change.mean() < 0.01
    assert (change > 0.3).sum() < 20


def test_texels_follow_the_slope_of_the_tile() -> None:
    sheet = Sheet(height=8, width=12)
    repeat_px = 64.0
    rows, columns = np.indices((8, 12), dtype=np.float32)
    sheet.over(np.ones((8, 12), np.float32), uv=((columns + 0.5) / 64, (rows + 0.5) / 64))
    picture = composite(
        sheet,
        top=0,
        left=0,
        paper=np.ones((8, 12), np.float32),
        base=None,
        glow=None,
        repeat_px=repeat_px,
    )
    texels = np.arange(4)[:, None, None]
    expected = (SUPER * rows + texels // 2) * picture.texture_px + SUPER * columns + texels % 2
    assert (picture.index == expected).all()


def test_geometry_of_all_traced_products_is_kept() -> None:
    geometry.forget()
    kept = [geometry.traced(module._body, SIZE) for module in (mug, notebook, phone_case)]
    again = [geometry.traced(module._body, SIZE) for module in (mug, notebook, phone_case)]
    assert all(one is other for one, other in zip(kept, again, strict=True))
