"""Decodes an untrusted image in bounded memory to an upright sRGB PNG.

Run: python -m web.uploads.decoding < picture > reference.png   (as `decode_in_subprocess` does)
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
    "FORMATS",
    "MAX_SIDE_PX",
    "MAX_SUBPROCESS_BYTES",
    "UNREADABLE",
    "DecodingLimitExceeded",
    "Unreadable",
    "decode_in_process",
    "decode_in_subprocess",
    "is_animation",
]

MAX_SIDE_PX = 1024
"""Longer side of a stored reference image; the vision model uses far fewer pixels."""

_STRIP_PX = 512
_COMPRESS_LEVEL = 3
"""Of nine photographs: half the time of the default 6 (median), and at most 8 % larger."""
MAX_SUBPROCESS_BYTES = 1536 * 1024 * 1024
"""Limit on the address space of a decoding subprocess."""
_CHILD_CPU_S = 10
"""Limit on the CPU time of a decoding subprocess; the largest images take 1 to 3 s."""
_CHILD_S = 20
"""Limit on its wall time, for where other processes share the cores."""
_MULTI_PROCESS_ELEMENTS = b"mpet"
"""Tag type of an ICC profile: a chain of any length, in 8 bytes a link, run per colour."""
_EXIT_UNREADABLE = 3
_ORIENTATION_TAG = 0x0112
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unreadable(Exception):
    """The bytes are not a complete image."""


class DecodingLimitExceeded(Exception):
    """Decoding the image exceeds the memory or time limit of one upload."""


def is_animation(image: Image.Image) -> bool:
    """Return whether an image is animated; further images of a JPEG (MPO) are previews."""
    return image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1


def decode_in_process(source: BinaryIO) -> bytes:
    """Return the first frame as PNG: RGB in sRGB, upright, on white, without metadata.

    Raises:
        Unreadable: the bytes are corrupt or truncated.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            image.draft("CMYK" if image.mode == "CMYK" else "RGB", (MAX_SIDE_PX, MAX_SIDE_PX))
            image.load()
            small = _to_srgb(_resize(_downsample(image)), image.info.get("icc_profile"))
            return _encode_png(_apply_orientation(small, image))
    except UNREADABLE as error:
        raise Unreadable(str(error)) from error


def decode_in_subprocess(source: BinaryIO) -> bytes:
    """Decode as `decode_in_process`, in a subprocess with limited memory and time.

    Raises:
        Unreadable: the bytes are corrupt or truncated.
        DecodingLimitExceeded: a limit stopped the subprocess.
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
        raise DecodingLimitExceeded(f"decoding took more than {_CHILD_S} s") from error
    if child.returncode == 0:
        return child.stdout
    if child.returncode == _EXIT_UNREADABLE:
        raise Unreadable(child.stderr.decode(errors="replace").strip())
    raise DecodingLimitExceeded(f"decoding ended with status {child.returncode}")


def _downsample(image: Image.Image) -> Image.Image:
    """Downsample by block averages, strip by strip, to at most twice the target side."""
    factor = max(image.size) // (2 * MAX_SIDE_PX)
    if factor <= 1:
        return _to_8_bit(image)
    width, height = image.size
    small: Image.Image | None = None
    step = _STRIP_PX // factor * factor or factor
    for top in range(0, height, step):
        strip = _to_8_bit(image.crop((0, top, width, min(top + step, height)))).reduce(factor)
        if small is None:
            small = Image.new(strip.mode, (strip.width, -(-height // factor)))
        small.paste(strip, (0, top // factor))
    assert small is not None  # an image has rows
    return small


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Return RGB or CMYK with 8 bits per channel; transparency is composited on white."""
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "CMYK":
        return image
    if image.has_transparency_data:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, "white")
        background.alpha_composite(image)
        image = background
    return image.convert("RGB")


def _resize(image: Image.Image) -> Image.Image:
    scale = MAX_SIDE_PX / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the embedded colour profile to sRGB; ignore a corrupt or unbounded profile."""
    if profile and _MULTI_PROCESS_ELEMENTS not in profile:
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


def _apply_orientation(image: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(_ORIENTATION_TAG)
    except (*UNREADABLE, Warning):  # a corrupt EXIF block does not affect the pixels
        orientation = None
    transpose = _TRANSPOSES.get(orientation) if isinstance(orientation, int) else None
    return image if transpose is None else image.transpose(transpose)


def _encode_png(image: Image.Image) -> bytes:
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=_COMPRESS_LEVEL)
    return out.getvalue()


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_SUBPROCESS_BYTES, MAX_SUBPROCESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CHILD_CPU_S, _CHILD_CPU_S))
    try:
        png = decode_in_process(io.BytesIO(sys.stdin.buffer.read()))
    except Unreadable as error:
        sys.stderr.write(str(error))
        return _EXIT_UNREADABLE
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
