"""Commands for webhooks, on the database: where events are sent, and what was sent."""

import click

from codesigner.commands.errors import CommandFailed
from codesigner.commands.models import database_session

__all__ = ["COMMANDS"]

_SHOWN = 30


@click.group()
def webhooks() -> None:
    """List, add and remove webhooks for all jobs, see what was sent, send it again."""


@webhooks.command("list")
def list_endpoints() -> None:
    """List the webhooks for all jobs."""
    from shared.webhooks.endpoints import active_keys, endpoints

    with database_session() as session:
        for each in endpoints(session):
            state = "in use" if each.enabled else each.disabled_reason
            keys = len(active_keys(each))
            click.echo(f"{each.id} {each.url} ({state}, {keys} secrets): {', '.join(each.events)}")


@webhooks.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, help="A kind of event; else a job's ends.")
@click.option("--note", default="", help="For whoever reads the list.")
@click.option("--secret", default=None, help="whsec_...; without it one is drawn.")
def add(url: str, events: tuple[str, ...], note: str, secret: str | None) -> None:
    """Tell URL of the events of all jobs; prints the secret that signs, this once."""
    from codesigner.installation import installation_settings
    from shared.queue.events import EVENT_KINDS
    from shared.webhooks.endpoints import DEFAULT_EVENTS, WebhookAsked, add_endpoint
    from shared.webhooks.signing import BadSecret, checked_secret
    from shared.webhooks.url_policy import BadUrl, checked_target, networks_in

    if unknown := sorted(set(events) - set(EVENT_KINDS)):
        raise click.UsageError(
            f"There is no event {unknown[0]}; there are {', '.join(EVENT_KINDS)}."
        )
    try:
        target = checked_target(url, networks_in(installation_settings().webhook_allow))
        if secret is not None:
            checked_secret(secret)
    except BadUrl as error:
        raise CommandFailed(f"{url}: {error}") from None
    except BadSecret as error:
        raise CommandFailed(f"the secret {error}") from None
    asked = WebhookAsked.at(url, target, secret, events=events or DEFAULT_EVENTS, description=note)
    with database_session() as session:
        endpoint_id = add_endpoint(session, asked)
    click.echo(f"Added: {endpoint_id}. Its secret: {asked.secret}")


@webhooks.command()
@click.argument("webhook_id")
def remove(webhook_id: str) -> None:
    """Forget a webhook and what was sent to it."""
    from shared.webhooks.endpoints import remove_endpoint

    with database_session() as session:
        remove_endpoint(session, webhook_id)
    click.echo("Removed.")


@webhooks.command()
@click.argument("webhook_id")
def pause(webhook_id: str) -> None:
    """Send nothing to a webhook until it is resumed."""
    from shared.webhooks.endpoints import set_enabled

    with database_session() as session:
        set_enabled(session, webhook_id, False)
    click.echo("Paused.")


@webhooks.command()
@click.argument("webhook_id")
def resume(webhook_id: str) -> None:
    """Take a webhook up again that was paused, or was gone."""
    from shared.webhooks.endpoints import set_enabled

    with database_session() as session:
        set_enabled(session, webhook_id, True)
    click.echo("In use.")


@webhooks.command()
@click.argument("webhook_id")
@click.option(
    "--keep-hours",
    type=click.FloatRange(0, 168),
    default=24.0,
    show_default=True,
    help="How long the present secret signs along.",
)
def rotate(webhook_id: str, keep_hours: float) -> None:
    """Sign with a new secret, which is printed this once."""
    from shared.webhooks.endpoints import rotate_secret

    with database_session() as session:
        found = rotate_secret(session, webhook_id, keep_s=keep_hours * 3600)
        click.echo(f"The new secret: {found.secret}")


@webhooks.command()
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]), default=None)
@click.option("--job", default=None, help="Only those of this job.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True)
def deliveries(state: str | None, job: str | None, limit: int) -> None:
    """List what was sent, the newest first."""
    from shared.webhooks.endpoints import deliveries as find

    with database_session() as session:
        for each in find(session, limit, state=state, job_id=job):
            row = each.row
            said = [str(row.response_status or ""), row.error or ""]
            if row.next_attempt_at is not None:
                said.append(f"next {row.next_attempt_at:%Y-%m-%d %H:%M:%S}")
            click.echo(
                f"{row.id} {row.created_at:%Y-%m-%d %H:%M:%S} {each.event.kind} to "
                f"{each.endpoint.url}: {row.state}, {row.attempts} attempts, {' '.join(said)}"
            )


@webhooks.command()
@click.argument("delivery_ids", nargs=-1, required=True)
def send(delivery_ids: tuple[str, ...]) -> None:
    """Send deliveries again, under the same ids."""
    from shared.webhooks.endpoints import send_again

    with database_session() as session:
        for each in delivery_ids:
            send_again(session, each)
    click.echo(f"{len(delivery_ids)} due now.")


COMMANDS: tuple[click.Command, ...] = (webhooks,)
