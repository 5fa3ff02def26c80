"""Administration commands for accounts and their API keys."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from codesigner.commands.models import database_session
from codesigner.commands.quotas import quota
from codesigner.host_actor import host_actor
from shared.accounts.links import INVITATION_PATH, RESET_PATH, token_link
from shared.accounts.rights import ROLES, SCOPE_NAMES
from shared.errors import AccountNotFound
from shared.main_workspace import MAIN_WORKSPACE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.db.account_models import Account

__all__ = ["COMMANDS"]

_DAY_S = 86_400.0
_workspace = click.option(
    "--workspace", default=MAIN_WORKSPACE, show_default=True, help="Id of the workspace."
)


@click.group()
def accounts() -> None:
    """Add, list, invite and disable accounts, reset passwords, manage API keys."""


@accounts.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="designer", show_default=True)
@click.option("--email", default=None, help="E-mail address, which can be signed in with too.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@_workspace
def add(name: str, role: str, email: str | None, password_stdin: bool, workspace: str) -> None:
    """Add an account NAME; asks for its password."""
    from shared.accounts.people import NewAccount
    from shared.audit.account_acts import add_account

    password = _read_password(from_stdin=password_stdin)
    with database_session() as session:
        new = NewAccount(name=name, password=password, email=email)
        account = add_account(session, host_actor(), new, workspace, role)
        click.echo(f"Added: {account.name}, {role}.")


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _find(session: "Session", name: str) -> "Account":
    from shared.accounts.people import find_account

    if (account := find_account(session, name)) is None:
        raise AccountNotFound(name)
    return account


@accounts.command("list")
def list_all() -> None:
    """List the accounts with their roles in each workspace."""
    from shared.accounts.people import list_accounts
    from shared.accounts.workspaces import memberships

    with database_session() as session:
        for account in list_accounts(session):
            roles = [f"{role} in {each.id}" for each, role in memberships(session, account.id)]
            email = f" <{account.email}>" if account.email else ""
            disabled = _date(", disabled", account.disabled_at)
            click.echo(f"{account.name}{email}: {', '.join(roles) or 'no workspace'}{disabled}")


def _date(before: str, at: datetime | None) -> str:
    return "" if at is None else f"{before} {at:%Y-%m-%d}"


@accounts.command("invite")
@click.option("--role", type=click.Choice(ROLES), default="designer", show_default=True)
@click.option("--email", default=None, help="E-mail address that the account will have.")
@_workspace
def invite_person(role: str, email: str | None, workspace: str) -> None:
    """Make an invitation for one person; prints its link, which is not stored."""
    from shared.accounts.invitations import Invited
    from shared.audit.account_acts import invite

    with database_session() as session:
        invited = Invited(workspace_id=workspace, role=role, email=email)
        token, invitation = invite(session, host_actor(), invited)
        until = f"{invitation.expires_at:%Y-%m-%d %H:%M}"
    click.echo(_link(INVITATION_PATH, token))
    click.echo(f"Valid once, until {until} UTC.", err=True)


def _link(path: str, token: str) -> str:
    from codesigner.installation import installation_settings

    return token_link(installation_settings().public_url, path, token)


@accounts.command("reset-password")
@click.argument("name")
@click.option("--set", "set_now", is_flag=True, help="Ask for the new password here instead.")
@click.option("--password-stdin", is_flag=True, help="Read it from standard input.")
def reset_password(name: str, set_now: bool, password_stdin: bool) -> None:
    """Make a link for account NAME to set a new password; prints it, it is not stored."""
    from shared.audit.account_acts import make_reset_link, set_password

    if set_now or password_stdin:
        password = _read_password(from_stdin=password_stdin)
        with database_session() as session:
            set_password(session, host_actor(), _find(session, name), password)
        click.echo("Set; all sessions of the account ended.")
        return
    with database_session() as session:
        token = make_reset_link(session, host_actor(), _find(session, name).id, made_by=None)
    click.echo(_link(RESET_PATH, token))
    click.echo("Valid once, for a day.", err=True)


@accounts.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable account NAME: its sessions end, its API keys do not work."""
    from shared.audit.account_acts import disable_account

    with database_session() as session:
        disable_account(session, host_actor(), _find(session, name).id)
    click.echo(f"Disabled: {name}.")


@accounts.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled account NAME sign in again."""
    from shared.audit.account_acts import enable_account

    with database_session() as session:
        enable_account(session, host_actor(), _find(session, name).id)
    click.echo(f"Enabled: {name}.")


@accounts.command()
@click.argument("name")
@click.confirmation_option(prompt="Delete the account with everything that the person made?")
def delete(name: str) -> None:
    """Delete account NAME with everything that the person made; `restore` undoes it for a while."""
    from shared.audit.account_acts import delete_account
    from shared.deletions.ledger import UNDO_S, Asker

    with database_session() as session:
        actor = host_actor()
        delete_account(session, actor, _find(session, name).id, Asker(name=actor.name))
    click.echo(f"Deleted: {name}. It can be restored for {UNDO_S / 60:.0f} minutes.")


@accounts.command()
@click.argument("name")
def restore(name: str) -> None:
    """Restore account NAME, which was deleted less than ten minutes ago."""
    from shared.audit.account_acts import restore_account

    with database_session() as session:
        if not restore_account(session, host_actor(), _find(session, name).id):
            raise AccountNotFound(name)
    click.echo(f"Restored: {name}.")


@accounts.command()
@click.option("--days", type=click.FloatRange(1 / 24, 3650), default=None, help="Days to keep.")
@click.option("--unset", is_flag=True, help="Keep as long as the installation.")
@_workspace
def retention(days: float | None, unset: bool, workspace: str) -> None:
    """Set for how long a workspace keeps new designs after their end, or show it."""
    from shared.accounts.workspaces import lock_workspace
    from shared.audit.account_acts import set_retention

    with database_session() as session:
        if days is not None or unset:
            kept_s = None if days is None or unset else days * _DAY_S
            set_retention(session, host_actor(), workspace, kept_s)
        kept_s = lock_workspace(session, workspace).retention_s
    click.echo("As long as the installation." if kept_s is None else f"{kept_s / _DAY_S:g} days.")


@accounts.group()
def keys() -> None:
    """Manage the API keys of accounts."""


@keys.command("list")
@click.argument("name")
def list_all_keys(name: str) -> None:
    """List the API keys of account NAME that are neither revoked nor expired."""
    from shared.accounts.api_keys import list_keys

    with database_session() as session:
        for key in list_keys(session, _find(session, name).id):
            until = _date(", until", key.expires_at)
            used = _date(", last used", key.last_used_at) or ", never used"
            scopes = ", ".join(key.scopes)
            click.echo(
                f"{key.id} {key.prefix} {key.name}: {scopes} in {key.workspace_id}{until}{used}"
            )


@keys.command("add")
@click.argument("name")
@click.argument("key_name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPE_NAMES),
    multiple=True,
    required=True,
    help="What it may do; repeatable.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help="Days for which it is valid.",
)
@_workspace
def add_key(name: str, key_name: str, scopes: tuple[str, ...], days: int, workspace: str) -> None:
    """Make an API key KEY_NAME for account NAME; prints it, it is not stored."""
    from shared.accounts.api_keys import NewKey
    from shared.audit.account_acts import create_key

    with database_session() as session:
        new = NewKey(
            account_id=_find(session, name).id,
            workspace_id=workspace,
            name=key_name,
            scopes=scopes,
            lifetime_s=days * _DAY_S,
        )
        key, _row = create_key(session, host_actor(), new)
    click.echo(key)


@keys.command("revoke")
@click.argument("name")
@click.argument("key_id")
def revoke(name: str, key_id: str) -> None:
    """Revoke the API key KEY_ID of account NAME."""
    from shared.audit.account_acts import revoke_key

    with database_session() as session:
        revoke_key(session, host_actor(), key_id, _find(session, name).id)
    click.echo("Revoked.")


accounts.add_command(quota)
COMMANDS: tuple[click.Command, ...] = (accounts,)
