"""Things that can be drawn, by the ImageNet classes in which a photograph shows them.

People, clothes, instruments, signs and logos are not among them. Neither are classes that
photographs of other things often fall into, and things without a drawing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["MOTIF_CLASSES", "SURE", "SeenMotif", "motif_of"]

SURE = 0.92
"""Probability from which a thing counts as seen; docs/understanding.md has the measurement."""

MOTIF_CLASSES: Mapping[str, Sequence[int]] = {
    "ant": (310,),
    "apple": (948,),
    "artichoke": (944,),
    "axolotl": (29,),
    "badger": (362,),
    "bagel": (931,),
    "banana": (954,),
    "bear": (294, 295, 297),
    "beaver": (337,),
    "bee": (309,),
    "beetle": range(302, 308),
    "bell pepper": (945,),
    "bird": (*range(10, 18), 19, 20),
    "bison": (347,),
    "boar": (342,),
    "broccoli": (937,),
    "butterfly": range(321, 327),
    "camel": (354,),
    "candle": (470,),
    "castle": (483,),
    "cat": range(281, 286),
    "chicken": (8,),
    "coffee": (967,),
    "corn": (987, 998),
    "crab": range(118, 122),
    "crane": (134,),
    "crocodile": (49, 50),
    "cucumber": (943,),
    "daisy": (985,),
    "dog": range(151, 269),
    "dragonfly": (319, 320),
    "duck": (97, 98),
    "eagle": (22,),
    "elephant": (101, 385, 386),
    "fig": (952,),
    "flamingo": (130,),
    "fox": range(277, 281),
    "frog": (30, 31, 32),
    "goldfish": (1,),
    "goose": (99,),
    "gorilla": (366,),
    "hamburger": (933,),
    "hamster": (333,),
    "heron": (131, 132),
    "hippopotamus": (344,),
    "horse": (339,),
    "hot air balloon": (417,),
    "hot dog": (934,),
    "hummingbird": (94,),
    "ice cream": (928,),
    "jellyfish": (107,),
    "kangaroo": (104,),
    "koala": (105,),
    "ladybird": (301,),
    "lemon": (951,),
    "leopard": (288, 289, 290),
    "lighthouse": (437,),
    "lion": (291,),
    "lizard": range(38, 49),
    "llama": (355,),
    "lobster": (122, 123),
    "magpie": (18,),
    "monkey": range(370, 383),
    "mountain": (970,),
    "mushroom": (947, 992, 997),
    "orange": (950,),
    "orangutan": (365,),
    "orca": (148,),
    "otter": (360,),
    "owl": (24,),
    "ox": (345,),
    "panda": (388,),
    "parrot": range(87, 91),
    "peacock": (84,),
    "penguin": (145,),
    "pig": (341,),
    "pineapple": (953,),
    "pizza": (963,),
    "polar bear": (296,),
    "pomegranate": (957,),
    "pretzel": (932,),
    "pufferfish": (397,),
    "rabbit": (330, 331, 332),
    "ram": (348, 349),
    "rooster": (7,),
    "sailboat": (484, 780, 871, 914),
    "scorpion": (71,),
    "seal": (150,),
    "shark": (2, 3, 4),
    "skunk": (361,),
    "sloth": (364,),
    "snail": (113,),
    "snake": range(52, 69),
    "spider": range(72, 78),
    "squirrel": (335,),
    "starfish": (327,),
    "strawberry": (949,),
    "swan": (100,),
    "teapot": (849,),
    "teddy bear": (850,),
    "tent": (672,),
    "tiger": (292,),
    "tractor": (866,),
    "tropical fish": (393,),
    "turtle": range(33, 38),
    "volcano": (980,),
    "whale": (147,),
    "wolf": (269, 270, 271),
    "zebra": (340,),
}
"""English names of motifs, and indices of the 1,000 ImageNet classes (ILSVRC 2012) of each."""


@dataclass(frozen=True, kw_only=True)
class SeenMotif:
    """A thing that a photograph shows, and that can be drawn."""

    name: str
    """Key of `MOTIF_CLASSES`."""
    probability: float


def motif_of(chances: ArrayLike, least: float = SURE) -> SeenMotif | None:
    """Return the thing that a photograph shows if the classifier is sure of it, else None.

    Args:
        chances: probabilities (1000,) of the ImageNet classes.
        least: sum of the probabilities of a thing's classes from which it is returned.
    """
    probabilities = np.asarray(chances, dtype=np.float64)
    totals = {
        name: float(probabilities[list(classes)].sum()) for name, classes in MOTIF_CLASSES.items()
    }
    best = max(totals, key=totals.__getitem__)
    return SeenMotif(name=best, probability=totals[best]) if totals[best] >= least else None
