"""Decodes an untrusted image in bounded memory to an upright sRGB PNG.

Run: python -m web.uploads.decoding <format> <max_pixels> < picture   (as `decode_in_subprocess`
does); the output is a line with the number of frames, then the PNG.
"""

import io
import resource
import subprocess
import sys
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, UnidentifiedImageError

from shared.image_formats import UNREADABLE

__all__ = [
    "MAX_SIDE_PX",
    "MAX_SUBPROCESS_BYTES",
    "UNREADABLE",
    "Decoded",
    "DecodingLimitExceeded",
    "TooManyPixels",
    "Transparent",
    "Unreadable",
    "decode_in_process",
    "decode_in_subprocess",
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
_EXIT_UNREADABLE, _EXIT_TOO_MANY_PIXELS, _EXIT_TRANSPARENT = 3, 4, 5
_COUNTED = frozenset({"PNG", "WEBP", "AVIF", "HEIF"})
"""Formats whose header tells the number of frames; further images of a JPEG are previews."""
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


class Transparent(Exception):
    """No pixel of the image is visible."""


class TooManyPixels(Exception):
    """The image has more pixels than are accepted; the arguments are width and height, if known."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A decoded image."""

    png: bytes
    """RGB, or RGBA if a pixel is transparent; in sRGB, upright, without metadata."""
    frames: int
    """Number of frames, 1 where the format's header does not tell it."""


def decode_in_process(source: BinaryIO, format_name: str, max_pixels: int) -> Decoded:
    """Decode the first frame; of a HEIF the primary image.

    Args:
        format_name: the only format that is accepted, by Pillow's name.
        max_pixels: limit on width times height, checked before pixels are decoded.

    Raises:
        Unreadable: the bytes are corrupt, truncated or of another format.
        TooManyPixels: the image exceeds `max_pixels`.
        Transparent: no pixel is visible.
    """
    try:
        with Image.open(source, formats=(format_name,)) as image:
            if image.width * image.height > max_pixels:
                raise TooManyPixels(*image.size)
            frames = getattr(image, "n_frames", 1) if image.format in _COUNTED else 1
            image.draft("CMYK" if image.mode == "CMYK" else "RGB", (MAX_SIDE_PX, MAX_SIDE_PX))
            image.load()
            small = _to_srgb(_resize(_downsample(image)), image.info.get("icc_profile"))
            return Decoded(png=_encode_png(_apply_orientation(small, image)), frames=frames)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except UnidentifiedImageError as error:  # whose text names a Python object
        raise Unreadable(f"its content is not {format_name}") from error
    except UNREADABLE as error:
        raise Unreadable(str(error)) from error


def decode_in_subprocess(source: BinaryIO, format_name: str, max_pixels: int) -> Decoded:
    """Decode as `decode_in_process`, in a subprocess with limited memory and time.

    Raises:
        Unreadable, TooManyPixels, Transparent: as `decode_in_process`.
        DecodingLimitExceeded: a limit stopped the subprocess.
    """
    try:
        child = subprocess.run(
            [
                *(sys.executable, "-W", "ignore", "-m", "web.uploads.decoding"),
                *(format_name, str(max_pixels)),
            ],
            input=source.read(),
            capture_output=True,
            timeout=_CHILD_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DecodingLimitExceeded(f"decoding took more than {_CHILD_S} s") from error
    if child.returncode == 0:
        frames, _, png = child.stdout.partition(b"\n")
        return Decoded(png=png, frames=int(frames))
    reason = child.stderr.decode(errors="replace").strip()
    if child.returncode == _EXIT_UNREADABLE:
        raise Unreadable(reason)
    if child.returncode == _EXIT_TOO_MANY_PIXELS:
        raise TooManyPixels(*map(int, reason.split()))
    if child.returncode == _EXIT_TRANSPARENT:
        raise Transparent
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
    """Return RGB, RGBA or CMYK with 8 bits per channel."""
    if image.mode == "F":
        raise ValueError("floating-point samples have no defined white")
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "CMYK":
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _resize(image: Image.Image) -> Image.Image:
    scale = MAX_SIDE_PX / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return RGB or RGBA in sRGB, converted from the embedded colour profile."""
    if image.mode != "RGBA":
        return _colours_to_srgb(image, profile)
    alpha = image.getchannel("A")
    converted = _colours_to_srgb(image.convert("RGB"), profile)
    converted.putalpha(alpha)
    return converted


def _colours_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from a colour profile to sRGB; ignore a corrupt or unbounded profile."""
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
    """Encode the pixels alone, without the colours of invisible ones."""
    pixels = image.width * image.height
    alphas = image.getchannel("A").histogram() if image.mode == "RGBA" else [0] * 255 + [pixels]
    if alphas[0] == pixels:
        raise Transparent
    if alphas[255] < pixels:
        bare = Image.alpha_composite(Image.new("RGBA", image.size), image)
    else:
        bare = Image.new("RGB", image.size)
        bare.paste(image.convert("RGB"))
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=_COMPRESS_LEVEL)
    return out.getvalue()


def _register_decoders(format_name: str) -> None:
    """Register what the format needs beside Pillow, and have it decode in one thread."""
    if format_name == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(
            thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
        )
    elif format_name == "AVIF":
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def _main(format_name: str, max_pixels: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_SUBPROCESS_BYTES, MAX_SUBPROCESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CHILD_CPU_S, _CHILD_CPU_S))
    _register_decoders(format_name)
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        decoded = decode_in_process(content, format_name, max_pixels)
    except Unreadable as error:
        sys.stderr.write(str(error))
        return _EXIT_UNREADABLE
    except TooManyPixels as error:
        sys.stderr.write(" ".join(map(str, error.args)))
        return _EXIT_TOO_MANY_PIXELS
    except Transparent:
        return _EXIT_TRANSPARENT
    sys.stdout.buffer.write(b"%d\n" % decoded.frames + decoded.png)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], int(sys.argv[2])))
