"""Sites, lattices and noise fields on a torus, reproducible by the seed."""

import numpy as np
import pytest

from worker.models.generator.layout import MARKS, Layout, Noise, SampledNoise
from worker.models.generator.point_features import points_of

LAYOUTS = [
    Layout(kind="strewn", columns=9),
    Layout(kind="strewn", columns=2),
    Layout(kind="grid", columns=1, rows=5),
    Layout(kind="grid", columns=7, rows=3),
    Layout(kind="staggered", columns=5, rows=6),
    Layout(kind="triangles", columns=3, rows=4),
]
NOISE = Noise(seed=11)


def _points(count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(1).random((2, count), dtype=np.float32)
    return x, y


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_nearest_sites_are_found_in_order(layout: Layout) -> None:
    x, y = _points()
    places, _ = NOISE.sites(layout)
    assert len(places) == layout.sites
    images = np.array([(i, j) for i in range(-2, 3) for j in range(-2, 3)])
    everywhere = (places[:, None] + images).reshape(-1, 2)
    wide, high = (1, 1) if layout.kind == "strewn" else (layout.columns, layout.rows)
    far = (wide * (x[:, None] - everywhere[:, 0])) ** 2
    far += (high * (y[:, None] - everywhere[:, 1])) ** 2
    dx, dy, marks = SampledNoise(layout, NOISE, x, y).near
    found = (wide * dx) ** 2 + (high * dy) ** 2
    np.testing.assert_allclose(found[0], far.min(1), atol=1e-5)
    assert (np.diff(found, axis=0) >= -1e-6).all()
    assert marks.shape == (4, MARKS, len(x))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_noise_is_periodic_in_the_tile(layout: Layout) -> None:
    x, y = _points()
    here, there = SampledNoise(layout, NOISE, x, y), SampledNoise(layout, NOISE, x + 1, y - 2)
    np.testing.assert_allclose(here.fields, there.fields, atol=1e-3)
    dx, dy, marks = there.near
    np.testing.assert_allclose(here.near[0][0], dx[0], atol=1e-4)
    np.testing.assert_allclose(here.near[1][0], dy[0], atol=1e-4)
    np.testing.assert_array_equal(here.near[2][0], marks[0])


def test_colours_are_evenly_distributed_and_depend_on_the_seed() -> None:
    layout = Layout(kind="grid", columns=6, rows=6)
    _, marks = NOISE.sites(layout)
    assert np.bincount((marks[:, 2] * 3).astype(int)).tolist() == [12, 12, 12]
    assert not np.array_equal(marks, Noise(seed=12).sites(layout)[1])
    np.testing.assert_array_equal(marks, Noise(seed=11).sites(layout)[1])


def test_fields_have_unit_standard_deviation() -> None:
    x, y = _points(4000)
    deviations = [SampledNoise(Layout(), Noise(seed=s), x, y).fields.std(1) for s in range(20)]
    assert 0.7 < np.mean(deviations) < 1.3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "spiral"}, "spiral"),
        ({"columns": 25}, "25"),
        ({"kind": "staggered", "rows": 3}, "3 staggered"),
    ],
)
def test_layouts_that_do_not_fit_a_torus_are_rejected(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layout(**wrong)


def test_all_noise_depends_on_the_seed_and_on_nothing_else() -> None:
    layout = Layout(kind="strewn", columns=4)

    def drawn(seed: int) -> list[bytes]:
        noise = Noise(seed=seed)
        arrays = (noise.scalars, *noise.sites(layout), *noise.waves(layout))
        return [array.tobytes() for array in arrays]

    assert drawn(1) == drawn(1)
    assert not set(drawn(1)) & set(drawn(2))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_ramps_and_parities_are_continuous_across_the_border(layout: Layout) -> None:
    """The first four features are positions in a cell, which begin anew in every cell."""
    along, _ = _points()
    near, far = np.full_like(along, 1e-6), np.full_like(along, 1 - 1e-6)
    for before, after in (((near, along), (far, along)), ((along, near), (along, far))):
        first, last = (
            points_of(SampledNoise(layout, NOISE, x, y), 1).lattice[0, :, 4:]
            for x, y in (before, after)
        )
        np.testing.assert_allclose(first, last, atol=1e-3)
