"""Administration commands for webhook endpoints and deliveries."""

import click

from codesigner.commands.errors import CommandFailed
from codesigner.commands.models import database_session
from codesigner.host_actor import host_actor
from shared.main_workspace import MAIN_WORKSPACE

__all__ = ["COMMANDS"]

_DEFAULT_LIMIT = 30
_workspace = click.option(
    "--workspace", default=MAIN_WORKSPACE, show_default=True, help="Id of the workspace."
)


@click.group()
def webhooks() -> None:
    """List, add and remove webhooks for all jobs; list and redeliver deliveries."""


@webhooks.command("list")
@_workspace
def list_endpoints(workspace: str) -> None:
    """List the webhooks for all jobs of a workspace."""
    from shared.webhooks.endpoints import active_keys, endpoints

    with database_session() as session:
        for endpoint in endpoints(session, workspace):
            state = "enabled" if endpoint.enabled else endpoint.disabled_reason
            keys = len(active_keys(endpoint))
            click.echo(
                f"{endpoint.id} {endpoint.url} ({state}, {keys} secrets): "
                f"{', '.join(endpoint.events)}"
            )


@webhooks.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    help="Event kind, repeatable; default: the kinds that end a job.",
)
@click.option("--note", default="", help="Description, shown in the list.")
@click.option("--secret", default=None, help="Signing secret, whsec_...; default: a random one.")
@_workspace
def add(url: str, events: tuple[str, ...], note: str, secret: str | None, workspace: str) -> None:
    """Send the events of a workspace's jobs to URL; prints the signing secret once."""
    from codesigner.installation import installation_settings
    from shared.audit.acts import add_webhook
    from shared.queue.events import EVENT_KINDS
    from shared.webhooks.endpoints import DEFAULT_EVENTS, WebhookRequest
    from shared.webhooks.signing import InvalidSecret, validate_secret
    from shared.webhooks.url_policy import InvalidWebhookUrl, parse_networks, parse_webhook_url

    if unknown := sorted(set(events) - set(EVENT_KINDS)):
        raise click.UsageError(f"Unknown event {unknown[0]}; events are {', '.join(EVENT_KINDS)}.")
    try:
        target = parse_webhook_url(url, parse_networks(installation_settings().webhook_allow))
        if secret is not None:
            validate_secret(secret)
    except InvalidWebhookUrl as error:
        raise CommandFailed(f"{url}: {error}") from None
    except InvalidSecret as error:
        raise CommandFailed(f"the secret {error}") from None
    request = WebhookRequest.at(
        url, target, secret, events=events or DEFAULT_EVENTS, description=note
    )
    with database_session() as session:
        endpoint_id = add_webhook(session, host_actor(), request, workspace)
    click.echo(f"Added: {endpoint_id}. Its secret: {request.secret}")


@webhooks.command()
@click.argument("webhook_id")
def remove(webhook_id: str) -> None:
    """Delete a webhook and its deliveries."""
    from shared.audit.acts import remove_webhook

    with database_session() as session:
        remove_webhook(session, host_actor(), webhook_id)
    click.echo("Removed.")


@webhooks.command()
@click.argument("webhook_id")
def pause(webhook_id: str) -> None:
    """Pause a webhook until it is resumed."""
    from shared.audit.acts import set_webhook_enabled

    with database_session() as session:
        set_webhook_enabled(session, host_actor(), webhook_id, False)
    click.echo("Paused.")


@webhooks.command()
@click.argument("webhook_id")
def resume(webhook_id: str) -> None:
    """Resume a webhook that was paused, or disabled by 410 Gone."""
    from shared.audit.acts import set_webhook_enabled

    with database_session() as session:
        set_webhook_enabled(session, host_actor(), webhook_id, True)
    click.echo("Resumed.")


@webhooks.command()
@click.argument("webhook_id")
@click.option(
    "--keep-hours",
    type=click.FloatRange(0, 168),
    default=24.0,
    show_default=True,
    help="Hours for which the old secret also signs.",
)
def rotate(webhook_id: str, keep_hours: float) -> None:
    """Replace the signing secret; prints the new one once."""
    from shared.audit.acts import rotate_webhook

    with database_session() as session:
        endpoint = rotate_webhook(session, host_actor(), webhook_id, keep_s=keep_hours * 3600)
        click.echo(f"The new secret: {endpoint.secret}")


@webhooks.command()
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]), default=None)
@click.option("--job", default=None, help="Only deliveries of this job.")
@click.option("--limit", type=click.IntRange(1), default=_DEFAULT_LIMIT, show_default=True)
def deliveries(state: str | None, job: str | None, limit: int) -> None:
    """List deliveries, newest first."""
    from shared.webhooks.endpoints import deliveries as list_deliveries

    with database_session() as session:
        for delivery in list_deliveries(session, limit, state=state, job_id=job):
            row = delivery.row
            details = [str(row.response_status or ""), row.error or ""]
            if row.next_attempt_at is not None:
                details.append(f"next {row.next_attempt_at:%Y-%m-%d %H:%M:%S}")
            click.echo(
                f"{row.id} {row.created_at:%Y-%m-%d %H:%M:%S} {delivery.event.kind} to "
                f"{delivery.endpoint.url}: {row.state}, {row.attempts} attempts, "
                f"{' '.join(details)}"
            )


@webhooks.command()
@click.argument("delivery_ids", nargs=-1, required=True)
def send(delivery_ids: tuple[str, ...]) -> None:
    """Redeliver deliveries with the same webhook-id."""
    from shared.audit.acts import send_again

    with database_session() as session:
        for delivery_id in delivery_ids:
            send_again(session, host_actor(), delivery_id)
    click.echo(f"{len(delivery_ids)} due now.")


COMMANDS: tuple[click.Command, ...] = (webhooks,)
