"""Administration command for the quotas of accounts."""

from typing import TYPE_CHECKING, Any

import click

from codesigner.commands.models import database_session
from codesigner.host_actor import host_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.jobs.quotas import Limit

__all__ = ["quota"]


class _Most(click.ParamType[str]):
    """A limit: a number, 0 for none, or default for that of the installation."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value != "default" and not str(value).isdecimal():
            self.fail(f"{value} is neither a whole number nor default.", param, ctx)
        return value


@click.command()
@click.argument("name")
@click.option("--jobs-per-day", type=_Most(), help="Jobs submitted in 24 hours.")
@click.option("--max-jobs", type=_Most(), help="Unfinished jobs.")
@click.option("--max-bytes", type=_Most(), help="Bytes of the files of its jobs.")
def quota(name: str, **given: str | None) -> None:
    """Set own limits of account NAME, or show them and what is used.

    A limit is a number, 0 for none, or default for that of the installation.
    """
    from shared.accounts.quotas import set_quota
    from shared.jobs.quotas import Limits, owner_quota, read_limits
    from shared.settings import load_settings

    changes = {
        column: None if value == "default" else int(value)
        for column, value in given.items()
        if value is not None
    }
    with database_session() as session:
        account = set_quota(session, host_actor(), name, changes)
        limits = Limits(quota=owner_quota(load_settings()), account_id=account.id)
        _print(read_limits(session, f"account:{account.id}", limits))


def _print(limits: "Sequence[Limit]") -> None:
    for limit in limits:
        most = "unlimited" if limit.most is None else f"of {limit.most}"
        click.echo(f"{limit.name}: {limit.used} {most}")
