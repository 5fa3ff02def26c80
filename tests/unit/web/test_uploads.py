"""Reference images: error codes of invalid files, and normalization of valid ones."""

import io
import random
import struct
import subprocess
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image, ImageCms, PngImagePlugin

from shared.errors import CodesignerError
from web.http import i18n
from web.http.concurrency import ConcurrencyLimiter
from web.uploads import decoding
from web.uploads import images as uploads
from web.uploads.images import Reference, UploadLimits, read_reference

LIMITS = UploadLimits(max_bytes=2_000_000, max_pixels=4_000_000)


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    app = Flask(__name__)
    i18n.register(app)
    with app.test_request_context():
        yield


def file(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(content: bytes, limits: UploadLimits = LIMITS) -> Reference:
    return read_reference(io.BytesIO(content), limits)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(read(content).png))


def refusal(content: bytes, limits: UploadLimits = LIMITS) -> CodesignerError:
    with pytest.raises(CodesignerError) as caught:
        read(content, limits)
    assert [each.field for each in caught.value.fields] == ["reference"]
    assert caught.value.fields[0].message == caught.value.message
    return caught.value


def status(content: bytes) -> int:
    try:
        read(content)
    except CodesignerError as error:
        return error.status
    return 200


def empty_png(width: int, height: int) -> bytes:
    """Return a PNG file that declares a size but contains no pixel data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "image_unreadable"),
        (b"just some text that calls itself a picture\n", "unsupported_media_type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_media_type"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "unsupported_media_type"),
        (b"BM" + bytes(60), "unsupported_media_type"),
        (b"GIF89a" + bytes(60), "image_unreadable"),
        (b"%PDF-1.7\n" + bytes(60), "unsupported_media_type"),
        (b"\x89PNG\r\n\x1a\n", "image_unreadable"),
        (b"\xff\xd8\xff\xe0", "image_unreadable"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image_unreadable"),
        (empty_png(30, 30), "image_unreadable"),
        (empty_png(10_000, 10_000), "image_too_large"),
        (empty_png(100_000, 100_000), "image_too_large"),
        (empty_png(0, 10), "image_unreadable"),
        (bytes(2_000_001), "payload_too_large"),
    ],
)
def test_invalid_files_are_rejected_with_an_error_code(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_truncated_image_is_rejected() -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = file(noise, kind)
        assert refusal(whole[: len(whole) // 2]).code == "image_unreadable", kind


def test_too_many_pixels_are_rejected_before_decoding() -> None:
    plain = Image.new("RGB", (2100, 2000))
    few = UploadLimits(max_bytes=10_000_000, max_pixels=4_000_000)
    for kind in ("PNG", "JPEG", "WEBP"):
        error = refusal(file(plain, kind), few)
        assert (error.code, error.status) == ("image_too_large", 413)
        assert "2100" in error.message


def test_damaged_files_raise_only_documented_errors() -> None:
    chance = random.Random(5)
    wholes = [file(Image.effect_noise((24, 24), 90), kind) for kind in ("PNG", "JPEG", "WEBP")]
    for _ in range(600):
        content = bytearray(chance.choice(wholes))
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        assert status(bytes(content)) in {200, 413, 415, 422}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_is_converted_to_rgb(mode: str) -> None:
    source = Image.new("RGB", (8, 6), (200, 100, 50))
    picture = Image.new("I;16", (8, 6), 40_000) if mode == "I;16" else source.convert(mode)
    made = opened(file(picture))
    assert (made.mode, made.size, made.format) == ("RGB", (8, 6), "PNG")
    if mode in {"RGB", "RGBA"}:
        assert made.getpixel((0, 0)) == (200, 100, 50)
    if mode == "I;16":
        assert made.getpixel((0, 0)) == (156, 156, 156)


def test_cmyk_is_converted_to_rgb() -> None:
    picture = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    red, green, blue = opened(file(picture, "JPEG")).getpixel((4, 4))
    assert red > 200
    assert green < 60
    assert blue < 60


def test_transparency_is_kept() -> None:
    half = Image.new("RGBA", (4, 2), (200, 100, 50, 255))
    half.putpixel((1, 1), (9, 99, 199, 0))
    half.putpixel((2, 1), (10, 20, 30, 128))
    made = opened(file(half))
    assert (made.mode, made.getpixel((0, 0))) == ("RGBA", (200, 100, 50, 255))
    assert made.getpixel((1, 1)) == (0, 0, 0, 0)  # what is not seen is not stored
    assert made.getpixel((2, 1)) == (10, 20, 30, 128)
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    assert opened(file(palette)).getpixel((0, 0)) == (200, 0, 0)
    palette.putpixel((2, 2), 0)
    assert opened(file(palette, transparency=0)).getpixel((2, 2)) == (0, 0, 0, 0)


def test_downscaling_leaves_out_invisible_colours() -> None:
    """A white edge on a transparent picture would come from colours below alpha 0."""
    logo = Image.new("RGBA", (5000, 20), (255, 255, 255, 0))
    logo.paste((0, 120, 120, 255), (0, 0, 2502, 20))
    limits = UploadLimits(max_bytes=2_000_000, max_pixels=4_000_000)
    made = Image.open(io.BytesIO(read(file(logo), limits).png))
    assert made.size == (1024, 4)
    seen = [pixel[:3] for pixel in made.get_flattened_data() if pixel[3] > 16]
    assert max(abs(red) + abs(green - 120) for red, green, _ in seen) < 12


def test_fully_transparent_image_is_rejected() -> None:
    for kind in ("PNG", "WEBP", "GIF", "TIFF"):
        error = refusal(file(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), kind))
        assert (error.code, error.status) == ("image_transparent", 422), kind


def test_animation_is_reduced_to_its_first_frame_with_a_notice() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    for kind in ("PNG", "WEBP"):
        content = file(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
        made = read(content)
        assert made.notices == ("animation_first_frame",), kind
        red, _, blue = Image.open(io.BytesIO(made.png)).getpixel((4, 4))
        assert red > 200 > 60 > blue
    assert read(file(frames[0])).notices == ()


def test_multi_picture_jpeg_is_not_an_animation() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    content = file(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert read(content).notices == ()


def test_orientation_is_applied_and_metadata_are_removed() -> None:
    picture = Image.new("RGB", (6, 4), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    for kind in ("JPEG", "PNG", "WEBP"):
        content = file(picture, kind, exif=exif)
        made = opened(content)
        assert made.size == (4, 6), kind
        assert dict(made.getexif()) == {}
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "secret")
    assert b"secret" not in read(file(picture, pnginfo=notes)).png


def test_invalid_exif_is_ignored() -> None:
    content = file(Image.new("RGB", (6, 4)), exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert opened(content).size == (6, 4)


def test_embedded_icc_profile_is_applied() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.new("RGB", (4, 4), (10, 200, 30))
    assert opened(file(picture, icc_profile=lab)).getpixel((0, 0)) == (10, 200, 30)
    assert opened(file(picture, icc_profile=b"no profile")).getpixel((0, 0)) == (10, 200, 30)


def test_large_image_is_downscaled_and_keeps_its_appearance() -> None:
    ramp = Image.linear_gradient("L").resize((3000, 1200))
    for kind in ("PNG", "JPEG", "WEBP"):
        made = opened(file(ramp.convert("RGB"), kind))
        assert made.size == (1024, 410)
        assert abs(made.getpixel((500, 205))[0] - 127) < 4
        assert made.getpixel((500, 2))[0] < 8
    assert opened(file(Image.new("RGB", (3000, 1)))).size == (1024, 1)


def test_memory_hungry_image_is_decoded_in_a_subprocess(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = UploadLimits(max_bytes=10_000_000, max_pixels=20_000_000)
    content = file(Image.new("RGB", (4000, 2100), (10, 200, 30)))
    here = decoding.decode_in_process(io.BytesIO(content), "PNG", limits.max_pixels)
    started: list[object] = []
    run = subprocess.run
    monkeypatch.setattr(
        decoding.subprocess,
        "run",
        lambda *given, **how: started.append(given) or run(*given, **how),
    )
    assert read(content, limits).png == here.png
    assert len(started) == 1
    assert refusal(content[:-4000], limits).code == "image_unreadable"


def test_decoding_subprocess_is_ended_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_CHILD_S", 0.001)
    with pytest.raises(decoding.DecodingLimitExceeded):
        decoding.decode_in_subprocess(io.BytesIO(file(Image.new("RGB", (8, 8)))), "PNG", 64)


def test_same_file_is_normalized_to_the_same_bytes() -> None:
    content = file(Image.effect_noise((50, 40), 90), "JPEG")
    assert read(content).png == read(content).png


@pytest.mark.parametrize(("side_px", "name"), [(40, "_IN_PROCESS"), (3000, "_SUBPROCESS")])
def test_upload_is_rejected_while_no_decoding_slot_is_free(
    monkeypatch: pytest.MonkeyPatch, side_px: int, name: str
) -> None:
    limits = UploadLimits(max_bytes=2_000_000, max_pixels=10_000_000)
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    monkeypatch.setattr(uploads, name, desks)
    picture = file(Image.new("RGB", (side_px, side_px)))
    assert desks.take()
    refused = refusal_of_place(picture, limits)
    assert (refused.code, refused.retry_after_s) == ("unavailable", 5)
    desks.give_back()
    assert read(picture, limits).notices == ()
    with pytest.raises(CodesignerError):  # broken images release their slot
        read(picture[:60], limits)
    assert read(picture, limits).notices == ()


def refusal_of_place(content: bytes, limits: UploadLimits) -> CodesignerError:
    with pytest.raises(CodesignerError) as caught:
        read(content, limits)
    return caught.value
