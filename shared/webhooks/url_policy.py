"""URL policy of webhooks: SSRF protection against non-public addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

__all__ = [
    "MAX_URL",
    "InvalidWebhookUrl",
    "Network",
    "Target",
    "is_allowed",
    "parse_networks",
    "parse_webhook_url",
]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL = 2000
"""Maximum length of a URL, characters."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PRINTABLE_ASCII = re.compile(r"[!-~]+")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_HOST_NAMES = ("localhost", ".localhost", ".local", ".internal")


class InvalidWebhookUrl(ValueError):
    """The URL is invalid or not allowed; the message says why.

    Args:
        private: the URL is valid, but its host is not public.
    """

    def __init__(self, message: str, *, private: bool = False) -> None:
        super().__init__(message)
        self.private = private


@dataclass(frozen=True, kw_only=True)
class Target:
    """A parsed webhook URL."""

    https: bool
    host: str
    """Host name or IP address; IPv6 without brackets."""
    port: int
    netloc: str
    """Value of the Host header."""
    path: str
    """Path with the query."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in https://example.com:443."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a comma-separated list, such as 10.0.0.0/8.

    Raises:
        ValueError: one is not a network; the message names it.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Return whether webhooks may connect to an address: public, or within an allowed network.

    An IPv6 address with an embedded IPv4 address must be allowed by that one.
    """
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address):
        if (inner := _embedded_ipv4(address)) is not None:
            return is_allowed(inner, allowed)
        if address.is_site_local:  # deprecated (RFC 3879), but still routed within some sites
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address in a mapped, 6to4, Teredo or NAT64 address, else None."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def parse_webhook_url(url: str, allowed: Sequence[Network]) -> Target:
    """Parse and validate a URL; the addresses that its host resolves to are checked on connection.

    Raises:
        InvalidWebhookUrl: it is invalid, or its host is not allowed.
    """
    if len(url) > MAX_URL:
        raise InvalidWebhookUrl(f"The URL must have at most {MAX_URL} characters.")
    if _PRINTABLE_ASCII.fullmatch(url) is None:
        raise InvalidWebhookUrl("The URL must be printable ASCII; percent-encode other characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidWebhookUrl("The URL is not valid.") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise InvalidWebhookUrl("The URL must begin with https:// or http:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise InvalidWebhookUrl("The URL must not contain a user name or password.")
    if parts.fragment or port == 0:
        raise InvalidWebhookUrl("The URL is not valid.")
    _check_host(host, allowed)
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        https=parts.scheme == "https",
        host=host,
        port=port or _DEFAULT_PORTS[parts.scheme],
        netloc=parts.netloc,
        path=(parts.path or "/") + query,
    )


def _check_host(host: str, allowed: Sequence[Network]) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.rstrip(".")
        is_local = name == _LOCAL_HOST_NAMES[0] or name.endswith(_LOCAL_HOST_NAMES[1:])
        if is_local and not allowed:
            message = "Only public addresses are allowed; this host name is local."
            raise InvalidWebhookUrl(message, private=True) from None
        return
    if not is_allowed(address, allowed):
        message = "Only public addresses are allowed; this one is private, loopback or reserved."
        raise InvalidWebhookUrl(message, private=True)
