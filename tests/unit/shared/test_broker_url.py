"""The broker URL: accepted forms, and error messages without passwords."""

import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from kombu import Connection
from pydantic import ValidationError

from codesigner.embedded_servers import EmbeddedValkey
from codesigner.home import Home
from shared.broker.url import kombu_url
from shared.settings import load_settings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://host", "redis://host/0"),
        ("redis://user:p%40ss@host:6380/2", "redis://user:p%40ss@host:6380/2"),
        ("redis://host?username=u&password=a%2Bb%20%E5%AF%86&db=3", "redis://u:a%2Bb%20%E5%AF%86@host/3"),
        ("redis://:密码@[::1]:6379", "redis://:%E5%AF%86%E7%A0%81@[::1]:6379/0"),
        ("redis+socket:///run/v.sock", "redis+socket:///run/v.sock"),
        ("redis+socket:///run/v.sock?password=p%2Fw", "redis+socket://:p%2Fw@/run/v.sock"),
        ("redis+socket://u:p:w@/run/a b;c%23.sock", "redis+socket://u:p%3Aw@/run/a%20b%3Bc%23.sock"),
        ("redis+socket:///v.sock?virtual_host=2", "redis+socket:///v.sock?virtual_host=2"),
        ("redis+socket:///v.sock?db=2&password=p", "redis+socket://:p@/v.sock?virtual_host=2"),
        ("redis+socket://:own@/v.sock?password=other", "redis+socket://:own@/v.sock"),
        ("rediss://:p@host", "rediss://:p@host/0?ssl_cert_reqs=required"),
        ("rediss://host/1?ssl_cert_reqs=none", "rediss://host/1?ssl_cert_reqs=none"),
    ],
)  # fmt: skip
def test_every_form_is_normalized_for_kombu(given: str, expected: str) -> None:
    assert kombu_url(given) == expected
    assert kombu_url(expected) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "must start with"),
        ("host:6379", "must start with"),
        ("amqp://:secret@host", "must start with"),
        ("redis://:secret/x@host:6379/0", "percent-encoded"),
        ("redis://:secret?x@host/0", "percent-encoded"),
        ("redis://:secret#x@host/0", "percent-encoded"),
        ("redis://:[secret@host/0", "percent-encoded"),
        ("redis://:secret＠@host/0", "percent-encoded"),
        ("redis://:1/secret@host:6379/0", "database"),
        ("redis://:1?secret=x@host:6379/0", "no options but db, password, username, virtual_host"),
        ("redis://a/0;redis://:secret@b/0", "database"),
        ("redis://host/zero", "database"),
        ("redis://host?ssl_cert_reqs=required", "no options but"),
        ("redis+socket://secret@", "absolute path"),
        ("redis+socket://run/v.sock?password=secret", "absolute path"),
        ("redis+socket:///v.sock?socket_timeout=5", "no options but"),
        ("rediss://:secret@host?ssl_cert_reqs=maybe", "required, optional, none"),
    ],
)
def test_invalid_urls_are_rejected_without_quoting_them(url: str, message: str) -> None:
    with pytest.raises(ValidationError, match="broker_url") as refused:
        load_settings(broker_url=url)
    assert message in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["redis+socket:///v.sock?password=secret", "redis://:secret@host", "rediss://:secret@host"],
)
def test_kombu_masks_the_password(url: str) -> None:
    connection = Connection(kombu_url(url))
    assert "secret" not in f"{connection!r} {connection.as_uri()}"


def test_embedded_broker_url_supports_any_home_path() -> None:
    with tempfile.TemporaryDirectory(prefix="cds-a#b?c;d%41 中", dir="/tmp") as folder:
        valkey = EmbeddedValkey(home=Home(path=Path(folder)))
        assert valkey.socket.is_relative_to(folder)
        assert unquote(urlsplit(kombu_url(valkey.url)).path) == str(valkey.socket)
