"""PNG files that tell what they are: brief, seed, job and that a model drew them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from PIL import Image, PngImagePlugin

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DIGITAL_SOURCE_TYPE", "NotOurs", "PngMetadata", "read_metadata", "write_png"]

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's word for media that a trained model made."""

_SOFTWARE = "Codesigner"
_XMP_KEYWORD = "XML:com.adobe.xmp"
_OWN_KEYWORDS = ("Brief", "Seed", "Variant", "Job", "Description")
# Keywords of a text chunk: 1 to 79 characters of printable Latin-1 (PNG specification, 11.3.3).
_KEYWORD = re.compile(r"[!-~](?:[ -~]{0,77}[!-~])?")
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotOurs(ValueError):
    """The file is no PNG that `write_png` wrote."""


@dataclass(frozen=True, kw_only=True)
class PngMetadata:
    """What a picture says of itself."""

    brief: str
    seed: int
    job_url: str
    """Absolute link to the job that made it."""
    variant: int = 0
    description: str | None = None
    """d(I), the text that the picture was drawn from."""
    dpi: float | None = None
    """Dots per inch; None where the picture has no size in print."""
    digital_source_type: str = DIGITAL_SOURCE_TYPE
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """More text chunks by keyword (printable ASCII, at most 79 characters)."""


def write_png(
    picture: Image.Image | NDArray[np.uint8], metadata: PngMetadata, *, compress_level: int = 6
) -> bytes:
    """Encode a picture, (H, W, 3) or (H, W, 4) uint8 sRGB, with its metadata.

    The same picture and metadata give the same bytes: no clock, no host name.

    Args:
        compress_level: 1, quick, to 9, small.

    Raises:
        ValueError: a keyword in `extra` is not allowed or is one of our own; not RGB, RGBA or L.
    """
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    if image.mode not in ("RGB", "RGBA", "L"):
        raise ValueError(f"a picture of mode {image.mode} must be converted to RGB or RGBA first")
    # A fresh copy of the pixels: what an opened file carries along is not ours to pass on.
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    buffer = BytesIO()
    dpi = None if metadata.dpi is None else (metadata.dpi, metadata.dpi)
    chunks = _chunks(metadata)
    density = {} if dpi is None else {"dpi": dpi}
    clean.save(buffer, format="PNG", pnginfo=chunks, compress_level=compress_level, **density)
    return buffer.getvalue()


def _chunks(metadata: PngMetadata) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    # sRGB, perceptual intent: print shops assume otherwise where nothing is said.
    chunks.add(b"sRGB", b"\x00")
    chunks.add_itxt(_XMP_KEYWORD, _xmp(metadata))
    chunks.add_itxt("Brief", _text(metadata.brief))
    chunks.add_text("Seed", str(metadata.seed))
    chunks.add_text("Variant", str(metadata.variant))
    chunks.add_itxt("Job", _text(metadata.job_url))
    if metadata.description is not None:
        chunks.add_itxt("Description", _text(metadata.description))
    chunks.add_text("Software", _SOFTWARE)
    for keyword in sorted(metadata.extra):
        if not _KEYWORD.fullmatch(keyword) or keyword in (*_OWN_KEYWORDS, "Software", _XMP_KEYWORD):
            raise ValueError(f"not a keyword that may be added to a PNG: {keyword!r}")
        chunks.add_itxt(keyword, _text(metadata.extra[keyword]))
    return chunks


def _text(value: str) -> str:
    """Give the text without what PNG forbids (NUL ends a text chunk's field)."""
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _xmp(metadata: PngMetadata) -> str:
    """Write the XMP packet: IPTC digital source type, brief and job link."""
    brief = escape(_NOT_XML.sub("\ufffd", metadata.brief))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about=""\n'
        '    xmlns:dc="http://purl.org/dc/elements/1.1/"\n'
        '    xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n'
        '    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"\n'
        f"    Iptc4xmpExt:DigitalSourceType={quoteattr(metadata.digital_source_type)}\n"
        f"    xmp:CreatorTool={quoteattr(_SOFTWARE)}\n"
        f"    dc:source={quoteattr(_NOT_XML.sub('', metadata.job_url))}>\n"
        f'   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{brief}</rdf:li>'
        "</rdf:Alt></dc:description>\n"
        "  </rdf:Description>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )


def read_metadata(content: bytes) -> PngMetadata:
    """Read back what `write_png` wrote.

    Raises:
        NotOurs: the content is no PNG, or lacks the brief, the seed or the job.
    """
    try:
        with PngImagePlugin.PngImageFile(BytesIO(content)) as image:
            image.load()
            texts = {name: str(text) for name, text in image.text.items()}
            dpi = _dpi(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise NotOurs("not a readable PNG") from error
    missing = [name for name in ("Brief", "Seed", "Job", _XMP_KEYWORD) if name not in texts]
    if missing:
        raise NotOurs(f"the PNG has no text chunk {', '.join(missing)}")
    found = re.search(r'Iptc4xmpExt:DigitalSourceType="([^"]*)"', texts[_XMP_KEYWORD])
    if found is None:
        raise NotOurs("the PNG's XMP tells no digital source type")
    known = (*_OWN_KEYWORDS, "Software", _XMP_KEYWORD)
    return PngMetadata(
        brief=texts["Brief"],
        seed=int(texts["Seed"]),
        job_url=texts["Job"],
        variant=int(texts.get("Variant", "0")),
        description=texts.get("Description"),
        dpi=dpi,
        digital_source_type=found[1],
        extra={name: text for name, text in texts.items() if name not in known},
    )


def _dpi(image: Image.Image) -> float | None:
    """Give the density, rounded to a whole number of dots per inch (PNG keeps dots per metre)."""
    dpi = image.info.get("dpi")
    return None if dpi is None else float(round(dpi[0]))
