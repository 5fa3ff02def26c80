"""Request and response models of accounts: sign-in, sessions, API keys, members, workspaces."""

from typing import Literal

from pydantic import BaseModel, Field

from shared.accounts.api_keys import MAX_LIFETIME_S
from shared.accounts.passwords import MAX_CHARS, MIN_CHARS
from shared.accounts.rights import Right, Role, Scope
from web.schemas.base import Line, RequestBody

__all__ = [
    "AcceptRequest",
    "AccountChange",
    "AccountDocument",
    "AccountList",
    "AccountStateChange",
    "InvitationDocument",
    "InvitationList",
    "InvitationRequest",
    "KeyDocument",
    "KeyList",
    "KeyRequest",
    "MemberChange",
    "MemberDocument",
    "MemberList",
    "PasswordChange",
    "PresentDocument",
    "ResetLinkDocument",
    "ResetRequest",
    "SessionDocument",
    "SessionList",
    "SignInRequest",
    "WorkspaceDocument",
    "WorkspaceList",
    "WorkspaceRequest",
]

Locale = Literal["en", "zh"]
_PASSWORD = f"{MIN_CHARS} to {MAX_CHARS} characters, none of the common ones."


class SignInRequest(RequestBody):
    """Name and password."""

    name: str = Field(max_length=254, description="Name or e-mail address, in any case.")
    password: str = Field(max_length=1000)


class PasswordChange(RequestBody):
    """Change of one's own password."""

    current_password: str = Field(max_length=1000)
    new_password: str = Field(max_length=1000, description=_PASSWORD)


class AccountChange(RequestBody):
    """Change of one's own account; fields that are not sent stay."""

    display_name: str | None = Field(None, max_length=100, description="Shown to others.")
    locale: Locale | None = Field(None, description="Language of the pages.")
    workspace: str | None = Field(
        None, max_length=64, description="Id of the workspace that this session works in."
    )
    password: PasswordChange | None = Field(
        None, description="Ends all sessions; the response starts a new one."
    )


class KeyRequest(RequestBody):
    """API key to create, for the present workspace."""

    name: Line = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=3,
        description="read: see; submit: create and change; manage: delete, share, administer.",
    )
    lifetime_s: int | None = Field(
        31_536_000,
        ge=1,
        le=int(MAX_LIFETIME_S),
        description="Seconds until it expires; null: never.",
    )


class InvitationRequest(RequestBody):
    """Invitation of one person to the present workspace."""

    role: Role = Field("designer")
    email: str | None = Field(
        None, max_length=254, description="Becomes the e-mail of the account; nothing is sent."
    )


class AcceptRequest(RequestBody):
    """Acceptance of an invitation; who is signed in joins and sends the token alone."""

    token: str = Field(max_length=200, description="From the invitation's link.")
    name: str | None = Field(None, max_length=200, description="Name of the new account.")
    password: str | None = Field(None, max_length=1000, description=_PASSWORD)
    email: str | None = Field(None, max_length=254)
    display_name: str = Field("", max_length=100)
    locale: Locale | None = None


class ResetRequest(RequestBody):
    """A new password, by the link of an administrator."""

    token: str = Field(max_length=200, description="From the link.")
    new_password: str = Field(max_length=1000, description=_PASSWORD)


class MemberChange(RequestBody):
    """Change of a member."""

    role: Role


class WorkspaceRequest(RequestBody):
    """Workspace to create, or its new name."""

    name: Line = Field(min_length=1, max_length=100)


class AccountStateChange(RequestBody):
    """Change of an account by an administrator of the installation."""

    disabled: bool = Field(description="true: its sessions end, its API keys do not work.")


class AccountDocument(BaseModel):
    """A person."""

    id: str
    name: str
    email: str | None
    display_name: str
    locale: Locale | None
    has_password: bool = Field(description="false: signs in by OpenID Connect alone.")
    disabled: bool
    created_at: str


class WorkspaceDocument(BaseModel):
    """What members share."""

    id: str
    name: str
    created_at: str


class WorkspaceRole(BaseModel):
    """A workspace of an account, and its role there."""

    id: str
    name: str
    role: Role


class PresentDocument(BaseModel):
    """Who asks: the account, its workspaces, and what it may do in the present one."""

    account: AccountDocument
    workspace: WorkspaceRole | None = Field(description="null: a member of none.")
    workspaces: list[WorkspaceRole]
    rights: list[Right] = Field(description="In the present workspace.")
    by: Literal["session", "key"]


class SessionDocument(BaseModel):
    """A browser that is signed in."""

    id: str
    created_at: str
    last_seen_at: str
    expires_at: str
    address: str
    user_agent: str
    present: bool = Field(description="The session of this request.")


class SessionList(BaseModel):
    """Sessions, the last used first."""

    sessions: list[SessionDocument]


class KeyDocument(BaseModel):
    """An API key."""

    id: str
    prefix: str = Field(description="Beginning of the key.")
    name: str
    workspace_id: str
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    last_used_at: str | None = Field(description="Exact to a minute.")
    key: str | None = Field(None, description="Only in the response to its creation.")


class KeyList(BaseModel):
    """API keys that are neither revoked nor expired, the newest first."""

    api_keys: list[KeyDocument]


class MemberDocument(BaseModel):
    """A member of the present workspace."""

    account_id: str
    name: str
    display_name: str
    email: str | None
    role: Role
    disabled: bool


class MemberList(BaseModel):
    """Members of the present workspace, by name."""

    members: list[MemberDocument]


class InvitationDocument(BaseModel):
    """An invitation to the present workspace that is open."""

    id: str
    role: Role
    email: str | None
    invited_by: str | None = Field(description="Account id; null: on the command line.")
    created_at: str
    expires_at: str
    link: str | None = Field(None, description="Only in the response to its creation.")


class InvitationList(BaseModel):
    """Open invitations, the newest first."""

    invitations: list[InvitationDocument]


class ResetLinkDocument(BaseModel):
    """A link by which an account sets a new password, once."""

    link: str = Field(description="Not shown again.")
    valid_s: int


class WorkspaceList(BaseModel):
    """All workspaces of the installation, by name."""

    workspaces: list[WorkspaceDocument]


class AccountList(BaseModel):
    """All accounts of the installation, by name."""

    accounts: list[AccountDocument]
