"""Run the stages of jobs through the real queue without models."""

import io
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session, sessionmaker

from shared.errors import CodesignerError
from shared.queue import leases as queue
from shared.queue.leases import ArtifactRecord, Claim, StageOutput
from shared.storage.artifacts import ArtifactStore

__all__ = ["StageDriver", "photo", "sheet", "tile"]

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


def as_png(image: Image.Image) -> bytes:
    """Return the picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class StageDriver:
    """A worker without models that claims stage runs and completes or fails them."""

    sessions: sessionmaker[Session]
    store: ArtifactStore

    def claim(self, stage: str) -> Claim:
        """Claim the next stage run."""
        with self.sessions.begin() as session:
            (claim,) = queue.claim(session, stage, "driver@here")
        return claim

    def progress(self, claim: Claim, fraction: float) -> None:
        """Report progress, a fraction from 0 to 1."""
        with self.sessions.begin() as session:
            queue.progress(session, claim, fraction)

    def finish(self, claim: Claim, *, variants: int = 2) -> None:
        """Complete the stage run with its artifacts; a print is of the variant *variants*."""
        made: list[ArtifactRecord] = []
        if claim.stage == "generate":
            made = [self._record("tile", each, tile(each)) for each in range(variants)]
        if claim.stage == "present":
            for each in range(variants):
                small = sketch(each).resize((240, 300))
                made.append(self._record("sketch", each, sketch(each)))
                made.append(self._record("thumbnail", each, small))
        if claim.stage == "print":
            made = [self._record("print", variants, tile(variants, 256))]
            made.append(self._record("thumbnail", variants, tile(0)))
        if claim.stage == "train":
            made = [self._record("samples", each, sheet(each)) for each in range(2)]
        self._finish(claim, tuple(made))

    def _finish(self, claim: Claim, made: tuple[ArtifactRecord, ...]) -> None:
        output = StageOutput(
            output_sha256=self.store.put(f"{claim.job_id} {claim.stage}".encode()),
            output_media_type="application/json",
            artifacts=made,
            description="Calm waves of teal and gold, drawn with a fine brush."
            if claim.stage == "caption"
            else None,
        )
        with self.sessions.begin() as session:
            queue.finish(session, claim, output)

    def _record(self, kind: str, variant: int, image: Image.Image) -> ArtifactRecord:
        content = as_png(image)
        return ArtifactRecord(
            kind=kind,
            variant=variant,
            sha256=self.store.put(content),
            media_type="image/png",
            size_bytes=len(content),
            width=image.width,
            height=image.height,
        )

    def fail(self, claim: Claim, code: str = "out_of_memory", *, retryable: bool = False) -> None:
        """Fail the attempt with an error code."""
        error = CodesignerError(code, "The device had 8 GiB and needed 9.")
        with self.sessions.begin() as session:
            queue.fail(session, claim, error, retryable)

    def run_all(self, *, has_reference: bool = False, variants: int = 2) -> None:
        """Run all stages of the only design job in the queue."""
        for stage in ("caption", "vision", "fusion", "generate", "present"):
            if stage != "vision" or has_reference:
                self.finish(self.claim(stage), variants=variants)
