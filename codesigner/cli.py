"""Entry point of the command `codesigner`; subcommands are imported lazily.

Exit codes: 0 success, 1 failure, 2 usage error, 3 unreachable, 130 interrupted.
"""

from importlib import import_module

import click

from codesigner.commands.errors import ErrorHandlingGroup

__all__ = ["main"]

_MODULES = {
    "parts": ("up", "stop", "sign-in", "web", "worker", "relay", "migrate", "healthy"),
    "doctor": ("doctor",),
    "jobs": ("submit", "status", "download", "demo"),
    "batches": ("batch",),
    "prints": ("print",),
    "drawing": ("draw",),
    "training": ("train", "evaluate"),
    "models": ("models",),
    "motifs": ("motifs",),
    "queue": ("queue", "clients"),
    "audit": ("audit",),
    "deletions": ("deletions",),
    "webhooks": ("webhooks",),
    "accounts": ("accounts",),
}
"""Command names by module of `codesigner.commands`; a module is imported on first use."""


class _Commands(ErrorHandlingGroup):
    """A command group that imports the modules of its commands lazily."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(name for names in _MODULES.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module, names in _MODULES.items():
            if cmd_name in names and cmd_name not in self.commands:
                for command in import_module(f"codesigner.commands.{module}").COMMANDS:
                    self.add_command(command)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="codesigner", prog_name="codesigner")
def main() -> None:
    """Design product surfaces from a text brief and a reference image."""
