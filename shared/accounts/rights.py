"""The table of rights: what each role and each scope of an API key may do.

Everything belongs to a workspace. What belongs to the installation (its queue, models and
accounts) belongs to the main workspace, whose administrators may `administer` it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from shared.main_workspace import MAIN_WORKSPACE

__all__ = [
    "KIND_LIMITS",
    "LOCAL",
    "LOCAL_ACCOUNT",
    "RIGHTS",
    "ROLES",
    "SCOPES",
    "SCOPE_NAMES",
    "Kind",
    "Principal",
    "Right",
    "Role",
    "Scope",
    "may",
]

Role = Literal["viewer", "designer", "administrator"]
Right = Literal["see", "create", "change", "delete", "share", "manage_workspace", "administer"]
Scope = Literal["read", "submit", "manage"]
Kind = Literal["local", "session", "key", "share_link"]

ROLES: tuple[Role, ...] = get_args(Role)
SCOPE_NAMES: tuple[Scope, ...] = get_args(Scope)

LOCAL_ACCOUNT = "local"
"""Account id of the only user of an installation without accounts; it has no row."""

_VIEWER: frozenset[Right] = frozenset({"see"})
_DESIGNER: frozenset[Right] = _VIEWER | {"create", "change", "delete", "share"}
_ADMINISTRATOR: frozenset[Right] = _DESIGNER | {"manage_workspace", "administer"}

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {"viewer": _VIEWER, "designer": _DESIGNER, "administrator": _ADMINISTRATOR}
)
SCOPES: Mapping[Scope, frozenset[Right]] = MappingProxyType(
    {
        "read": frozenset({"see"}),
        "submit": frozenset({"create", "change"}),
        "manage": frozenset({"delete", "share", "manage_workspace", "administer"}),
    }
)
KIND_LIMITS: Mapping[Kind, frozenset[Right]] = MappingProxyType(
    {
        "local": _ADMINISTRATOR,
        "session": _ADMINISTRATOR,
        "key": _ADMINISTRATOR,
        "share_link": _VIEWER,
    }
)
"""The most that any principal of a kind may do, whatever its role."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks, and on whose behalf."""

    kind: Kind
    account_id: str | None
    """None: a share link."""
    workspace_id: str | None
    """None: the account is a member of no workspace."""
    role: Role | None
    scopes: frozenset[Scope] | None = None
    """Scopes of an API key; None: not limited by scopes."""
    session_id: str | None = None
    key_id: str | None = None
    resource: str | None = None
    """Id of the one resource that a share link opens."""


LOCAL = Principal(
    kind="local",
    account_id=LOCAL_ACCOUNT,
    workspace_id=MAIN_WORKSPACE,
    role="administrator",
)
"""The only user of an installation without accounts."""


def may(
    principal: Principal,
    right: Right,
    resource_workspace: str | None,
    *,
    resource: str | None = None,
) -> bool:
    """Return whether a principal has a right over a resource.

    Args:
        resource_workspace: the workspace of the resource; None, an unknown one, is nobody's.
        resource: id of the resource, by which alone a share link gives rights.
    """
    if principal.role is None or resource_workspace is None:
        return False
    if principal.workspace_id != resource_workspace:
        return False
    if right == "administer" and resource_workspace != MAIN_WORKSPACE:
        return False
    return right in RIGHTS[principal.role] and _is_within_limits(principal, right, resource)


def _is_within_limits(principal: Principal, right: Right, resource: str | None) -> bool:
    if right not in KIND_LIMITS[principal.kind]:
        return False
    if principal.kind == "share_link":
        return resource is not None and resource == principal.resource
    if principal.kind == "key":
        return any(right in SCOPES[scope] for scope in principal.scopes or ())
    return True
