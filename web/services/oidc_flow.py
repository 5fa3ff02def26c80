"""A sign-in by OpenID Connect that is under way: what is checked when the browser comes back."""

import secrets
from dataclasses import dataclass, field

__all__ = ["CALLBACK", "FLOW_S", "Flow"]

CALLBACK = "/sign-in/oidc/callback"
"""Path to which the provider sends the browser back."""
FLOW_S = 600
"""Seconds that somebody has for signing in at the provider."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sign-in that was begun; kept in the browser's signed cookie until it comes back."""

    state: str = field(default_factory=secrets.token_urlsafe)
    nonce: str = field(default_factory=secrets.token_urlsafe)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
