"""Colours that are given by numbers are read exactly; systems without a table as a whole."""

import pytest

from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief


@pytest.mark.parametrize(
    ("brief", "colours"),
    [
        ("rgb(200, 16, 46)", ("#C8102E",)),
        ("RGB：12，34，56，条纹", ("#0C2238",)),
        ("rgb(100%, 0%, 50%)", ("#FF0080",)),
        ("#0b7a75 and #fff checks", ("#0B7A75", "#FFFFFF")),
        ("0B7A75 底，金色波点", ("#0B7A75", "gold")),
        ("主色0b7a75，点缀e8b03a", ("#0B7A75", "#E8B03A")),
        ("色号d4a373做底，上面印faedcd的麦穗", ("#D4A373", "#FAEDCD")),
        ("hsl(210 60% 30%)", ("#1F4D7A",)),
        ("hsl(0, 100%, 50%) stripes", ("#FF0000",)),
        ("lab(54.29 80.81 69.89)", ("#FF0000",)),
        ("lab(100 0 0) dots", ("#FFFFFF",)),
        ("C100 M70 Y0 K10", ("#0045E6",)),
        ("cmyk(0, 100, 100, 0)", ("#FF0000",)),
        ("a facade with 123456 dots", ()),
        ("rgb(300, 0, 0)", ()),
    ],
)
def test_numbers_are_read_exactly(brief: str, colours: tuple[str, ...]) -> None:
    assert parse_brief(brief).colours == colours


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ("PANTONE 18-1750 Viva Magenta dots on a mug", "PANTONE 18-1750 Viva Magenta"),
        ("Cool Gray 5 waves", "Cool Gray 5"),
        ("RAL 5015, stripes", "RAL 5015"),
        ("RAL 5010 gentian blue + cream", "RAL 5010 gentian blue"),
        ("潘通 17-5104 极致灰和白色条纹", "潘通 17-5104 极致灰"),
        ("NCS S 1050-Y90R, plaid", "NCS S 1050-Y90R"),
        ("HKS 43 K, dots", "HKS 43 K"),
    ],
)
def test_systems_without_a_table_are_unknown_as_a_whole(brief: str, name: str) -> None:
    understood = parse_brief(brief)
    assert understood.unknown == (name,)
    assert not {"magenta", "grey", "cool"} & {*understood.colours, *understood.mood}
    assert f"no_colour_table:{name}" in brief_notices(understood)


def test_cmyk_is_said_to_be_converted() -> None:
    understood = parse_brief("C100 M70 Y0 K10, dots")
    assert "converted_colour:C100 M70 Y0 K10:#0045E6" in brief_notices(understood)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("grey-blue", "slate"), ("dusty rose", "dusty-rose"), ("blue-green", "teal"),
        ("灰蓝", "slate"), ("雾霾蓝", "slate"), ("burnt orange", "terracotta"), ("棕红", "rust"),
    ],
)  # fmt: skip
def test_compound_names_are_one_colour(name: str, key: str) -> None:
    assert parse_brief(f"mug, dots, {name}").colours == (key,)


def test_two_colours_that_alternate_are_two() -> None:
    assert parse_brief("粉灰相间的斜纹").colours == ("pink", "grey")
