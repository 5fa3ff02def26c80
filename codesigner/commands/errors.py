"""Turns the errors that commands may meet into one line and an exit code."""

from typing import Any

import click

from codesigner.client import Refused, Unreachable
from codesigner.embedded import EmbeddedServersMissing
from codesigner.environment import BadSettings
from codesigner.home import HomeInUse
from shared.errors import CodesignerError

__all__ = ["CommandFailed", "NothingAnswers", "OneLineErrors"]

_EXTRAS = {
    "celery": "worker",
    "flask": "web",
    "flask_babel": "web",
    "gunicorn": "web",
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
        from sqlalchemy.exc import OperationalError, ProgrammingError

        try:
            return super().invoke(ctx)
        except Unreachable as error:
            raise NothingAnswers(str(error)) from None
        except (Refused, BadSettings, HomeInUse, EmbeddedServersMissing) as error:
            raise CommandFailed(str(error)) from None
        except CodesignerError as error:
            raise CommandFailed(f"{error.message} ({error.code})") from None
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise NothingAnswers(f"the database does not answer: {reason}") from None
        except ProgrammingError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise CommandFailed(f"{reason}; has `codesigner migrate` been run?") from None
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            raise CommandFailed(
                f"{error.name} is not installed: pip install 'codesigner[{extra}]'"
            ) from None
