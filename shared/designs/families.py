"""Names, versions and parameters of the pattern families; how they are drawn is the worker's.

`worker.drawing.families` has a drawing for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["FAMILY_SPECS", "FamilySpec"]

_SCALE = frozenset({"scale"})
_DENSE = frozenset({"scale", "density"})
_LINES = frozenset({"scale", "line_weight"})
_ALL = frozenset({"scale", "density", "line_weight"})


@dataclass(frozen=True, eq=False, kw_only=True)
class FamilySpec:
    """What a record may say of a family of patterns."""

    name: str
    """Key of the vocabulary's patterns."""
    forms: tuple[str, ...]
    """The first is what the name stands for."""
    traits: frozenset[str]
    """Which of scale, density and line_weight the drawing uses."""
    accents: tuple[int, int] = (1, 4)
    """Least and greatest number of accents."""
    form_accents: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Accents that some forms show on a fair area each, if fewer than the family's greatest."""
    turns: bool = True
    """Whether it may be rotated."""
    version: str = "1"

    @property
    def drawing(self) -> str:
        """Return its name and version as a record names it."""
        return f"{self.name}@{self.version}"

    def most_accents(self, form: str) -> int:
        """Return how many accents a form shows, each on a fair area; more may be given."""
        return self.form_accents.get(form, self.accents[1])


_SPECS = (
    FamilySpec(
        name="stripes",
        forms=("even", "awning", "pin", "ticking", "regency", "graded", "multi"),
        traits=_LINES,
        form_accents={"pin": 1, "multi": 3},
    ),
    FamilySpec(
        name="diagonal-stripes",
        forms=("even", "candy", "pin", "regency"),
        traits=_LINES,
        form_accents={"pin": 1, "regency": 2},
    ),
    FamilySpec(
        name="grid",
        forms=("lines", "windowpane", "graph", "nodes"),
        traits=_LINES,
        form_accents={"windowpane": 1, "graph": 2, "nodes": 2},
    ),
    FamilySpec(
        name="waves",
        forms=("flowing", "swell", "lines", "crests", "surf"),
        traits=_LINES,
        form_accents={"lines": 3, "surf": 2},
    ),
    FamilySpec(
        name="chevron",
        forms=("bands", "folded", "feather", "arrows"),
        traits=_LINES,
    ),
    FamilySpec(
        name="zigzag",
        forms=("lines", "groups", "knit", "sawtooth"),
        traits=_LINES,
    ),
    FamilySpec(
        name="checks",
        forms=("board", "gingham", "inset"),
        traits=_SCALE,
        form_accents={"inset": 3},
    ),
    FamilySpec(
        name="plaid",
        forms=("tartan", "buffalo", "glen", "madras"),
        traits=_SCALE,
        form_accents={"glen": 2, "madras": 3},
    ),
    FamilySpec(
        name="houndstooth",
        forms=("classic", "stepped"),
        traits=_SCALE,
    ),
    FamilySpec(
        name="hexagons",
        forms=("honeycomb", "apart", "mosaic", "nested"),
        traits=_LINES,
        form_accents={"nested": 2},
    ),
    FamilySpec(
        name="triangles",
        forms=("mosaic", "pyramids", "nested", "low-poly"),
        traits=_LINES,
        form_accents={"nested": 3},
    ),
    FamilySpec(
        name="cubes",
        forms=("blocks", "apart", "inlaid"),
        traits=_LINES,
        form_accents={"inlaid": 3},
    ),
    FamilySpec(
        name="bricks",
        forms=("running", "flemish", "third", "stack"),
        traits=_LINES,
    ),
    FamilySpec(
        name="diamonds",
        forms=("harlequin", "nested", "apart", "quilted"),
        traits=_DENSE,
        form_accents={"nested": 2, "quilted": 2},
    ),
    FamilySpec(
        name="argyle",
        forms=("classic", "knitted"),
        traits=_LINES,
    ),
    FamilySpec(
        name="asanoha",
        forms=("lines", "lozenges", "stars", "sashiko"),
        traits=_LINES,
        form_accents={"lines": 2, "stars": 3, "sashiko": 1},
    ),
    FamilySpec(
        name="herringbone",
        forms=("parquet", "double", "tweed"),
        traits=_LINES,
        form_accents={"tweed": 3},
    ),
    FamilySpec(
        name="basketweave",
        forms=("blocks", "plain", "cane"),
        traits=_LINES,
        form_accents={"cane": 3},
    ),
    FamilySpec(
        name="terrazzo",
        forms=("chips", "palladiana", "flecks"),
        traits=_DENSE,
    ),
    FamilySpec(
        name="confetti",
        forms=("memphis", "sprinkles", "paper", "squiggles"),
        traits=_ALL,
        form_accents={"memphis": 2, "paper": 3, "squiggles": 2},
    ),
    FamilySpec(
        name="crosses",
        forms=("plus", "swiss", "saltire", "counterchange", "kasuri", "tossed"),
        traits=_ALL,
        form_accents={"plus": 3, "saltire": 3, "kasuri": 2, "tossed": 2},
    ),
    FamilySpec(
        name="stars",
        forms=("rows", "tossed", "nested", "sparkle", "faceted", "quilt"),
        traits=_DENSE,
        form_accents={"tossed": 3, "nested": 2, "sparkle": 1, "faceted": 3, "quilt": 2},
    ),
    FamilySpec(
        name="hearts",
        forms=("rows", "tossed", "nested", "outlined", "reversed"),
        traits=_DENSE,
        form_accents={"tossed": 3, "nested": 3, "outlined": 2},
    ),
    FamilySpec(
        name="circles",
        forms=("concentric", "bullseye", "roundels", "linked", "bubbles"),
        traits=_LINES,
        form_accents={"linked": 3, "bubbles": 2},
    ),
    FamilySpec(
        name="dots",
        forms=("staggered", "grid", "scattered", "mixed", "paired", "ringed", "graded"),
        traits=_DENSE,
        form_accents={"staggered": 3, "scattered": 3, "paired": 2, "ringed": 3, "graded": 3},
    ),
    FamilySpec(
        name="brush-strokes",
        forms=("tossed", "leaning", "rows", "layered"),
        traits=_DENSE,
        form_accents={"tossed": 3, "leaning": 3},
    ),
    FamilySpec(
        name="geometric",
        forms=("bauhaus", "overlaps", "quarters", "arcs"),
        traits=_ALL,
        form_accents={"overlaps": 3, "quarters": 2, "arcs": 3},
    ),
    FamilySpec(
        name="damask",
        forms=("palmette", "acanthus", "pomegranate"),
        traits=_LINES,
    ),
    FamilySpec(
        name="greek-key",
        forms=("meander", "running", "spirals"),
        traits=_LINES,
        form_accents={"meander": 2, "running": 2},
    ),
    FamilySpec(
        name="scales",
        forms=("seigaiha", "fish", "fans"),
        traits=_LINES,
        form_accents={"seigaiha": 3, "fans": 3},
    ),
    FamilySpec(
        name="ogee",
        forms=("trellis", "nested"),
        traits=_LINES,
    ),
    FamilySpec(
        name="quatrefoil",
        forms=("trellis", "interlocked"),
        traits=_LINES,
    ),
    FamilySpec(
        name="flowers",
        forms=(
            "tossed",
            "ditsy",
            "daisies",
            "peonies",
            "roses",
            "poppies",
            "cherry-blossom",
            "tulips",
            "meadow",
        ),
        traits=_ALL,
        form_accents={
            "ditsy": 3,
            "daisies": 3,
            "peonies": 3,
            "roses": 3,
            "poppies": 2,
            "cherry-blossom": 3,
            "tulips": 2,
            "meadow": 2,
        },
        turns=False,
    ),
    FamilySpec(
        name="leaves",
        forms=("veined", "sprigs", "tropical", "ferns", "eucalyptus", "ginkgo", "bamboo"),
        traits=_ALL,
        form_accents={"sprigs": 3, "tropical": 3, "ferns": 3, "ginkgo": 3, "bamboo": 3},
        turns=False,
    ),
    FamilySpec(
        name="paisley",
        forms=("tossed", "rows"),
        traits=_ALL,
        form_accents={"tossed": 3, "rows": 3},
    ),
    FamilySpec(
        name="porcelain",
        forms=("scroll", "peonies"),
        traits=_ALL,
    ),
    FamilySpec(
        name="animal-spots",
        forms=("leopard", "cheetah", "dalmatian", "giraffe"),
        traits=_ALL,
        form_accents={"leopard": 2, "cheetah": 3},
        turns=False,
    ),
    FamilySpec(
        name="clouds",
        forms=("auspicious", "lined", "soft"),
        traits=_ALL,
        form_accents={"auspicious": 2, "lined": 2},
        turns=False,
    ),
    FamilySpec(
        name="cracked-ice",
        forms=("cracks", "panes", "plum-blossom"),
        traits=_LINES,
        form_accents={"plum-blossom": 2},
        turns=False,
    ),
    FamilySpec(
        name="topography",
        forms=("lines", "tinted"),
        traits=_ALL,
        turns=False,
    ),
    FamilySpec(
        name="zebra",
        forms=("zebra", "tiger"),
        traits=_LINES,
    ),
    FamilySpec(
        name="marble",
        forms=("veined", "ink"),
        traits=_ALL,
        turns=False,
    ),
    FamilySpec(
        name="ripples",
        forms=("rings", "raked-sand"),
        traits=_ALL,
        form_accents={"raked-sand": 3},
    ),
    FamilySpec(
        name="ikat",
        forms=("diamonds", "medallions"),
        traits=_LINES,
    ),
)
FAMILY_SPECS: Mapping[str, FamilySpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
"""All families by name."""
