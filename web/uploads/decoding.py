"""Decoding a picture that a stranger sent, in bounded memory, to a plain upright PNG.

Run: python -m web.uploads.decoding < picture > reference.png   (as `decode_apart` does)
"""

import io
import resource
import subprocess
import sys
from typing import BinaryIO

from PIL import Image, ImageCms

from shared.image_formats import PICTURE_FORMATS as FORMATS
from shared.image_formats import UNREADABLE

__all__ = [
    "CHILD_BYTES",
    "FORMATS",
    "MAX_SIDE_PX",
    "UNREADABLE",
    "NeedsTooMuchMemory",
    "Unreadable",
    "decode_apart",
    "decode_here",
    "is_animation",
]

MAX_SIDE_PX = 1024
"""Longer side of a stored reference; the vision model looks at far fewer."""

_STRIP_PX = 512
_COMPRESS_LEVEL = 3
"""Nine photographs: in half the time of the usual 6 (median), and at most 8 % larger."""
CHILD_BYTES = 1536 * 1024 * 1024
"""Address space of a process that decodes apart."""
_CHILD_S = 30
_EXIT_UNREADABLE = 3
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unreadable(Exception):
    """The bytes are not a whole picture."""


class NeedsTooMuchMemory(Exception):
    """The picture would need more memory or time than one upload is given."""


def is_animation(image: Image.Image) -> bool:
    """Tell an animation from a still; a JPEG's further pictures (MPO) are previews, not frames."""
    return image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1


def decode_here(source: BinaryIO) -> bytes:
    """Give the first frame as PNG: RGB in sRGB, upright, on white, without metadata.

    Raises:
        Unreadable: the bytes are broken or cut short.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            image.draft("CMYK" if image.mode == "CMYK" else "RGB", (MAX_SIDE_PX, MAX_SIDE_PX))
            image.load()
            small = _in_srgb(_fitted(_shrunk(image)), image.info.get("icc_profile"))
            return _encoded(_upright(small, image))
    except UNREADABLE as error:
        raise Unreadable(str(error)) from error


def decode_apart(source: BinaryIO) -> bytes:
    """Do as `decode_here` in a child process whose memory and time are limited.

    Raises:
        Unreadable: the bytes are broken or cut short.
        NeedsTooMuchMemory: the child was stopped by one of its limits.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", "web.uploads.decoding"],
            input=source.read(),
            capture_output=True,
            timeout=_CHILD_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NeedsTooMuchMemory(f"decoding took more than {_CHILD_S} s") from error
    if child.returncode == 0:
        return child.stdout
    if child.returncode == _EXIT_UNREADABLE:
        raise Unreadable(child.stderr.decode(errors="replace").strip())
    raise NeedsTooMuchMemory(f"decoding ended with status {child.returncode}")


def _shrunk(image: Image.Image) -> Image.Image:
    """Average blocks of pixels, strip by strip, until at most twice the wanted side is left."""
    factor = max(image.size) // (2 * MAX_SIDE_PX)
    if factor <= 1:
        return _plain(image)
    width, height = image.size
    small: Image.Image | None = None
    step = _STRIP_PX // factor * factor or factor
    for top in range(0, height, step):
        strip = _plain(image.crop((0, top, width, min(top + step, height)))).reduce(factor)
        if small is None:
            small = Image.new(strip.mode, (strip.width, -(-height // factor)))
        small.paste(strip, (0, top // factor))
    assert small is not None  # a picture has rows
    return small


def _plain(image: Image.Image) -> Image.Image:
    """Give RGB or CMYK, 8 bits a channel; what is transparent lies on white."""
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "CMYK":
        return image
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    return image.convert("RGB")


def _fitted(image: Image.Image) -> Image.Image:
    scale = MAX_SIDE_PX / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Carry the colours over from an embedded profile; a broken profile counts as none."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(_ORIENTATION_TAG)
    except (*UNREADABLE, Warning):  # the pixels are fine: a broken EXIF block does not matter
        orientation = None
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _encoded(image: Image.Image) -> bytes:
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=_COMPRESS_LEVEL)
    return out.getvalue()


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CHILD_S, _CHILD_S))
    try:
        png = decode_here(io.BytesIO(sys.stdin.buffer.read()))
    except Unreadable as error:
        sys.stderr.write(str(error))
        return _EXIT_UNREADABLE
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
