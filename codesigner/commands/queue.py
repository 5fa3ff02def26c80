"""Commands of the administration: the queue, its pauses, its dead jobs and its clients."""

import time
from getpass import getuser

import click

from codesigner.commands.errors import CommandFailed
from codesigner.commands.models import database_session
from shared.queue.fairness import PRIORITIES
from shared.queue.pauses import ALL

__all__ = ["COMMANDS"]

_LOOK_S = 0.5


@click.group()
def queue() -> None:
    """Look at the queue, pause and resume its stages, retry failed jobs."""


@queue.command("show")
def show_queue() -> None:
    """Tell what waits and runs at each stage, whose it is, and what is paused."""
    from rich.console import Console
    from rich.table import Table

    from shared.jobs.dead_letters import count_untried
    from shared.queue.pauses import pauses
    from shared.queue.stats import owner_lines, stage_lines

    with database_session() as session:
        stages = Table("stage", "waiting", "running", "", box=None)
        for line in stage_lines(session):
            word = "drained" if line.drained else "paused" if line.paused else ""
            stages.add_row(line.name, str(line.ready), str(line.running), word)
        owners = Table("owner", "waiting", "running", box=None)
        for each in owner_lines(session):
            owners.add_row(each.name or "-", str(each.queued), str(each.running))
        console = Console(soft_wrap=True, highlight=False)
        console.print(stages)
        for pause_ in pauses(session):
            told = f"Paused: {pause_.stage}, {pause_.at:%Y-%m-%d %H:%M} by {pause_.actor}"
            console.print(f"{told} {pause_.reason}".rstrip())
        if owners.row_count:
            console.print(owners)
        console.print(f"Failed and never retried: {count_untried(session)}")


@queue.command("pause")
@click.argument("stage", default=ALL)
@click.option("--reason", default="", help="For whoever looks.")
@click.option("--wait", is_flag=True, help="Stay until nothing of it runs any more.")
def pause_stage(stage: str, reason: str, wait: bool) -> None:
    """Pause a STAGE, or all: nothing is begun any more, what runs goes on to its end."""
    from shared.queue.pauses import pause
    from shared.queue.stats import stage_lines

    with database_session() as session:
        pause(session, stage, getuser(), reason)
    click.echo(f"Paused: {stage}.")
    while wait:
        with database_session() as session:
            left = [each for each in stage_lines(session) if each.paused and each.running]
        if not left:
            click.echo("Drained: nothing of it runs.")
            return
        time.sleep(_LOOK_S)


@queue.command("resume")
@click.argument("stage", default=ALL)
def resume_stage(stage: str) -> None:
    """End the pause of a STAGE, or all pauses."""
    from shared.queue.pauses import resume

    with database_session() as session:
        resume(session, stage)
    click.echo(f"Resumed: {stage}.")


@queue.command("dead")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--traceback", is_flag=True, help="With the traceback of the last attempt.")
def list_dead(limit: int, traceback: bool) -> None:
    """List failed jobs, the newest first, with their errors."""
    from shared.jobs.dead_letters import dead_jobs

    with database_session() as session:
        found = dead_jobs(session, limit)
        for each in found:
            error, where = each.job.error or {}, each.stage or "-"
            again = " (retried)" if each.job.retries else ""
            told = f"{each.job.id} {where} {error.get('code', '-')}{again}"
            click.echo(f"{told}: {error.get('message')}")
            if traceback and each.failures:
                click.echo(str(each.failures[-1].get("traceback", "")).rstrip())
    if not found:
        click.echo("No job has failed.")


@queue.command("retry")
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that were never retried.")
def retry_dead(ids: tuple[str, ...], everything: bool) -> None:
    """Submit failed jobs anew, as their owners': those of these IDS, or all."""
    from shared.jobs.dead_letters import retry_all, retry_each
    from shared.jobs.submission import Limits

    if bool(ids) == everything:
        raise click.UsageError("Name IDS, or --all, and not both.")
    none, again = Limits(), True
    while again:
        with database_session() as session:
            done = retry_each(session, ids, limits=none) if ids else retry_all(session, limits=none)
            lines = [f"{old} -> {new.id}" for old, new in done]
        for line in lines:
            click.echo(line)
        again = everything and bool(done)


@click.group()
def clients() -> None:
    """Give programs and people tokens of their own: each takes its turn in the queue."""


@clients.command("list")
def list_clients() -> None:
    """List the clients and their limits."""
    from shared.clients import clients as all_clients

    names = {value: name for name, value in PRIORITIES.items()}
    with database_session() as session:
        for each in all_clients(session):
            most = "as everybody" if each.max_jobs is None else f"at most {each.max_jobs} jobs"
            click.echo(f"{each.name}: {most}, priority up to {names[each.top_priority]}")


@clients.command("add")
@click.argument("name")
@click.option("--max-jobs", type=click.IntRange(1), default=None, help="That have not ended.")
@click.option(
    "--priority",
    type=click.Choice(sorted(PRIORITIES)),
    default="normal",
    show_default=True,
    help="Highest that it may ask for.",
)
def add(name: str, max_jobs: int | None, priority: str) -> None:
    """Register a client, or give it a new token; prints the token, which is not kept."""
    from shared.clients import add_client

    with database_session() as session:
        token = add_client(session, name, max_jobs=max_jobs, top_priority=PRIORITIES[priority])
    click.echo(token)


@clients.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget a client: its token is not taken any more."""
    from shared.clients import remove_client

    with database_session() as session:
        if not remove_client(session, name):
            raise CommandFailed(f"there is no client {name}")
    click.echo(f"Removed: {name}.")


COMMANDS: tuple[click.Command, ...] = (queue, clients)
