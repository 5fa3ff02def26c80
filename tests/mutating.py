"""Broken, malicious and unusual upload files, generated from a seed."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pillow_heif
from PIL import Image

__all__ = ["bombs", "chunks_of", "mutated", "png_of", "wholes"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HTML = b"<!doctype html><script>alert(1)</script>"


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _heic(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out)
    return out.getvalue()


def _noise(side_px: int = 48) -> Image.Image:
    return Image.effect_noise((side_px, side_px), 90)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", _HTML)
    return out.getvalue()


def wholes() -> list[bytes]:
    """Return valid files of many formats, supported and unsupported."""
    colour = _noise().convert("RGB")
    frames = [colour, colour.rotate(90)]
    exif = Image.Exif()
    exif[0x0112] = 6
    taken = [
        _file(colour, "PNG"),
        _file(colour.convert("RGBA"), "PNG", compress_level=0),
        _file(colour.convert("P"), "PNG", transparency=1),
        _file(_noise().convert("1"), "PNG"),
        _file(Image.new("I;16", (40, 40), 9), "PNG"),
        _file(colour, "PNG", save_all=True, append_images=frames),
        _file(colour, "JPEG", exif=exif),
        _file(colour, "JPEG", progressive=True),
        _file(colour.convert("CMYK"), "JPEG"),
        _file(_noise(), "JPEG"),
        _file(colour, "WEBP"),
        _file(colour, "WEBP", lossless=True),
        _file(colour, "WEBP", save_all=True, append_images=frames),
        _file(colour, "GIF", save_all=True, append_images=frames),
        _file(colour, "TIFF", compression="tiff_lzw"),
        _file(colour, "AVIF"),
        _heic(colour),
    ]
    others = [_file(colour, kind) for kind in ("BMP", "PPM", "ICO", "PDF", "TGA")]
    return [*taken, *others, _zip(), _HTML, b"<svg/>", b"", b"\x00" * 64, b"%!PS\n", b"PK\x03\x04"]


def chunks_of(png: bytes) -> list[tuple[bytes, bytes]]:
    """Split a PNG into chunks, as far as it can be parsed."""
    found, at = [], len(_SIGNATURE)
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """Join chunks to a PNG with correct checksums."""
    parts = [_SIGNATURE]
    for kind, body in chunks:
        parts += [struct.pack(">I", len(body)), kind, body]
        parts.append(struct.pack(">I", zlib.crc32(kind + body)))
    return b"".join(parts)


def _truncated(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _head_flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4) if changed else 0):
        changed[chance.randrange(min(64, len(changed)))] = chance.choice((0, 1, 127, 128, 255))
    return bytes(changed)


def _shuffled(chance: random.Random, content: bytes) -> bytes:
    cut = sorted(chance.randrange(len(content) + 1) for _ in range(3))
    first, second, third, rest = (
        content[: cut[0]],
        content[cut[0] : cut[1]],
        content[cut[1] : cut[2]],
        content[cut[2] :],
    )
    return chance.choice((first + third + second + rest, first + third + rest, content + second))


def _joined(chance: random.Random, content: bytes) -> bytes:
    """Make a polyglot: a file with another before, after or inside it."""
    other = chance.choice(wholes())
    at = chance.randrange(len(content) + 1)
    return chance.choice((content + other, other + content, content[:at] + other + content[at:]))


def _rechunked(chance: random.Random, content: bytes) -> bytes:
    """Change, drop, repeat or move chunks of a PNG, with correct checksums."""
    found = chunks_of(content) if content.startswith(_SIGNATURE) else []
    if not found:
        return _flipped(chance, content)
    place = chance.randrange(len(found))
    kind, body = found[place]
    match chance.randrange(6):
        case 0:
            found[place] = (kind, _flipped(chance, body))
        case 1:
            found[place] = (kind, _truncated(chance, body))
        case 2:
            del found[place]
        case 3:
            found.insert(chance.randrange(len(found) + 1), (kind, body))
        case 4:
            chance.shuffle(found)
        case _:
            name = chance.choice((b"iCCP", b"zTXt", b"eXIf", b"tRNS", b"PLTE", b"acTL", b"fcTL"))
            found.insert(min(1, len(found)), (name, chance.randbytes(chance.randrange(64))))
    return png_of(found)


def _renamed(chance: random.Random, content: bytes) -> bytes:
    """Replace the signature by that of another format."""
    heads = (_SIGNATURE, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"RIFF\x40\x00\x00\x00WEBPVP8 ")
    return chance.choice(heads) + content[chance.randrange(12) :]


_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _truncated,
    _flipped,
    _head_flipped,
    _shuffled,
    _joined,
    _rechunked,
    _rechunked,
    _renamed,
)


def mutated(seed: int) -> Iterator[bytes]:
    """Yield mutated files endlessly, the same for the same seed."""
    chance = random.Random(seed)
    sources = wholes()
    while True:
        content = chance.choice(sources)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            content = chance.choice(_MUTATIONS)(chance, content)
        yield content


def _head(
    width: int, height: int, *, depth: int = 8, colour: int = 2, interlaced: int = 0
) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)


def _zeros(length: int) -> bytes:
    """Compress zero bytes of the length without holding them in memory."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1_000_000)) for _ in range(length // 1_000_000)]
    return b"".join([*parts, packer.compress(bytes(length % 1_000_000)), packer.flush()])


def _png(head: bytes, data: bytes, *between: tuple[bytes, bytes]) -> bytes:
    return png_of([(b"IHDR", head), *between, (b"IDAT", data), (b"IEND", b"")])


def _bombs_of_further_formats(side: int) -> dict[str, bytes]:
    large = Image.new("RGBA", (side, side), (200, 30, 30, 90))
    small = Image.new("RGB", (64, 64))
    gif = _file(large.convert("L"), "GIF")
    avif, heic = _file(small, "AVIF"), _heic(small)
    size, huge = struct.pack(">II", 64, 64), struct.pack(">II", 65_500, 65_500)
    return {
        "a GIF of all pixels": gif,
        "a GIF of 4 gigapixels": gif[:6] + struct.pack("<HH", 65_500, 65_500) + gif[10:],
        "a TIFF of all pixels": _file(large, "TIFF", compression="tiff_adobe_deflate"),
        "an AVIF of all pixels": _file(large, "AVIF", speed=10),
        "an AVIF that promises much": avif.replace(b"ispe\0\0\0\0" + size, b"ispe\0\0\0\0" + huge),
        "a HEIC that promises much": heic.replace(b"ispe\0\0\0\0" + size, b"ispe\0\0\0\0" + huge),
    }


def bombs(max_pixels: int) -> dict[str, bytes]:
    """Return small files that cost much memory or time when decoded, by name.

    Args:
        max_pixels: the pixel limit of uploads; accepted files are just below it.
    """
    side = int(max_pixels**0.5)
    few = _zeros(31 * 30 * 3 + 30)
    profile = b"x\x00\x00" + _zeros(400_000_000)
    text = b"Comment\x00\x00" + _zeros(400_000_000)
    jpeg = _file(Image.new("RGB", (64, 64)), "JPEG", progressive=True)
    at = jpeg.index(b"\xff\xc2") + 5
    huge_jpeg = jpeg[:at] + struct.pack(">HH", 65_500, 65_500) + jpeg[at + 4 :]
    large_jpeg = jpeg[:at] + struct.pack(">HH", side - 1, side - 1) + jpeg[at + 4 :]
    scans = (
        jpeg[: jpeg.index(b"\xff\xda")] + jpeg[jpeg.index(b"\xff\xda") : -2] * 2000 + b"\xff\xd9"
    )
    return {
        "more pixels than are taken": _png(_head(60_000, 60_000), _zeros(10_000_000)),
        "all pixels, 16 bit with alpha": _png(
            _head(side, side, depth=16, colour=6), _zeros(side * (8 * side + 1))
        ),
        "all pixels, interlaced": _png(
            _head(side, side, interlaced=1), _zeros(side * (3 * side + 1))
        ),
        "one row": _png(_head(max_pixels - 1, 1), _zeros(3 * max_pixels)),
        "one column": _png(_head(1, max_pixels - 1), _zeros(4 * max_pixels)),
        "more data than pixels": _png(_head(30, 30), _zeros(500_000_000)),
        "a profile that swells": _png(_head(30, 30), few, (b"iCCP", profile)),
        "a text that swells": _png(_head(30, 30), few, (b"zTXt", text)),
        "many texts": _png(_head(30, 30), few, *[(b"tEXt", b"a\x00" + b"b" * 90)] * 20_000),
        "frames without end": _png(_head(30, 30), few, (b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        "a progressive JPEG of 4 gigapixels": huge_jpeg,
        "a progressive JPEG of all pixels": large_jpeg,
        "a JPEG of two thousand scans": scans,
        **_bombs_of_further_formats(side),
        "a WebP that promises much": b"RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"
        + b"\xff\xff\xff" * 2
        + bytes(40),
    }
