"""Palette files that are written are read again by the reader of uploads."""

from collections.abc import Callable, Sequence

import pytest

from web.downloads.palette_files import Swatch, ase_file, css_file, distinct, gpl_file
from web.uploads.palette_files import palette_colours

SWATCHES = distinct(
    [
        Swatch(hex="#0B7A75", name="lagoon", share=0.5),
        Swatch(hex="#FFFFFF", name="藏青色", share=0.3),
        Swatch(hex="#010203", name="lagoon", share=None),
        Swatch(hex="#FE017F", name="Rosé 🌹 no. 7", share=0.0004),
    ]
)
WRITERS: dict[str, Callable[[str, Sequence[Swatch]], bytes]] = {
    "ase": ase_file,
    "gpl": gpl_file,
    "css": css_file,
}


def read(content: bytes) -> list[tuple[str, str]]:
    return [(each.hex, each.name) for each in palette_colours(content)]


@pytest.mark.parametrize("ending", ["ase", "gpl"])
def test_colours_and_names_survive_the_round_trip(ending: str) -> None:
    written = WRITERS[ending]("狐狸 and pines", SWATCHES)
    assert read(written) == [(each.hex, each.name) for each in SWATCHES]
    assert not any(each.converted for each in palette_colours(written))


def test_css_has_one_property_for_each_colour() -> None:
    names = ["lagoon", "藏青色", "lagoon-2", "rosé-no-7"]
    written = css_file("title", SWATCHES)
    assert read(written) == [(each.hex, n) for each, n in zip(SWATCHES, names, strict=True)]
    assert "--lagoon: #0B7A75; /* 50.0% */" in written.decode()


@pytest.mark.parametrize("ending", WRITERS)
def test_every_value_of_a_channel_stays_exact(ending: str) -> None:
    swatches = [
        Swatch(hex=f"#{value:02X}{255 - value:02X}{value:02X}", name=f"grade {value}")
        for value in range(256)
    ]
    written = WRITERS[ending]("all", swatches)
    assert [code for code, _name in read(written)] == [each.hex for each in swatches]


@pytest.mark.parametrize("ending", WRITERS)
def test_titles_and_names_cannot_break_out(ending: str) -> None:
    evil = "*/ :root { --x: #FF0000 }\n1 2 3\tred /*"
    swatches = distinct([Swatch(hex="#0B7A75", name=evil), Swatch(hex="#FFFFFF", name="…")])
    assert [code for code, _ in read(WRITERS[ending](evil, swatches))] == ["#0B7A75", "#FFFFFF"]
    assert len(css_file(evil, swatches).splitlines()) == 5


def test_equal_names_get_numbers() -> None:
    twice = [Swatch(hex="#000000", name=name) for name in ("navy", "navy", "navy 2", "navy")]
    assert [each.name for each in distinct(twice)] == ["navy", "navy 2", "navy 2 2", "navy 3"]
