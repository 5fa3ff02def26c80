"""Small pictures drawn for tests: tiles, sketches, sheets and photographs."""

import io
import math

from PIL import Image, ImageDraw

__all__ = ["as_jpeg", "as_png", "photo", "sheet", "sketch", "tile"]

_COLOURS = ("#1f4d4f", "#e9c46a", "#e76f51", "#8ecfc4", "#264653", "#f4a261", "#6d597a", "#b8c0c8")


def tile(number: int, side_px: int = 128) -> Image.Image:
    """Draw a seamless pattern of discs that depends on the number."""
    image = Image.new("RGB", (side_px, side_px), _COLOURS[number % 8])
    draw = ImageDraw.Draw(image)
    radius = side_px // 5
    for x in (0, side_px // 2, side_px):
        for y in (0, side_px // 2, side_px):
            fill = _COLOURS[(number + 1 + (x + y) // side_px) % 8]
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return image


def sketch(number: int) -> Image.Image:
    """Draw the pattern on a rounded shape."""
    image = Image.new("RGB", (480, 600), "#e9e6df")
    paper = Image.new("RGB", image.size)
    motif = tile(number)
    for x in range(0, 480, 128):
        for y in range(0, 600, 128):
            paper.paste(motif, (x, y))
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).rounded_rectangle((110, 40, 370, 560), 46, fill=255)
    image.paste(paper, mask=mask)
    return image


def sheet(number: int) -> Image.Image:
    """Draw eight patterns side by side."""
    image = Image.new("RGB", (4 * 128, 2 * 128))
    for place in range(8):
        image.paste(tile(number + place), (place % 4 * 128, place // 4 * 128))
    return image


def photo(width_px: int = 640, height_px: int = 480) -> Image.Image:
    """Draw a picture with the smooth colours of a photograph."""
    image = Image.new("RGB", (64, 48))
    for x in range(64):
        for y in range(48):
            wave = math.sin(x / 9) + math.cos(y / 7)
            image.putpixel((x, y), (int(120 + 50 * wave), 110 + y * 2, 200 - x))
    return image.resize((width_px, height_px), Image.Resampling.BICUBIC)


def as_jpeg(image: Image.Image) -> bytes:
    """Return the picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", xmp=b"<x:xmpmeta/>")
    return out.getvalue()


def as_png(image: Image.Image) -> bytes:
    """Return the picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
