"""Turns the errors that commands may meet into one line and an exit code."""

import sys
from typing import Any

import click

from codesigner.client import Refused, Unreachable
from codesigner.embedded_servers import EmbeddedServersMissing
from codesigner.home import HomeInUse
from codesigner.installation import BadSettings
from shared.errors import CodesignerError

__all__ = ["CommandFailed", "NothingAnswers", "OneLineErrors"]

_EXTRAS = {
    "celery": "worker",
    "flask": "web",
    "flask_babel": "web",
    "gunicorn": "web",
    "itsdangerous": "web",
    "numpy": "worker",
    "psutil": "embedded",
    "torch": "worker",
    "transformers": "worker",
}


class CommandFailed(click.ClickException):
    """A command did not do what it was asked to; the message says why."""


class NothingAnswers(CommandFailed):
    """What the command needs is not there."""

    exit_code = 3


class OneLineErrors(click.Group):
    """A group whose commands end with one line where something is amiss."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if (told := _one_line(error)) is None:
                raise
            raise told from None


def _one_line(error: Exception) -> CommandFailed | None:
    """Give what a command ends with; None: the error is no such one."""
    if isinstance(error, Unreachable):
        return NothingAnswers(str(error))
    if isinstance(error, (Refused, BadSettings, HomeInUse, EmbeddedServersMissing)):
        return CommandFailed(str(error))
    if isinstance(error, CodesignerError):
        return CommandFailed(f"{error.message} ({error.code})")
    if isinstance(error, ModuleNotFoundError):
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return None
        return CommandFailed(f"{error.name} is not installed: pip install 'codesigner[{extra}]'")
    return _of_database(error)


def _of_database(error: Exception) -> CommandFailed | None:
    database: Any = sys.modules.get("sqlalchemy.exc")  # not loaded: nothing of it was raised
    if database is None or not isinstance(error, database.DBAPIError):
        return None
    reason = str(error.orig).strip().splitlines()[0]
    if isinstance(error, database.OperationalError):
        return NothingAnswers(f"the database does not answer: {reason}")
    if isinstance(error, database.ProgrammingError):
        return CommandFailed(f"{reason}; has `codesigner migrate` been run?")
    return None
