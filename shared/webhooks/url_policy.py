"""Which addresses webhooks may be sent to: none inside the installation's own networks."""

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

__all__ = ["MAX_URL", "BadUrl", "Network", "Target", "checked_target", "is_allowed", "networks_in"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL = 2000
"""Most characters of an address."""

_PORTS = {"http": 80, "https": 443}
_PRINTABLE = re.compile(r"[!-~]+")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal")


class BadUrl(ValueError):
    """Webhooks are not sent there; the message says why.

    Args:
        private: it is an address, of a place that is not public.
    """

    def __init__(self, message: str, *, private: bool = False) -> None:
        super().__init__(message)
        self.private = private


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a webhook goes, taken apart."""

    https: bool
    host: str
    """A name or an address, an IPv6 one without brackets."""
    port: int
    netloc: str
    """As the header Host has it."""
    path: str
    """With the query."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"


def networks_in(text: str) -> tuple[Network, ...]:
    """Read networks parted by commas, such as 10.0.0.0/8.

    Raises:
        ValueError: one is none; the message names it.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Tell whether webhooks may connect to an address: a public one, or one that is allowed.

    An IPv6 address that carries an IPv4 one is judged by both.
    """
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address):
        if (inner := _carried(address)) is not None:
            return is_allowed(inner, allowed)
        if address.is_site_local:  # given up, and still routed within some sites
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address within a mapped, 6to4, Teredo or NAT64 one."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def checked_target(url: str, allowed: Sequence[Network]) -> Target:
    """Take an address apart; what its name resolves to is checked when it is connected to.

    Raises:
        BadUrl: it is none, or names a place that webhooks are not sent to.
    """
    if len(url) > MAX_URL:
        raise BadUrl(f"At most {MAX_URL} characters.")
    if _PRINTABLE.fullmatch(url) is None:
        raise BadUrl("Only printable ASCII characters; write other ones percent-encoded.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadUrl("This is no address.") from None
    if parts.scheme not in _PORTS or not host:
        raise BadUrl("Must begin with https:// or http:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("No user name or password in the address.")
    if parts.fragment or port == 0:
        raise BadUrl("This is no address.")
    _check_host(host, allowed)
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        https=parts.scheme == "https",
        host=host,
        port=port or _PORTS[parts.scheme],
        netloc=parts.netloc,
        path=(parts.path or "/") + query,
    )


def _check_host(host: str, allowed: Sequence[Network]) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.rstrip(".")
        local = name == _LOCAL_NAMES[0] or name.endswith(_LOCAL_NAMES[1:])
        if local and not allowed:
            message = "Only public addresses; this name is of a private network."
            raise BadUrl(message, private=True) from None
        return
    if not is_allowed(address, allowed):
        message = "Only public addresses; this one is private, loopback or reserved."
        raise BadUrl(message, private=True)
