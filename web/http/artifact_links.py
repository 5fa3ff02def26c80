"""Signed links to one artifact: whoever has one fetches it until it expires, without a sign-in.

The signature covers the file, the workspace that made the link and the time. The workspace is not
in the address: of those that have the file, the one whose signature fits is looked for.
"""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import current_app, request
from itsdangerous import Signer

from shared.errors import ArtifactNotFound, CodesignerError
from shared.jobs.serializers import artifact_url
from web.http.i18n import translate as _

__all__ = ["SignedLink", "requested_link", "signed_path"]

_SALT = "codesigner.artifact-link"
_MAX_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class SignedLink:
    """What the address of a request says; the signature is not checked yet."""

    sha256: str
    expires: int
    """Unix time."""
    signature: str

    @property
    def left_s(self) -> int:
        """Return the seconds until it expires."""
        return max(0, self.expires - int(time.time()))

    def signer(self, workspace_ids: Iterable[str]) -> str:
        """Return which of the workspaces made the link.

        Raises:
            ArtifactNotFound: none of them.
        """
        for workspace_id in workspace_ids:
            value = _signed_value(self.sha256, workspace_id, self.expires)
            if _signer().verify_signature(value, self.signature):
                return workspace_id
        raise ArtifactNotFound(self.sha256)


def signed_path(sha256: str, workspace_id: str, expires: int) -> str:
    """Return the path of a link that is valid until a Unix time."""
    value = _signed_value(sha256, workspace_id, expires)
    query = {"expires": expires, "signature": _signer().get_signature(value).decode()}
    return f"{artifact_url(sha256)}?{urlencode(query)}"


def requested_link(sha256: str) -> SignedLink | None:
    """Return the link of the current request; None: its address has no signature.

    Raises:
        ArtifactNotFound: the address is malformed.
        CodesignerError: signed_link_expired.
    """
    signature = request.args.get("signature")
    if signature is None:
        return None
    expires = request.args.get("expires", "")
    if not (expires.isascii() and expires.isdecimal() and len(expires) <= _MAX_DIGITS):
        raise ArtifactNotFound(sha256)
    link = SignedLink(sha256=sha256, expires=int(expires), signature=signature)
    if not link.left_s:
        message = _("This link has expired; ask for another one.")
        raise CodesignerError("signed_link_expired", message)
    return link


def _signed_value(sha256: str, workspace_id: str, expires: int) -> bytes:
    return f"{sha256}\n{workspace_id}\n{expires}".encode()


def _signer() -> Signer:
    key = current_app.secret_key
    assert isinstance(key, bytes)
    return Signer(key, salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha256)
