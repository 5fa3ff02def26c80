"""Settings of an installation, read from CODESIGNER_* environment variables.

Run: python -m shared.settings   (prints the table of docs/settings.md)
"""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.broker.url import kombu_url
from shared.logs import Format
from shared.motifs.curation import parse_optional_sets
from shared.pipelines import parse_stages
from shared.webhooks.url_policy import parse_networks

__all__ = ["PREFIX", "Settings", "load_settings", "settings_table"]

PREFIX = "CODESIGNER_"

_MIB = 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Role = Literal["viewer", "designer"]
_MIN_SECRET_CHARS = {"secret_key": 32, "admin_token": 16}
Seconds = Annotated[float, Field(gt=0)]


def _artifacts_url(values: dict[str, Any]) -> str:
    return f"file://{values['home']}/artifacts"


def _public_url(values: dict[str, Any]) -> str:
    """Return the URL of the listening address; 127.0.0.1 for all addresses."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(  # noqa: S104
        values["host"], values["host"]
    )
    netloc_host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{netloc_host}:{values['port']}"


class Settings(BaseSettings):
    """Settings of one installation; immutable while it runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # URLs hold passwords
    )

    home: Path = Field(
        Path(".codesigner"),
        description="Folder of an embedded installation: databases, artifacts, downloaded weights.",
    )
    mode: Literal["local", "accounts"] = Field(
        "local",
        description="local: one user, served on loopback alone, without sign-in; accounts: people "
        "sign in, and see what is in their workspaces.",
    )
    host: str = Field("127.0.0.1", description="Address on which the web front end listens.")
    port: int = Field(8000, ge=0, le=65535, description="Port on which the web front end listens.")
    public_url: str = Field(
        default_factory=_public_url,
        description="Public base URL, the prefix of absolute links. Only its host name and those "
        "of loopback are served.",
    )
    database_url: str = Field(
        "postgresql://codesigner@127.0.0.1:5432/codesigner",
        repr=False,
        description="URL of PostgreSQL, which holds all state. `codesigner up` sets it to its own "
        "server.",
    )
    broker_url: str = Field(
        "redis://127.0.0.1:6379/0",
        repr=False,
        description="URL of Valkey or Redis, which carries only hints: redis://, rediss:// (TLS) "
        "or redis+socket:///path; docs/operating.md describes passwords. `codesigner up` sets it "
        "to its own server.",
    )
    artifacts_url: str = Field(
        default_factory=_artifacts_url,
        description="URL of the artifact store: file:///folder or s3://bucket/prefix.",
    )
    signed_links_s: Annotated[int, Field(ge=0, le=604_800)] = Field(
        0,
        description="Validity in seconds of presigned URLs of an s3:// bucket, to which requests "
        "for artifacts are redirected (302); 0: the web front end sends the bytes.",
    )
    artifacts_grace_s: Seconds = Field(
        86_400.0,
        description="Age in seconds at which an unreferenced artifact is garbage-collected.",
    )
    devices: str = Field(
        "auto",
        description="Devices of the workers: auto, cpu, cpu:N for N workers that share the cores, "
        "or comma-separated device ids.",
    )
    models_dir: Path | None = Field(
        None, description="Folder that is searched for weights before the bundled ones."
    )
    hub: bool = Field(
        True, description="Whether missing weights may be downloaded from a model hub."
    )
    motifs_dir: Path | None = Field(
        None,
        description="Folder of the motif library; empty: share/codesigner/motifs in the virtual "
        "environment.",
    )
    motif_sets: str = Field(
        "",
        description="Comma-separated motif sets beside the default ones whose licences ask for "
        "attribution or for sharing alike: game, openmoji, twemoji; see docs/motifs.md.",
    )
    max_upload_bytes: int = Field(20 * _MIB, gt=0, description="Maximum bytes of one upload.")
    max_image_pixels: int = Field(
        50_000_000,
        gt=0,
        description="Maximum pixels of a reference image, checked before decoding.",
    )
    max_zip_bytes: int = Field(
        2_000_000_000,
        gt=0,
        le=2_000_000_000,
        description="Maximum bytes of a zip of designs; the largest that all unpackers can read.",
    )
    max_brief_chars: int = Field(2000, gt=0, description="Maximum characters of a brief.")
    max_queue: int = Field(
        10_000,
        gt=0,
        description="Maximum number of active jobs; others are refused with 503.",
    )
    max_jobs_per_owner: int | None = Field(
        None,
        ge=0,
        description="Maximum number of active jobs of one owner; others are refused with 429. "
        "This one and the next four: 0: unlimited; empty: 200 with accounts, else 2,000.",
    )
    max_daily_jobs_per_owner: int | None = Field(
        None,
        ge=0,
        description="Maximum number of jobs that one owner submits in 24 hours. Empty: 1,000 with "
        "accounts, else unlimited.",
    )
    max_bytes_per_owner: int | None = Field(
        None,
        ge=0,
        description="Maximum bytes of the files of one owner's jobs; at more, nothing further is "
        "drawn. Empty: 20,000,000,000 with accounts, else unlimited.",
    )
    max_jobs_per_address: int | None = Field(
        None,
        ge=0,
        description="Maximum number of active jobs that were submitted from one address (IPv6: /64 "
        "network). Empty: 1,000 with accounts, else unlimited.",
    )
    max_daily_jobs_per_address: int | None = Field(
        None,
        ge=0,
        description="Maximum number of jobs that are submitted from one address (IPv6: /64 "
        "network) in 24 hours. Empty: 5,000 with accounts, else unlimited.",
    )
    job_ttl_s: Seconds | None = Field(
        None,
        description="Seconds for which a job is kept after its end; then requests for it get 410 "
        "and its files are garbage-collected. Empty: forever.",
    )
    reuse: bool = Field(
        True,
        description="Whether a stage reuses the result of an earlier run with the same inputs.",
    )
    lease_s: Seconds | None = Field(
        None, description="Lease of every stage in seconds; empty: the default of each stage."
    )
    reap_interval_s: Seconds = Field(
        2.0,
        description="Interval of the reaper in seconds: expired leases, overdue jobs, lost hints.",
    )
    ready_timeout_s: Seconds = Field(
        30.0, description="Seconds after which the hint of an unclaimed stage run is sent again."
    )
    relay_interval_s: Seconds = Field(
        0.5, description="Polling interval of the relay's outbox in seconds."
    )
    relay_metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port of the relay's Prometheus metrics; 0: none.",
    )
    worker_stale_s: Seconds = Field(
        30.0, description="Seconds without a heartbeat after which a worker counts as dead."
    )
    drain_s: Seconds = Field(
        20.0,
        description="Seconds for which a stopping worker may finish its computation; claims still "
        "open then are released and the attempt is not counted.",
    )
    worker_threads: int = Field(
        0,
        ge=0,
        description="CPU threads of one worker; 0: half the cores, divided among the workers, and "
        "idle cores too where a stage gains by them.",
    )
    worker_stages: str = Field(
        "",
        description="Comma-separated stages that `codesigner worker` serves; empty: all stages of "
        "its queues.",
    )
    max_connections_per_address: int = Field(
        512,
        ge=0,
        description="Maximum concurrent connections of one address (IPv6: /64 network) to the web "
        "front end; further ones get 429. 0: unlimited, for use behind a proxy.",
    )
    max_requests_per_address: int | None = Field(
        None,
        ge=0,
        description="Maximum requests per second of one address (IPv6: /64 network) to the web "
        "front end, on average over five seconds; further ones get 429. 0: unlimited. Empty: 100 "
        "with accounts, else 600.",
    )
    max_requests_per_account: int = Field(
        60,
        ge=0,
        description="Maximum requests per second of one account or API client, on average over "
        "ten seconds; further ones get 429. 0: unlimited.",
    )
    proxies: Annotated[int, Field(ge=0, le=9)] = Field(
        0,
        description="Number of trusted proxies before the web front end that set X-Forwarded-For, "
        "from which the visitor's address is read. With any, only they may reach its port.",
    )
    webhook_allow: str = Field(
        "",
        description="Comma-separated private networks, such as 10.0.0.0/8, to which webhooks may "
        "be sent; empty: none.",
    )
    webhook_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        15.0, description="Timeout in seconds of one webhook attempt, at most 60."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: Format = Field(
        "text", description="Format of the logs: text for people, or json, one object a line."
    )
    max_log_bytes: int = Field(
        200 * _MIB,
        ge=16 * _MIB,
        description="Maximum bytes of all log files that `codesigner up` writes; the oldest lines "
        "are deleted.",
    )
    audit_keep_s: Annotated[float, Field(ge=86_400)] = Field(
        31_536_000.0,
        description="Seconds for which events of the audit log are kept; a day or more.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Key that signs cookies, at least 32 characters; empty: generated once and "
        "stored in the home folder.",
    )
    api_key: SecretStr | None = Field(
        None,
        description="API key that `codesigner submit` and other commands send, in the mode "
        "accounts.",
    )
    admin_token: SecretStr | None = Field(
        None,
        description="Administrator's token in the mode local, at least 16 characters; empty: "
        "administration is closed, except that `codesigner up` generates a token and stores it in "
        "the home folder.",
    )

    oidc_issuer: str = Field(
        "",
        description="Issuer of an OpenID Connect provider by which people may sign in, "
        "https://...; empty: none. docs/operating.md describes the set-up.",
    )
    oidc_client_id: str = Field("", description="Client id of this installation there.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Client secret there; empty: a public client, which PKCE protects alone."
    )
    oidc_name: str = Field(
        "OpenID Connect", max_length=40, description="Name of the provider on the sign-in page."
    )
    oidc_email_domains: str = Field(
        "",
        description="Comma-separated domains: whoever has a verified e-mail address there gets an "
        "account at the first sign-in. Empty: only those who are invited.",
    )
    oidc_workspace: str = Field(
        "",
        description="Id of the workspace, such as main, whose members they become; empty: none.",
    )
    oidc_role: Role = Field("designer", description="Their role there: viewer or designer.")
    oidc_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        10.0, description="Timeout in seconds of one request to the provider."
    )

    @field_validator("home", mode="after")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @field_validator(
        "lease_s",
        "job_ttl_s",
        "models_dir",
        "motifs_dir",
        "max_jobs_per_owner",
        "max_daily_jobs_per_owner",
        "max_bytes_per_owner",
        "max_jobs_per_address",
        "max_daily_jobs_per_address",
        "max_requests_per_address",
        "secret_key",
        "admin_token",
        "oidc_client_secret",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("broker_url", mode="after")
    @classmethod
    def _known_broker(cls, url: str) -> str:
        kombu_url(url)
        return url

    @field_validator("secret_key", "admin_token", mode="after")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        minimum = _MIN_SECRET_CHARS[info.field_name or ""]
        if secret is not None and len(secret.get_secret_value()) < minimum:
            raise ValueError(f"has fewer than {minimum} characters")
        return secret

    @field_validator("oidc_issuer", mode="after")
    @classmethod
    def _encrypted_issuer(cls, issuer: str) -> str:
        address = urlsplit(issuer)
        is_here = address.scheme == "http" and address.hostname in _LOOPBACK
        if issuer and not (address.scheme == "https" and address.hostname) and not is_here:
            raise ValueError("is no https:// URL")
        return issuer

    @field_validator("oidc_email_domains", mode="after")
    @classmethod
    def _plain_domains(cls, domains: str) -> str:
        names = [name.strip().lower().removeprefix("@") for name in domains.split(",")]
        return ",".join(name for name in names if name)

    @model_validator(mode="after")
    def _complete_provider(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError(f"{PREFIX}OIDC_CLIENT_ID: is missing, as there is an issuer")
        return self

    @field_validator("webhook_allow", mode="after")
    @classmethod
    def _known_networks(cls, networks: str) -> str:
        parse_networks(networks)
        return networks

    @field_validator("motif_sets", mode="after")
    @classmethod
    def _known_sets(cls, names: str) -> str:
        return ",".join(parse_optional_sets(names))

    @field_validator("worker_stages", mode="after")
    @classmethod
    def _known_stages(cls, names: str) -> str:
        return ",".join(parse_stages(names))

    @field_validator("log_level", mode="after")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("is none of DEBUG, INFO, WARNING, ERROR")
        return level.upper()


def load_settings(**overrides: Any) -> Settings:
    """Load the settings from the environment; keyword arguments take precedence.

    Raises:
        pydantic.ValidationError: a value is invalid; the message names the setting.
    """
    return Settings(**overrides)


_SHOWN_DEFAULTS = {
    "home": "./.codesigner",
    "artifacts_url": "file://{home}/artifacts",
    "public_url": "http://{host}:{port}",
}


def settings_table() -> str:
    """Return the settings as a Markdown table: variable, default, meaning."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _SHOWN_DEFAULTS.get(name, field.default)
        default_text = "empty" if default in {None, ""} else f"`{default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default_text} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(settings_table())
