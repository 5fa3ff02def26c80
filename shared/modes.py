"""What the mode of an installation allows: the mode local serves loopback alone."""

import ipaddress
from urllib.parse import urlsplit

from shared.settings import PREFIX, Settings

__all__ = ["mode_fault"]


def mode_fault(settings: Settings) -> str | None:
    """Return why an installation may not be served in its mode; None if it may."""
    if settings.mode != "local":
        return None
    names = {"HOST": settings.host, "PUBLIC_URL": urlsplit(settings.public_url).hostname or ""}
    for name, host in names.items():
        if not _is_loopback(host):
            return (
                f"{PREFIX}{name} is {host}, and the mode local, in which everybody may do "
                f"everything, is for loopback alone; set {PREFIX}MODE=accounts to serve others"
            )
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
