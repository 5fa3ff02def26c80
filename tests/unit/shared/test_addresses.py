"""The URL policy of webhooks: no internal addresses."""

from ipaddress import ip_address

import pytest

from shared.webhooks.url_policy import (
    InvalidWebhookUrl,
    is_allowed,
    parse_networks,
    parse_webhook_url,
)

REFUSED = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.7",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", REFUSED)
def test_non_public_addresses_are_rejected(address: str) -> None:
    assert not is_allowed(ip_address(address), ())
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidWebhookUrl, match="Only public addresses"):
        parse_webhook_url(f"http://{literal}/x", ())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_accepted(address: str) -> None:
    assert is_allowed(ip_address(address), ())


def test_allowed_networks_are_accepted() -> None:
    allowed = parse_networks("10.0.0.0/8, ::1/128,")
    assert is_allowed(ip_address("10.9.9.9"), allowed)
    assert is_allowed(ip_address("::ffff:10.0.0.1"), allowed)
    assert is_allowed(ip_address("::1"), allowed)
    assert not is_allowed(ip_address("192.168.0.1"), allowed)
    assert parse_networks("") == ()
    with pytest.raises(ValueError, match="wide"):
        parse_networks("wide")


def test_url_is_parsed_into_its_parts() -> None:
    target = parse_webhook_url("https://hooks.example.org/in/1?key=a%20b", ())
    assert (target.host, target.port, target.https) == ("hooks.example.org", 443, True)
    assert target.path == "/in/1?key=a%20b"
    assert target.origin == "https://hooks.example.org:443"
    six = parse_webhook_url("http://[2606:4700:4700::1111]:8080", ())
    assert (six.host, six.origin) == ("2606:4700:4700::1111", "http://[2606:4700:4700::1111]:8080")
    assert (six.path, six.netloc) == ("/", "[2606:4700:4700::1111]:8080")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://user:pass@example.org/",
        "http://user@example.org/",
        "http://example.org/#part",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://例子.org/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://[::1/",
        "http://localhost/",
        "http://db.internal/",
        "http://printer.local./",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_invalid_urls_are_rejected(url: str) -> None:
    with pytest.raises(InvalidWebhookUrl):
        parse_webhook_url(url, ())
