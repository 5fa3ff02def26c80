"""The settings of an installation, read from CODESIGNER_* in the environment.

Run: python -m shared.settings   (prints the table of docs/settings.md)
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.broker.url import kombu_url
from shared.pipelines import known_stages
from shared.webhooks.url_policy import networks_in

__all__ = ["PREFIX", "Settings", "load_settings", "settings_table"]

PREFIX = "CODESIGNER_"

_MIB = 1024 * 1024
_LEAST_CHARS = {"secret_key": 32, "admin_token": 16}
Seconds = Annotated[float, Field(gt=0)]


def _artifacts_url(earlier: dict[str, Any]) -> str:
    return f"file://{earlier['home']}/artifacts"


def _public_url(earlier: dict[str, Any]) -> str:
    """Return the address that is listened on; of all addresses, 127.0.0.1."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(  # noqa: S104
        earlier["host"], earlier["host"]
    )
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{shown}:{earlier['port']}"


class Settings(BaseSettings):
    """What may differ between two installations; nothing here changes while one runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # URLs hold passwords
    )

    home: Path = Field(
        Path(".codesigner"),
        description="Folder of embedded use: databases, artifacts, downloaded weights.",
    )
    host: str = Field("127.0.0.1", description="Address that the web front end listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the web front end listens on.")
    public_url: str = Field(
        default_factory=_public_url,
        description="Address that visitors use; absolute links start with it. Requests are "
        "answered under its host name and those of loopback alone.",
    )
    database_url: str = Field(
        "postgresql://codesigner@127.0.0.1:5432/codesigner",
        repr=False,
        description="PostgreSQL, the source of truth. `codesigner up` sets it to its own server.",
    )
    broker_url: str = Field(
        "redis://127.0.0.1:6379/0",
        repr=False,
        description="Valkey or Redis; carries hints only: redis://, rediss:// (TLS) or "
        "redis+socket:///path; see docs/operating.md for passwords. `codesigner up` sets it "
        "likewise.",
    )
    artifacts_url: str = Field(
        default_factory=_artifacts_url,
        description="Where artifacts' bytes are kept: file:///folder or s3://bucket/prefix.",
    )
    signed_links_s: Annotated[int, Field(ge=0, le=604_800)] = Field(
        0,
        description="Seconds that signed links to an s3:// bucket are good for, to which whoever "
        "fetches an artifact is sent (302); 0: the web front end sends the bytes.",
    )
    artifacts_grace_s: Seconds = Field(
        86_400.0,
        description="Age in seconds under which an artifact that nothing refers to is kept.",
    )
    devices: str = Field(
        "auto",
        description="Devices that workers use: auto, cpu, cpu:N for N workers that share the "
        "cores, or ids parted by commas.",
    )
    models_dir: Path | None = Field(
        None, description="Folder where weights are looked for first, before the bundled ones."
    )
    hub: bool = Field(True, description="Whether missing weights may be fetched from a model hub.")
    max_upload_bytes: int = Field(20 * _MIB, gt=0, description="Most bytes of one upload.")
    max_image_pixels: int = Field(
        50_000_000, gt=0, description="Most pixels of a reference image, checked before decoding."
    )
    max_brief_chars: int = Field(2000, gt=0, description="Most characters of a brief.")
    max_queue: int = Field(
        10_000, gt=0, description="Most jobs not yet ended; further ones are answered with 503."
    )
    max_jobs_per_owner: int = Field(
        2_000,
        gt=0,
        description="Most jobs of one owner not yet ended; further ones are answered with 429.",
    )
    job_ttl_s: Seconds | None = Field(
        None,
        description="Seconds after its end for which a job is kept; then it is answered with 410 "
        "and its files are collected. Empty: for good.",
    )
    reuse: bool = Field(
        True,
        description="Whether a stage takes over the result of an earlier run with the same inputs.",
    )
    lease_s: Seconds | None = Field(
        None, description="Lease of every stage in seconds; empty: each stage's own."
    )
    reap_interval_s: Seconds = Field(
        2.0, description="Seconds between two looks for expired leases and forgotten work."
    )
    ready_timeout_s: Seconds = Field(
        30.0, description="Seconds after which work that nobody picked up is announced again."
    )
    relay_interval_s: Seconds = Field(
        0.5, description="Seconds between two looks for hints that were not sent."
    )
    relay_metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on which the relay gives its own figures to Prometheus; 0: on none.",
    )
    worker_stale_s: Seconds = Field(
        30.0, description="Seconds without a heartbeat after which a worker counts as gone."
    )
    drain_s: Seconds = Field(
        20.0,
        description="Seconds that a worker told to end may go on computing; what is not done then "
        "is given back, without charging an attempt.",
    )
    worker_threads: int = Field(
        0, ge=0, description="CPU threads of one worker's computations; 0: half the cores, divided."
    )
    worker_stages: str = Field(
        "",
        description="Stages that `codesigner worker` serves, parted by commas; empty: all of its "
        "queues.",
    )
    max_connections_per_address: int = Field(
        256,
        ge=0,
        description="Most connections of one address (of an IPv6 network /64) to the web front end "
        "at once; further ones are answered with 429. 0: any number, for use behind a proxy.",
    )
    webhook_allow: str = Field(
        "",
        description="Networks parted by commas, such as 10.0.0.0/8, that webhooks may be sent to "
        "though they are not public; empty: none.",
    )
    webhook_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        15.0, description="Seconds that one attempt to send a webhook may take, 60 at most."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    secret_key: SecretStr | None = Field(
        None,
        description="Signs visitors' cookies, at least 32 characters; empty: made once and kept in "
        "the home folder.",
    )
    admin_token: SecretStr | None = Field(
        None,
        description="Token of the administration, at least 16 characters; empty: administration "
        "is closed, except that `codesigner up` makes a token and keeps it in the home folder.",
    )

    @field_validator("home", mode="after")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @field_validator(
        "lease_s", "job_ttl_s", "models_dir", "secret_key", "admin_token", mode="before"
    )
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("broker_url", mode="after")
    @classmethod
    def _known_broker(cls, url: str) -> str:
        kombu_url(url)
        return url

    @field_validator("secret_key", "admin_token", mode="after")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        least = _LEAST_CHARS[info.field_name or ""]
        if secret is not None and len(secret.get_secret_value()) < least:
            raise ValueError(f"has fewer than {least} characters")
        return secret

    @field_validator("webhook_allow", mode="after")
    @classmethod
    def _known_networks(cls, networks: str) -> str:
        networks_in(networks)
        return networks

    @field_validator("worker_stages", mode="after")
    @classmethod
    def _known_stages(cls, named: str) -> str:
        return ",".join(known_stages(named))

    @field_validator("log_level", mode="after")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("is none of DEBUG, INFO, WARNING, ERROR")
        return level.upper()


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; keyword arguments come before it.

    Raises:
        pydantic.ValidationError: a value does not fit; the message names the setting.
    """
    return Settings(**overrides)


_SHOWN_DEFAULTS = {
    "home": "./.codesigner",
    "artifacts_url": "file://{home}/artifacts",
    "public_url": "http://{host}:{port}",
}


def settings_table() -> str:
    """Lay the settings out as a Markdown table: variable, default, meaning."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _SHOWN_DEFAULTS.get(name, field.default)
        shown = "empty" if default in {None, ""} else f"`{default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(settings_table())
