"""Administration commands for the queue: pauses, failed jobs and API clients."""

import time

import click

from codesigner.commands.errors import CommandFailed
from codesigner.commands.models import database_session
from codesigner.host_actor import host_actor
from shared.queue.fairness import PRIORITIES
from shared.queue.pauses import ALL

__all__ = ["COMMANDS"]

_POLL_S = 0.5


@click.group()
def queue() -> None:
    """Show the queue, pause and resume its stages, retry failed jobs."""


@queue.command("show")
def show_queue() -> None:
    """Show the waiting and running jobs by stage and by owner, and the pauses."""
    from rich.console import Console
    from rich.table import Table

    from shared.jobs.dead_letters import count_untried
    from shared.queue.pauses import pauses
    from shared.queue.stats import owner_lines, stage_lines

    with database_session() as session:
        stages = Table("stage", "waiting", "running", "", box=None)
        for line in stage_lines(session):
            state = "drained" if line.drained else "paused" if line.paused else ""
            stages.add_row(line.name, str(line.ready), str(line.running), state)
        owners = Table("owner", "waiting", "running", box=None)
        for owner in owner_lines(session):
            owners.add_row(owner.name or "-", str(owner.queued), str(owner.running))
        console = Console(soft_wrap=True, highlight=False)
        console.print(stages)
        for pause_ in pauses(session):
            line_text = f"Paused: {pause_.stage}, {pause_.at:%Y-%m-%d %H:%M} by {pause_.actor}"
            console.print(f"{line_text} {pause_.reason}".rstrip())
        if owners.row_count:
            console.print(owners)
        console.print(f"Failed and never retried: {count_untried(session)}")


@queue.command("pause")
@click.argument("stage", default=ALL)
@click.option("--reason", default="", help="Reason, shown with the pause.")
@click.option("--wait", is_flag=True, help="Wait until no stage run is running.")
def pause_stage(stage: str, reason: str, wait: bool) -> None:
    """Pause a STAGE, or all: nothing new starts, running stage runs finish."""
    from shared.audit.acts import pause
    from shared.queue.stats import stage_lines

    with database_session() as session:
        pause(session, host_actor(), stage, reason)
    click.echo(f"Paused: {stage}.")
    while wait:
        with database_session() as session:
            running = [line for line in stage_lines(session) if line.paused and line.running]
        if not running:
            click.echo("Drained: no stage run is running.")
            return
        time.sleep(_POLL_S)


@queue.command("resume")
@click.argument("stage", default=ALL)
def resume_stage(stage: str) -> None:
    """End the pause of a STAGE, or all pauses."""
    from shared.audit.acts import resume

    with database_session() as session:
        resume(session, host_actor(), stage)
    click.echo(f"Resumed: {stage}.")


@queue.command("dead")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--traceback", is_flag=True, help="Also print the traceback of the last attempt.")
def list_dead(limit: int, traceback: bool) -> None:
    """List failed jobs with their errors, newest first."""
    from shared.jobs.dead_letters import dead_jobs

    with database_session() as session:
        dead = dead_jobs(session, limit)
        for entry in dead:
            error, stage = entry.job.error or {}, entry.stage or "-"
            retried = " (retried)" if entry.job.retries else ""
            prefix = f"{entry.job.id} {stage} {error.get('code', '-')}{retried}"
            click.echo(f"{prefix}: {error.get('message')}")
            if traceback and entry.failures:
                click.echo(str(entry.failures[-1].get("traceback", "")).rstrip())
    if not dead:
        click.echo("No job has failed.")


@queue.command("retry")
@click.argument("ids", nargs=-1)
@click.option(
    "--all", "everything", is_flag=True, help="Retry all failed jobs that were never retried."
)
def retry_dead(ids: tuple[str, ...], everything: bool) -> None:
    """Retry failed jobs for their owners: those with these IDS, or all."""
    from shared.audit.acts import record_retries
    from shared.jobs.dead_letters import retry_all, retry_each
    from shared.jobs.submission import Limits

    if bool(ids) == everything:
        raise click.UsageError("Pass either IDS or --all.")
    unlimited, has_more = Limits(), True
    while has_more:
        with database_session() as session:
            retried = (
                retry_each(session, ids, limits=unlimited)
                if ids
                else retry_all(session, limits=unlimited)
            )
            if retried:
                record_retries(session, host_actor(), retried)
            lines = [f"{old} -> {new.id}" for old, new in retried]
        for line in lines:
            click.echo(line)
        has_more = everything and bool(retried)


@click.group()
def clients() -> None:
    """Manage API clients: each has a token and takes its own turns in the queue."""


@clients.command("list")
def list_clients() -> None:
    """List the clients and their limits."""
    from shared.clients import clients as all_clients

    priority_names = {value: name for name, value in PRIORITIES.items()}
    with database_session() as session:
        for client in all_clients(session):
            limit = "default" if client.max_jobs is None else f"at most {client.max_jobs} jobs"
            priority = priority_names[client.top_priority]
            click.echo(f"{client.name}: {limit}, priority up to {priority}")


@clients.command("add")
@click.argument("name")
@click.option("--max-jobs", type=click.IntRange(1), default=None, help="Maximum active jobs.")
@click.option(
    "--priority",
    type=click.Choice(sorted(PRIORITIES)),
    default="normal",
    show_default=True,
    help="Maximum priority of its jobs.",
)
def add(name: str, max_jobs: int | None, priority: str) -> None:
    """Register a client, or replace its token; prints the token, which is not stored."""
    from shared.audit.acts import ClientTerms, add_client

    terms = ClientTerms(max_jobs=max_jobs, top_priority=PRIORITIES[priority])
    with database_session() as session:
        token = add_client(session, host_actor(), name, terms)
    click.echo(token)


@clients.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a client and revoke its token."""
    from shared.audit.acts import remove_client

    with database_session() as session:
        if not remove_client(session, host_actor(), name):
            raise CommandFailed(f"there is no client {name}")
    click.echo(f"Removed: {name}.")


COMMANDS: tuple[click.Command, ...] = (queue, clients)
