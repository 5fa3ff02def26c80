"""Pictures of the own motifs that the web half shows."""

import numpy as np

from shared.motifs.pictures import OWN_PICTURES, own_svg
from worker.drawing.motifs.pictures import own_pictures_json
from worker.drawing.raster import rasterise


def test_pictures_are_current_and_small() -> None:
    assert OWN_PICTURES.read_text("ascii") == own_pictures_json(), "run `make pictures`"
    assert OWN_PICTURES.stat().st_size < 1_500_000


def test_picture_shows_the_motif_on_nothing() -> None:
    pixels = rasterise(own_svg("fox", 64))
    covered = (pixels[..., 3] > 0).mean()
    assert pixels.shape == (64, 64, 4)
    assert 0.1 < covered < 0.9
    assert len(np.unique(pixels[pixels[..., 3] == 255][:, :3], axis=0)) > 3
