"""Small images that cost much work are rejected before Pillow or libjpeg parse them."""

import io
import struct
import subprocess
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image

from shared.errors import CodesignerError
from tests.mutating import chunks_of, png_of
from web.http import i18n
from web.http.concurrency import ConcurrencyLimiter
from web.uploads import decoding, structure
from web.uploads import images as uploads
from web.uploads.images import Reference, UploadLimits, read_reference
from web.uploads.structure import max_chunks

LIMITS = UploadLimits(max_bytes=20 * 1024 * 1024, max_pixels=20_000_000)
EOI = b"\xff\xd9"


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    app = Flask(__name__)
    i18n.register(app)
    with app.test_request_context():
        yield


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of files that Pillow opened."""
    files: list[object] = []
    pillow = Image.open
    monkeypatch.setattr(
        Image, "open", lambda source, **how: files.append(source) or pillow(source, **how)
    )
    return files


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of subprocesses that were started."""
    calls: list[object] = []
    run = subprocess.run
    monkeypatch.setattr(
        decoding.subprocess, "run", lambda *given, **how: calls.append(given) or run(*given, **how)
    )
    return calls


def file(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(content: bytes) -> Reference:
    return read_reference(io.BytesIO(content), LIMITS)


def refusal(content: bytes) -> CodesignerError:
    with pytest.raises(CodesignerError) as caught:
        read(content)
    return caught.value


def jpeg(side_px: int = 64, **options: object) -> bytes:
    return file(Image.new("RGB", (side_px, side_px), (90, 20, 40)), "JPEG", **options)


def scans_of(content: bytes) -> list[bytes]:
    parts = content.removesuffix(EOI).split(b"\xff\xda")
    return [b"\xff\xda" + part for part in parts[1:]]


def segment(marker: int, body: bytes = b"") -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def after_soi(content: bytes, inserted: bytes) -> bytes:
    return content[:2] + inserted + content[2:]


def riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_with(chunk: bytes, count: int) -> bytes:
    return riff(file(Image.new("RGB", (9, 9)), "WEBP", exif=b"Exif\0\0x")[12:] + chunk * count)


def animation_of_chunks(count: int) -> bytes:
    """Return an animation whose second frame has unknown chunks, read one by one by libwebp."""
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    whole = file(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    at = whole.rindex(b"ANMF")
    body = whole[at + 8 :] + b"abcd\0\0\0\0" * count
    return riff(whole[12:at] + b"ANMF" + struct.pack("<I", len(body)) + body)


def png_with(kind: bytes, body: bytes, count: int, at: int = 1) -> bytes:
    chunks = chunks_of(file(Image.new("RGB", (9, 9)), "PNG"))
    return png_of(chunks[:at] + [(kind, body)] * count + chunks[at:])


def jpeg_with_scans(count: int, **options: object) -> bytes:
    whole = jpeg(**options)
    scans = scans_of(whole)
    repeated = min(scans[1:] or scans, key=len) * (count - len(scans))
    return whole.removesuffix(EOI) + repeated + EOI


MANY = {
    "JPEG scans": jpeg_with_scans(45_000, progressive=True),
    "JPEG scans of a baseline file": jpeg_with_scans(2000),
    "JPEG segments": after_soi(jpeg(), segment(0xFE) * 200_000),
    "JPEG segments between scans": jpeg(progressive=True).replace(
        b"\xff\xda", segment(0xFE) * 2000 + b"\xff\xda"
    ),
    "JPEG fill bytes": after_soi(jpeg(), b"\xff" * 1_000_000),
    "JPEG stuffed bytes": after_soi(jpeg(), b"\xff\0" * 500_000),
    "JPEG restart markers": after_soi(jpeg(), b"\xff\xd0" * 500_000),
    "JPEG junk": after_soi(jpeg(), segment(0xFE) + b"\0" * 1_000_000),
    "JPEG standalone markers": after_soi(jpeg(), b"\xff\xf0" * 500_000),
    "PNG text": png_with(b"tEXt", b"a\0b", 66_000),
    "PNG text after the pixels": png_with(b"tEXt", b"a\0b", 66_000, at=2),
    "PNG private chunks": png_with(b"prVt", b"", 66_000),
    "PNG profiles": png_with(b"iCCP", b"a\0\0x", 1000),
    "PNG empty IDAT": png_with(b"IDAT", b"", 80_000),
    "PNG frames": png_with(b"fdAT", b"\0\0\0\0", 80_000, at=2),
    "WebP chunks": webp_with(b"abcd\0\0\0\0", 100_000),
    "WebP chunks in a frame": animation_of_chunks(100_000),
}


@pytest.mark.parametrize("name", MANY)
def test_image_with_too_many_parts_is_rejected_before_opening(
    name: str, opened: list[object]
) -> None:
    error = refusal(MANY[name])
    assert (error.code, error.status) == ("image_unreadable", 422)
    assert [each.field for each in error.fields] == ["reference"]
    assert not opened


def test_error_names_the_part_and_the_limit() -> None:
    assert "100 scans" in refusal(MANY["JPEG scans"]).message
    assert "1000 segments" in refusal(MANY["JPEG segments"]).message
    assert "500 chunks of metadata" in refusal(MANY["PNG text"]).message
    limit = max_chunks(len(MANY["WebP chunks"]))
    assert f"{limit} chunks" in refusal(MANY["WebP chunks"]).message


@pytest.mark.parametrize("sof", [0xC3, 0xC9, 0xCA])
def test_jpeg_type_unsupported_by_browsers_is_rejected(sof: int, opened: list[object]) -> None:
    error = refusal(jpeg().replace(b"\xff\xc0", bytes([0xFF, sof])))
    assert error.code == "image_unreadable"
    assert "baseline and progressive" in error.message
    assert not opened


def test_images_from_common_encoders_are_accepted() -> None:
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    frames = [Image.new("RGB", (9, 9), (each % 256, each // 256, 0)) for each in range(400)]
    profile = segment(0xE2, b"ICC_PROFILE\0" + bytes(65_000)) * 255
    accepted = {
        "a large PNG in chunks of 8 KiB": png_of(
            [
                (kind, body[at : at + 8192])
                for kind, body in chunks_of(file(noise, "PNG"))
                for at in range(0, max(len(body), 1), 8192)
            ]
        ),
        "PNG text": png_with(b"tEXt", b"a\0b", 200),
        "APNG": file(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "WebP animation": file(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "a progressive JPEG": file(noise, "JPEG", progressive=True),
        "the largest number of scans": jpeg_with_scans(100, progressive=True),
        "restart markers": file(noise, "JPEG", restart_marker_blocks=1),
        "a JPEG with a long profile": after_soi(jpeg(), profile),
        "fill bytes": after_soi(jpeg(), b"\xff" * 1000),
        "a JPEG before a film": jpeg() + b"\xff\xda\0\2" * 1000,
    }
    for name, content in accepted.items():
        assert read(content).png.startswith(b"\x89PNG"), name


def test_scans_and_segments_are_counted_as_in_libjpeg() -> None:
    thumbnail = jpeg(progressive=True)
    content = after_soi(jpeg(progressive=True), segment(0xE1, b"Exif\0\0" + thumbnail))
    scans = len(scans_of(thumbnail))
    assert scans > 1
    assert structure.check_structure("JPEG", content).scans == scans


def test_image_is_opened_under_the_decoding_limit(
    monkeypatch: pytest.MonkeyPatch, opened: list[object]
) -> None:
    places = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    monkeypatch.setattr(uploads, "_IN_PROCESS", places)
    assert places.take()
    assert refusal(jpeg()).code == "unavailable"
    assert not opened


def test_memory_hungry_images_are_decoded_in_a_subprocess(started: list[object]) -> None:
    long_jpeg = Image.new("RGB", (20_000, 600))  # libjpeg downscales none whose height is small
    clear = Image.new("RGBA", (9, 9), (10, 200, 30, 40))
    for content in (
        file(Image.new("RGB", (9, 9)), "WEBP", lossless=True),
        file(clear, "WEBP"),
        file(long_jpeg, "JPEG"),
    ):
        started.clear()
        read(content)
        assert len(started) == 1
    started.clear()
    read(file(Image.new("RGB", (9, 9)), "WEBP"))
    read(jpeg(3500))
    assert not started


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def chained_profile(links: int) -> bytes:
    """Return an ICC profile whose D2B0 repeats one matrix element by reference."""
    matrix = b"matf\0\0\0\0" + struct.pack(">HH12f", 3, 3, *(0, 1, 0, 1, 0, 0, 0, 0, 1), 0, 0, 0)
    head = b"mpet\0\0\0\0" + struct.pack(">HHI", 3, 3, links)
    chain = head + struct.pack(">II", len(head) + 8 * links, len(matrix)) * links + matrix
    tags = {b"D2B0": chain, b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)}
    directory, data = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        at = 128 + 4 + 12 * len(tags) + len(data)
        directory += name + struct.pack(">II", at, len(body))
        data += body
    length = 128 + len(directory) + len(data)
    header = struct.pack(">I4sI", length, b"lcms", 0x04400000) + b"mntrRGB XYZ " + bytes(12)
    header = header + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + directory + data


def test_profile_of_chained_elements_is_not_applied() -> None:
    """Each element costs 8 bytes and is evaluated for each of 36,000 colours."""
    for links in (1, 40_000):
        picture = Image.new("RGB", (4, 4), (10, 200, 30))
        content = file(picture, "PNG", icc_profile=chained_profile(links))
        made = Image.open(io.BytesIO(read(content).png))
        assert made.getpixel((0, 0)) == (10, 200, 30)
