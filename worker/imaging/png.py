"""PNG files of tiles and prints, with their metadata as text chunks and XMP."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from worker.imaging.metadata import SOFTWARE, PictureMetadata, UnrecognisedPicture, xmp_packet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["encode_png", "opaque", "read_metadata", "write_png"]

_XMP_KEYWORD = "XML:com.adobe.xmp"
_RESERVED_KEYWORDS = ("Brief", "Seed", "Variant", "Job", "Description")
# Keywords of a text chunk: 1 to 79 characters of printable Latin-1 (PNG specification, 11.3.3).
_KEYWORD_PATTERN = re.compile(r"[!-~](?:[ -~]{0,77}[!-~])?")


def opaque(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels (H, W, 4) without their alpha channel if nothing is transparent."""
    return pixels[..., :3] if pixels[..., 3].min(initial=255) == 255 else pixels


def write_png(picture: Image.Image | NDArray[np.uint8], metadata: PictureMetadata) -> bytes:
    """Encode a picture, (H, W, 3) or (H, W, 4) uint8 sRGB, with its metadata.

    Equal pictures and metadata give equal bytes: no clock, no host name.

    Raises:
        ValueError: a keyword in `extra` is invalid or reserved; the mode is not RGB, RGBA or L.
    """
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    if image.mode not in ("RGB", "RGBA", "L"):
        raise ValueError(f"a picture of mode {image.mode} must be converted to RGB or RGBA first")
    # A copy of the pixels alone: the metadata of an opened file must not be passed on.
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    return encode_png(clean, _chunks(metadata), metadata.dpi)


def encode_png(
    picture: Image.Image, chunks: PngImagePlugin.PngInfo, dpi: float | None = None
) -> bytes:
    """Encode a picture with these chunks, and with its dots per inch if it has a print size."""
    buffer = BytesIO()
    density = {} if dpi is None else {"dpi": (dpi, dpi)}
    picture.save(buffer, format="PNG", pnginfo=chunks, **density)
    return buffer.getvalue()


def _chunks(metadata: PictureMetadata) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    # sRGB, perceptual intent: without it, print shops assume another colour space.
    chunks.add(b"sRGB", b"\x00")
    chunks.add_itxt(_XMP_KEYWORD, xmp_packet(metadata))
    chunks.add_itxt("Brief", _text(metadata.brief))
    chunks.add_text("Seed", str(metadata.seed))
    chunks.add_text("Variant", str(metadata.variant))
    chunks.add_itxt("Job", _text(metadata.job_url))
    if metadata.description is not None:
        chunks.add_itxt("Description", _text(metadata.description))
    chunks.add_text("Software", SOFTWARE)
    for keyword in sorted(metadata.extra):
        if not _KEYWORD_PATTERN.fullmatch(keyword) or keyword in (
            *_RESERVED_KEYWORDS,
            "Software",
            _XMP_KEYWORD,
        ):
            raise ValueError(f"invalid or reserved PNG text keyword: {keyword!r}")
        chunks.add_itxt(keyword, _text(metadata.extra[keyword]))
    return chunks


def _text(value: str) -> str:
    """Return the text without NUL, which ends a field of a text chunk."""
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def read_metadata(content: bytes) -> PictureMetadata:
    """Read the metadata of a PNG written by `write_png`.

    Raises:
        UnrecognisedPicture: the content is not a PNG, or lacks the brief, the seed or the job.
    """
    try:
        with PngImagePlugin.PngImageFile(BytesIO(content)) as image:
            image.load()
            texts = {name: str(text) for name, text in image.text.items()}
            dpi = _dpi(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnrecognisedPicture("not a readable PNG") from error
    missing = [name for name in ("Brief", "Seed", "Job", _XMP_KEYWORD) if name not in texts]
    if missing:
        raise UnrecognisedPicture(f"the PNG has no text chunk {', '.join(missing)}")
    source_type = re.search(r'Iptc4xmpExt:DigitalSourceType="([^"]*)"', texts[_XMP_KEYWORD])
    if source_type is None:
        raise UnrecognisedPicture("the PNG's XMP has no digital source type")
    reserved = (*_RESERVED_KEYWORDS, "Software", _XMP_KEYWORD)
    return PictureMetadata(
        brief=texts["Brief"],
        seed=int(texts["Seed"]),
        job_url=texts["Job"],
        variant=int(texts.get("Variant", "0")),
        description=texts.get("Description"),
        dpi=dpi,
        digital_source_type=source_type[1],
        extra={name: text for name, text in texts.items() if name not in reserved},
    )


def _dpi(image: Image.Image) -> float | None:
    """Return the density, rounded to whole dots per inch (PNG stores pixels per metre)."""
    dpi = image.info.get("dpi")
    return None if dpi is None else float(round(dpi[0]))
