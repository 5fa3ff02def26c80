"""Convert expected errors of commands to a one-line message and an exit code."""

import sys
from typing import Any

import click

from codesigner.client import Refused, Unreachable
from codesigner.embedded_servers import EmbeddedServersMissing
from codesigner.home import HomeInUse
from codesigner.installation import InvalidSettings
from shared.errors import CodesignerError

__all__ = ["CommandFailed", "ErrorHandlingGroup", "ServerUnreachable"]

_EXTRAS = {
    "celery": "worker",
    "flask": "web",
    "flask_babel": "web",
    "gunicorn": "web",
    "itsdangerous": "web",
    "lxml": "worker",
    "numpy": "worker",
    "picosvg": "worker",
    "psutil": "embedded",
    "torch": "worker",
    "transformers": "worker",
}


class CommandFailed(click.ClickException):
    """A command failed; the message says why. Exit code 1."""


class ServerUnreachable(CommandFailed):
    """A server that the command needs is unreachable. Exit code 3."""

    exit_code = 3


class ErrorHandlingGroup(click.Group):
    """A command group that prints expected errors as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if (failure := _as_failure(error)) is None:
                raise
            raise failure from None


def _as_failure(error: Exception) -> CommandFailed | None:
    """Return the failure for an expected error, else None."""
    if isinstance(error, Unreachable):
        return ServerUnreachable(str(error))
    if isinstance(error, (Refused, InvalidSettings, HomeInUse, EmbeddedServersMissing)):
        return CommandFailed(str(error))
    if isinstance(error, CodesignerError):
        return CommandFailed(f"{error.message} ({error.code})")
    if isinstance(error, ModuleNotFoundError):
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return None
        return CommandFailed(f"{error.name} is not installed: pip install 'codesigner[{extra}]'")
    return _from_database(error)


def _from_database(error: Exception) -> CommandFailed | None:
    exceptions: Any = sys.modules.get("sqlalchemy.exc")  # not imported: it cannot have raised
    if exceptions is None or not isinstance(error, exceptions.DBAPIError):
        return None
    reason = str(error.orig).strip().splitlines()[0]
    if isinstance(error, exceptions.OperationalError):
        return ServerUnreachable(f"the database does not answer: {reason}")
    if isinstance(error, exceptions.ProgrammingError):
        return CommandFailed(f"{reason}; run `codesigner migrate`?")
    return None
