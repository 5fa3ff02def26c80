"""GIF, TIFF, AVIF and HEIC references: first pictures, orientation, profiles and limits."""

import io
import struct
import subprocess
from collections.abc import Iterator
from typing import Any

import pillow_heif
import pytest
from flask import Flask
from PIL import Image, ImageCms

from shared.errors import CodesignerError
from web.http import i18n
from web.uploads import decoding, signatures
from web.uploads.images import Reference, UploadLimits, read_reference
from web.uploads.structure import MAX_TIFF_TAGS, max_blocks

LIMITS = UploadLimits(max_bytes=20 * 1024 * 1024, max_pixels=4_000_000)
KINDS = ("GIF", "TIFF", "AVIF", "HEIF")
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    app = Flask(__name__)
    i18n.register(app)
    with app.test_request_context():
        yield


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list of subprocesses that were started."""
    calls: list[Any] = []
    run = subprocess.run
    monkeypatch.setattr(
        decoding.subprocess, "run", lambda *given, **how: calls.append(given) or run(*given, **how)
    )
    return calls


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode an image; HEIF without registering its plugin, as in the web process."""
    out = io.BytesIO()
    if kind != "HEIF":
        image.save(out, kind, **options)
        return out.getvalue()
    container = pillow_heif.from_pillow(image)
    for extra in options.pop("append_images", ()):
        container.add_from_pillow(extra)
    options.pop("save_all", None)
    container.save(out, quality=90, **options)
    return out.getvalue()


def plain(colour: tuple[int, ...] = RED, size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)


def read(content: bytes, limits: UploadLimits = LIMITS) -> Reference:
    return read_reference(io.BytesIO(content), limits)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(read(content).png))


def refusal(content: bytes, limits: UploadLimits = LIMITS) -> CodesignerError:
    with pytest.raises(CodesignerError) as caught:
        read(content, limits)
    assert [each.field for each in caught.value.fields] == ["reference"]
    return caught.value


def near(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_first_picture_is_taken_with_a_notice(kind: str) -> None:
    assert near(opened(file(plain(), kind)).getpixel((9, 9)), RED)
    assert read(file(plain(), kind)).notices == ()
    made = read(file(plain(), kind, save_all=True, append_images=[plain(BLUE)]))
    paged = kind in {"TIFF", "HEIF"}
    assert made.notices == (("first_picture" if paged else "animation_first_frame"),)
    assert near(Image.open(io.BytesIO(made.png)).getpixel((9, 9)), RED)


def test_primary_picture_of_a_heic_is_taken() -> None:
    container = pillow_heif.from_pillow(plain())
    container.add_from_pillow(plain(BLUE))
    out = io.BytesIO()
    container.save(out, quality=90, primary_index=1)
    assert near(opened(out.getvalue()).getpixel((9, 9)), BLUE)


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "HEIF"])
def test_orientation_is_applied_once(kind: str) -> None:
    picture = plain(size=(64, 32))
    picture.paste(BLUE, (0, 0, 32, 32))  # the left half, which comes up when turned clockwise
    exif = Image.Exif()
    exif[0x0112] = 6
    made = opened(file(picture, kind, exif=exif.tobytes() if kind == "HEIF" else exif))
    assert made.size == (32, 64)
    assert near(made.getpixel((16, 8)), BLUE)
    assert near(made.getpixel((16, 56)), RED)
    assert dict(made.getexif()) == {}


def swapping_profile() -> bytes:
    """Return an sRGB profile in which red and blue are exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "HEIF"])
def test_embedded_profile_is_applied(kind: str) -> None:
    made = opened(file(plain(), kind, icc_profile=swapping_profile()))
    red, _, blue = made.getpixel((9, 9))
    assert blue > 150 > 80 > red


@pytest.mark.parametrize("kind", KINDS)
def test_transparency_is_kept(kind: str) -> None:
    picture = plain((*RED, 255))
    picture.paste((0, 0, 0, 0), (32, 0, 64, 48))
    made = opened(file(picture, kind))
    assert made.mode == "RGBA"
    assert near(made.getpixel((9, 9)), (*RED, 255))
    assert made.getpixel((50, 9))[3] == 0


def test_tiff_of_usual_kinds_is_read() -> None:
    for mode, options in (
        ("L", {}),
        ("CMYK", {}),
        ("1", {"compression": "group4"}),
        ("RGB", {"compression": "tiff_lzw"}),
        ("RGB", {"compression": "tiff_adobe_deflate"}),
        ("RGB", {"compression": "jpeg"}),
        ("RGB", {"big_tiff": True}),
        ("I;16", {}),
    ):
        picture = Image.new("I;16", (64, 48), 40_000) if mode == "I;16" else plain().convert(mode)
        assert opened(file(picture, "TIFF", **options)).size == (64, 48), (mode, options)
    assert refusal(file(Image.new("F", (9, 9), 0.5), "TIFF")).code == "image_unreadable"


@pytest.mark.parametrize("kind", KINDS)
def test_too_many_pixels_are_rejected_before_decoding(kind: str) -> None:
    error = refusal(file(plain(size=(2100, 2000)), kind))
    assert (error.code, error.status) == ("image_too_large", 413)
    assert "2100" in error.message
    assert "2000" in error.message


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "HEIF"])
def test_formats_of_large_parsers_are_opened_in_a_subprocess_only(
    kind: str, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    content = file(plain(), kind)
    monkeypatch.setattr(Image, "open", None)
    read(content)
    assert len(started) == 1


def declared(kind: str, side_px: int) -> bytes:
    """Return a small file whose header declares a huge picture."""
    content = bytearray(file(plain(size=(64, 64)), kind))
    huge = struct.pack(">II", side_px, side_px)
    if kind == "GIF":
        content[6:10] = struct.pack("<HH", 65_000, 65_000)
    elif kind == "TIFF":
        for tag in (256, 257):
            at = content.index(struct.pack("<HHII", tag, 4, 1, 64))
            content[at : at + 12] = struct.pack("<HHII", tag, 4, 1, side_px)
    else:
        at = content.index(b"ispe") + 8
        content[at : at + 8] = huge
    return bytes(content)


@pytest.mark.parametrize("kind", KINDS)
def test_declared_sizes_are_bounded(kind: str) -> None:
    """A bomb that declares gigapixels is refused by its header."""
    error = refusal(declared(kind, 60_000), UploadLimits(max_bytes=50_000, max_pixels=50_000_000))
    assert error.code in {"image_too_large", "image_unreadable"}
    if kind in {"GIF", "TIFF"}:
        assert error.code == "image_too_large"


def test_gif_frame_beyond_its_screen_counts_with_its_own_size() -> None:
    content = bytearray(file(plain(), "GIF"))
    at = content.index(b",\0\0\0\0" + struct.pack("<HH", 64, 48))
    content[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    assert refusal(bytes(content)).code == "image_too_large"


def test_gif_of_very_many_blocks_is_rejected_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = file(plain(), "GIF")
    at = whole.index(b",\0\0\0\0")
    comment = b"!\xfe" + b"\x01a" * 300_000 + b"\0"
    many = whole[:at] + comment + whole[at:]
    empty = whole[:at] + b"!\xfe\0" * 300_000 + whole[at:]
    monkeypatch.setattr(Image, "open", None)
    for content in (many, empty):
        error = refusal(content)
        assert error.code == "image_unreadable"
        assert f"{max_blocks(len(content))} blocks" in error.message


def test_tiff_of_very_many_tags_is_rejected_before_it_is_decoded(started: list[Any]) -> None:
    tags = b"".join(struct.pack("<HHII", 40_000, 1, 1, 0) for _ in range(MAX_TIFF_TAGS + 1))
    content = b"II*\0" + struct.pack("<IH", 8, MAX_TIFF_TAGS + 1) + tags + bytes(4)
    error = refusal(content)
    assert error.code == "image_unreadable"
    assert f"{MAX_TIFF_TAGS} tags" in error.message
    assert not started


def test_directories_in_a_circle_end() -> None:
    content = bytearray(file(plain(), "TIFF"))
    (first,) = struct.unpack_from("<I", content, 4)
    (tags,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * tags, first)
    assert read(bytes(content)).notices == ("first_picture",)


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_file_is_rejected(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    whole = file(noise, kind)
    assert refusal(whole[: len(whole) // 2]).code == "image_unreadable"
    assert refusal(whole[:20]).code == "image_unreadable"


def test_file_with_a_false_signature_is_rejected() -> None:
    png = file(plain(), "PNG")
    for head in (b"GIF89a@\0@\0\0\0\0", b"II*\0\x08\0\0\0", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"):
        error = refusal(head + png)
        assert error.code == "image_unreadable", head
        assert "BytesIO" not in error.message
    avif = file(plain(), "AVIF").replace(b"avif", b"heic")
    assert refusal(avif).code == "image_unreadable"


def test_heic_is_unsupported_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    content = file(plain(), "HEIF")
    monkeypatch.setattr(signatures, "find_spec", lambda name: None)
    assert refusal(content).code == "unsupported_media_type"


def test_largest_pictures_fit_into_the_memory_of_the_subprocess() -> None:
    limits = UploadLimits(max_bytes=20_000_000, max_pixels=50_000_000)
    for kind in ("TIFF", "AVIF"):
        content = file(
            plain((*RED, 99), (7000, 7000)),
            kind,
            **({"compression": "tiff_lzw"} if kind == "TIFF" else {"speed": 10}),
        )
        assert Image.open(io.BytesIO(read(content, limits).png)).size == (1024, 1024), kind
