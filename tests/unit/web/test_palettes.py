"""Palette files: ASE, ACO, GPL, CSS and JSON, exact colours and clear errors."""

import io
import json
import random
import struct
from collections.abc import Iterator

import pytest
from flask import Flask

from shared.errors import CodesignerError
from web.http import i18n
from web.uploads.palettes import MAX_PALETTE_BYTES, read_palette


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    app = Flask(__name__)
    i18n.register(app)
    with app.test_request_context():
        yield


def ase(*rows: tuple[str, bytes, tuple[float, ...]], groups: bool = False) -> bytes:
    blocks = [b"\xc0\x01" + struct.pack(">I", 0)] if groups else []
    for name, model, values in rows:
        text = (name + "\0").encode("utf-16-be")
        body = struct.pack(">H", len(text) // 2) + text + model
        body += struct.pack(f">{len(values)}f", *values) + b"\0\0"
        blocks.append(struct.pack(">HI", 1, len(body)) + body)
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def aco(*rows: tuple[str, int, tuple[int, ...]], named: bool = True) -> bytes:
    plain = [struct.pack(">5H", space, *values) for _, space, values in rows]
    first = struct.pack(">HH", 1, len(rows)) + b"".join(plain)
    if not named:
        return first
    second = struct.pack(">HH", 2, len(rows))
    for (name, _, _), row in zip(rows, plain, strict=True):
        text = (name + "\0").encode("utf-16-be")
        second += row + struct.pack(">I", len(text) // 2) + text
    return first + second


def read(content: bytes | str) -> list[tuple[str, str]]:
    data = content if isinstance(content, bytes) else content.encode()
    return [(each.hex, each.name) for each in read_palette(io.BytesIO(data))]


def refusal(content: bytes | str) -> CodesignerError:
    with pytest.raises(CodesignerError) as caught:
        read(content)
    assert [each.field for each in caught.value.fields] == ["palette"]
    return caught.value


TEAL, CORAL = ("#0B7A75", "teal"), ("#FB7866", "珊瑚")


def test_every_format_gives_its_exact_colours() -> None:
    teal, coral = (11 / 255, 122 / 255, 117 / 255), (251 / 255, 120 / 255, 102 / 255)
    sixteen = [(*tuple(round(part * 65535) for part in rgb), 0) for rgb in (teal, coral)]
    gpl = "GIMP Palette\nName: Sea\nColumns: 2\n#\n 11 122 117\tteal\n251 120 102\t珊瑚\n"
    css = ":root {\n  --teal: #0b7a75; /* #123456 */\n  --珊瑚: rgb(251, 120, 102)\n}"
    assert read(ase(("teal", b"RGB ", teal), ("珊瑚", b"RGB ", coral))) == [TEAL, CORAL]
    assert read(aco(("teal", 0, sixteen[0]), ("珊瑚", 0, sixteen[1]))) == [TEAL, CORAL]
    assert read(gpl) == [TEAL, CORAL]
    assert read(css) == [TEAL, CORAL]
    objects = [{"hex": "#0b7a75", "name": "teal"}, {"hex": "FB7866", "name": "珊瑚"}]
    assert read(json.dumps(objects)) == [TEAL, CORAL]
    assert read(json.dumps({"colors": objects})) == [TEAL, CORAL]
    assert read('["#0B7A75", "#FB7866"]') == [("#0B7A75", ""), ("#FB7866", "")]


def test_all_bytes_of_rgb_survive() -> None:
    for value in range(0, 256, 5):
        wanted = f"#{value:02X}{255 - value:02X}80"
        rgb = (value / 255, (255 - value) / 255, 128 / 255)
        assert read(ase(("", b"RGB ", rgb))) == [(wanted, "")]
        sixteen = (value * 257, (255 - value) * 257, 128 * 257, 0)
        assert read(aco(("", 0, sixteen), named=False)) == [(wanted, "")]


def test_other_colour_models_are_converted() -> None:
    def one(content: bytes) -> str:
        (colour,) = read_palette(io.BytesIO(content))
        return colour.hex

    assert one(ase(("", b"CMYK", (1.0, 0.0, 0.0, 0.0)))) == "#00FFFF"
    assert one(ase(("", b"Gray", (0.5,)))) == "#808080"
    assert one(ase(("", b"LAB ", (1.0, 0.0, 0.0)))) in {"#FFFFFF", "#FFFFFE"}
    assert one(ase(("", b"LAB ", (0.5429, 80.81, 69.89)), groups=True)) == "#FF0000"
    assert one(aco(("", 2, (0, 65535, 65535, 65535)))) == "#00FFFF"
    assert one(aco(("", 1, (0, 65535, 65535, 0)))) == "#FF0000"
    assert one(aco(("", 7, (5429, 8081, 6989, 0)))) == "#FF0000"
    assert one(aco(("", 8, (10_000, 0, 0, 0)))) == "#FFFFFF"
    (colour,) = read_palette(io.BytesIO(ase(("", b"CMYK", (1.0, 0.0, 0.0, 0.0)))))
    assert colour.converted


def test_css_takes_values_and_no_selectors() -> None:
    text = """#fade { color: #fff } a:hover #bad { background: linear-gradient(#0b7a75, #FB7866) }
    .x { border: 1px solid rgba(10%, 20%, 30%, .5); fill: hsl(210 60% 30%) ; width: 10px }"""
    assert [code for code, _ in read(text)] == [
        "#FFFFFF", "#0B7A75", "#FB7866", "#1A334D", "#1F4D7A",
    ]  # fmt: skip
    assert read("#0b7a75\n#FB7866\n") == [("#0B7A75", ""), ("#FB7866", "")]


def test_repeated_colours_count_once() -> None:
    assert read('["#000", "#000000", "#fff"]') == [("#000000", ""), ("#FFFFFF", "")]
    assert len(read(json.dumps(["#000000"] * 1000))) == 1
    assert len(read(json.dumps([f"#0000{n:02X}" for n in range(24)]))) == 24
    error = refusal(json.dumps([f"#0000{n:02X}" for n in range(25)]))
    assert error.code == "palette_invalid"
    assert "24" in error.message


def test_names_are_cleaned() -> None:
    assert read(json.dumps([{"hex": "#fff", "name": "a\nb\0" + "c" * 200}])) == [
        ("#FFFFFF", "ab" + "c" * 78)
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "palette_invalid"),
        ("nothing here", "palette_invalid"),
        ("[]", "palette_invalid"),
        ("[1]", "palette_invalid"),
        ('["red"]', "palette_invalid"),
        ('["#12345"]', "palette_invalid"),
        ("[" * 100_000, "palette_invalid"),
        ('{"a": 1}', "palette_invalid"),
        ("GIMP Palette\n300 1 1\n", "palette_invalid"),
        ("GIMP Palette\n", "palette_invalid"),
        (ase(("x", b"RGB ", (0.1, 0.2, 0.3)))[:-12], "palette_invalid"),
        (ase(("x", b"HSV ", (0.1, 0.2, 0.3))), "palette_invalid"),
        (ase(("x", b"RGB ", (float("nan"), 0.2, 0.3))), "palette_invalid"),
        (b"ASEF\0\1\0\0\xff\xff\xff\xff", "palette_invalid"),
        (aco(("x", 9, (1, 2, 3, 4))), "palette_invalid"),
        (aco(("x", 0, (1, 2, 3, 4)))[:-1] + b"", "palette_invalid"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "unsupported_media_type"),
        (b"\xff\xfe\x00", "unsupported_media_type"),
        (bytes(MAX_PALETTE_BYTES + 1), "payload_too_large"),
    ],
)
def test_invalid_files_are_refused_with_a_code(content: bytes | str, code: str) -> None:
    assert refusal(content).code == code


def test_hostile_texts_are_read_in_one_pass() -> None:
    """Each would take hours with a parser that is quadratic in 256 KiB."""
    texts = ["a:" * 130_000, "/*" * 130_000, "{" * 260_000, "rgb(" * 65_000, "#" * 260_000]
    texts += ["GIMP Palette\n" + "1" * 260_000, "--" * 130_000, "/*" + "*" * 250_000]
    for text in texts:
        assert refusal(text).code == "palette_invalid", text[:9]


def test_damaged_files_raise_only_documented_errors() -> None:
    chance = random.Random(3)
    wholes = [
        ase(("teal", b"RGB ", (0.1, 0.5, 0.5)), ("x", b"LAB ", (0.5, 9.0, 9.0))),
        aco(("teal", 0, (1, 2, 3, 0)), ("x", 7, (5000, 9, 9, 0))),
        b"GIMP Palette\n 11 122 117\tteal\n",
        b":root { --a: #0b7a75; --b: rgb(1, 2, 3) }",
        b'[{"hex": "#0b7a75", "name": "teal"}, "#FB7866"]',
    ]
    for _ in range(3000):
        content = bytearray(chance.choice(wholes))
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        assert code_of(bytes(content)) in {"", "palette_invalid", "unsupported_media_type"}


def code_of(content: bytes) -> str:
    try:
        read(content)
    except CodesignerError as error:
        return error.code
    return ""
