"""The command `codesigner`: each command imports what it needs, and no more.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 nothing answers, 130 interrupted.
"""

from importlib.metadata import version

import click

from codesigner.commands import (
    batches,
    doctor,
    jobs,
    models,
    parts,
    prints,
    queue,
    training,
    webhooks,
)
from codesigner.commands.errors import OneLineErrors

__all__ = ["main"]


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("codesigner"), prog_name="codesigner")
def main() -> None:
    """Surface designs on products, from a brief in words and a reference image."""


for _module in (parts, doctor, jobs, batches, prints, training, models, queue, webhooks):
    for _command in _module.COMMANDS:
        main.add_command(_command)
