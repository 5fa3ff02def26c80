"""Command `draw`: draw a design record."""

from pathlib import Path

import click

from codesigner.commands.errors import CommandFailed
from shared.designs.parsing import parse_design
from shared.errors import CodesignerError

__all__ = ["COMMANDS"]


@click.command()
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--size",
    type=click.IntRange(16, 8192),
    default=1024,
    show_default=True,
    help="Longer side of the picture in pixels.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="File to write, .png or .svg; default: a PNG beside the record.",
)
def draw(record: Path, size: int, out: Path | None) -> None:
    """Draw the repeating tile of a design record, a JSON file."""
    path = out or record.with_suffix(".png")
    if path.suffix.lower() not in {".png", ".svg"}:
        raise CommandFailed(f"{path}: the file name must end in .png or .svg")
    try:
        content = _drawn(record.read_bytes(), size, path.suffix.lower())
    except CodesignerError as error:
        raise CommandFailed(f"{record}: {error.message}") from None
    path.write_bytes(content)
    click.echo(str(path))


def _drawn(record: bytes, size: int, suffix: str) -> bytes:
    from worker.drawing.files import png_file
    from worker.drawing.svg import svg_document

    design = parse_design(record)
    return png_file(design, size) if suffix == ".png" else svg_document(design).encode()


COMMANDS = (draw,)
