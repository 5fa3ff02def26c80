"""The network that one visitor is given, by which attempts and connections are counted."""

import ipaddress

__all__ = ["network_of"]


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, an IPv6 address as its /64 network, other text unchanged.

    One visitor has a whole /64 network at hand. The zone of a link-local address is left out.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
