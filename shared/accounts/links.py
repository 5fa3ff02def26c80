"""Addresses of links that carry a token: to accept an invitation, to set a new password."""

from urllib.parse import urlencode

__all__ = ["INVITATION_PATH", "RESET_PATH", "token_link"]

INVITATION_PATH = "/invitation"
RESET_PATH = "/reset-password"


def token_link(public_url: str, path: str, token: str) -> str:
    """Return the URL of a page that uses a token up."""
    return f"{public_url.rstrip('/')}{path}?{urlencode({'token': token})}"
