"""OpenID Connect: authorization code flow with PKCE, state and nonce, by Authlib.

Errors say what is wrong; tokens and codes are neither logged nor stored. Imported only where a
provider is configured: Authlib and its cryptography take 24 MiB.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from shared.accounts.identities import ExternalIdentity, verified_email
from shared.errors import CodesignerError
from shared.settings import Settings
from web.services.oidc_flow import CALLBACK, Flow

__all__ = ["OidcProvider"]

_log = logging.getLogger(__name__)
_METADATA_S = 3600.0
_LEEWAY_S = 60
_MAX_BYTES = 1024 * 1024
_MAX_CONCURRENT = 4
_MAX_SUBJECT = 255
_MAX_CODE = 40
_SCOPE = "openid email profile"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by the provider's private key; never `none`, nor by the client's secret."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_FAILED = "provider_failed"


@dataclass(frozen=True)
class _Known:
    """Metadata and keys of the provider."""

    metadata: Mapping[str, Any]
    keys: KeySet
    read_at: float


class OidcProvider:
    """The configured provider; its metadata and keys are read at the first use and kept an hour.

    Args:
        settings: with an issuer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: _Known | None = None
        self._slots = threading.BoundedSemaphore(_MAX_CONCURRENT)

    def authorization_url(self, flow: Flow) -> str:
        """Return the URL at the provider to which the browser is sent.

        Raises:
            CodesignerError: provider_failed or unavailable.
        """
        with self._client() as client:
            metadata = self._read(client).metadata
            url, _state = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(url)

    def identity(self, flow: Flow, code: str) -> ExternalIdentity:
        """Exchange an authorization code, and return who signed in at the provider.

        Raises:
            CodesignerError: provider_failed, also for an ID token that is not valid; unavailable.
        """
        with self._client() as client:
            known = self._read(client)
            client.token_endpoint_auth_method = self._auth_method(known.metadata)
            token = client.fetch_token(
                known.metadata["token_endpoint"], code=code, code_verifier=flow.verifier
            )
            claims = self._claims(client, token, flow)
            return _identity(claims | self._further_claims(client, known.metadata, claims))

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """Yield an HTTP client with time limits; its errors become those of this service."""
        if not self._slots.acquire(blocking=False):
            message = "Too many people are signing in; try again in a moment."
            raise CodesignerError("unavailable", message, retry_after_s=5)
        secret = self._settings.oidc_client_secret
        try:
            with OAuth2Client(
                client_id=self._settings.oidc_client_id,
                client_secret=None if secret is None else secret.get_secret_value(),
                scope=_SCOPE,
                redirect_uri=self._settings.public_url.rstrip("/") + CALLBACK,
                code_challenge_method="S256",
                timeout=self._settings.oidc_timeout_s,
            ) as client:
                yield client
        except httpx2.TimeoutException as error:
            raise _failure("The sign-in service did not answer in time.", error) from error
        except httpx2.HTTPStatusError as error:
            raise _failure("The sign-in service answered with an error.", error) from error
        except httpx2.HTTPError as error:
            raise _failure("The sign-in service cannot be reached.", error) from error
        except JoseError as error:
            raise _failure("The sign-in service sent a token that is not valid.", error) from error
        except AuthlibBaseError as error:
            raise _failure("The sign-in service refused the exchange.", error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _failure("The sign-in service sent what cannot be read.", error) from error
        finally:
            self._slots.release()

    def _read(self, client: Any, *, anew: bool = False) -> _Known:
        """Return metadata and keys, read again after an hour or for a key that is not known."""
        known = self._known
        if known is not None and not anew and time.monotonic() - known.read_at < _METADATA_S:
            return known
        issuer = self._settings.oidc_issuer
        metadata = _get(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer:
            message = f"The metadata name another issuer than {issuer}."
            raise _failure(message, None)
        if not all(_is_allowed(str(metadata[name]), issuer) for name in _ENDPOINTS):
            raise _failure("The sign-in service has addresses that are not encrypted.", None)
        keys = [key for key in _get(client, metadata["jwks_uri"])["keys"] if _is_usable(key)]
        key_set = KeySet.import_key_set({"keys": keys})
        self._known = _Known(metadata, key_set, time.monotonic())
        return self._known

    def _auth_method(self, metadata: Mapping[str, Any]) -> str:
        if self._settings.oidc_client_secret is None:
            return "none"
        supported = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        is_basic = "client_secret_basic" in supported
        return "client_secret_basic" if is_basic else "client_secret_post"

    def _claims(self, client: Any, token: Mapping[str, Any], flow: Flow) -> dict[str, Any]:
        """Return the claims of an ID token after checking signature, issuer, audience and nonce."""
        known = self._read(client)
        try:
            decoded = _decoded(token["id_token"], known)
        except InvalidKeyIdError:  # the provider has new keys
            decoded = _decoded(token["id_token"], self._read(client, anew=True))
        client_id = self._settings.oidc_client_id
        options = {
            "iss": {"essential": True, "value": self._settings.oidc_issuer},
            "aud": {"essential": True, "value": client_id},
            "nonce": {"essential": True, "value": flow.nonce},
        }
        expected = {
            "nonce": flow.nonce,
            "client_id": client_id,
            "access_token": token["access_token"],
        }
        claims = CodeIDToken(decoded.claims, decoded.header, options, expected)
        claims.validate(leeway=_LEEWAY_S)
        return dict(claims)

    def _further_claims(
        self, client: Any, metadata: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what the provider says of the person beside the ID token, e-mail above all."""
        endpoint = metadata.get("userinfo_endpoint")
        if "email" in claims or endpoint is None:
            return {}
        if not _is_allowed(str(endpoint), self._settings.oidc_issuer):
            return {}
        further = _get(client, endpoint, withhold_token=False)
        if further.get("sub") != claims["sub"]:
            raise _failure("The sign-in service answered for another person.", None)
        return {name: value for name, value in further.items() if name not in claims}


def _failure(message: str, error: Exception | None) -> CodesignerError:
    """Log a failure with its kind and code, such as invalid_client; return the error of it.

    What else the service says may hold what was sent to it.
    """
    code = "".join(
        char for char in str(getattr(error, "error", "")) if char.isalnum() or char == "_"
    )
    kind = f"{type(error).__name__} {code[:_MAX_CODE]}".rstrip()
    _log.warning("OpenID Connect failed: %s (%s)", message, kind)
    return CodesignerError(_FAILED, message)


def _is_allowed(url: str, issuer: str) -> bool:
    """Return whether a URL is encrypted; plain HTTP is for a provider on this machine."""
    return url.startswith("https://") or issuer.startswith("http://")


def _get(client: Any, url: str, *, withhold_token: bool = True) -> dict[str, Any]:
    """Return a JSON object; a long answer is not read to its end."""
    with client.stream("GET", url, withhold_token=withhold_token) as response:
        response.raise_for_status()
        body = b""
        for part in response.iter_bytes():
            body += part
            if len(body) > _MAX_BYTES:
                raise ValueError("too long")
        document = httpx2.Response(200, content=body).json()
    if not isinstance(document, dict):
        raise TypeError("no object")
    return document


def _is_usable(key: Any) -> bool:
    return key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"


def _decoded(id_token: str, known: _Known) -> jwt.Token:
    offered = known.metadata.get("id_token_signing_alg_values_supported", ["RS256"])
    algorithms = [each for each in _ALGORITHMS if each in offered]
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    return jwt.decode(id_token, known.keys, registry=registry)


def _identity(claims: Mapping[str, Any]) -> ExternalIdentity:
    subject = str(claims["sub"])
    if not 1 <= len(subject) <= _MAX_SUBJECT or not subject.isprintable():
        raise ValueError("the subject")
    email = verified_email(claims.get("email"), claims.get("email_verified"))
    hint = str(claims.get("preferred_username") or email or claims.get("name") or "")
    return ExternalIdentity(
        issuer=str(claims["iss"]),
        subject=subject,
        email=email,
        name_hint=hint.partition("@")[0],
        display_name=_line(str(claims.get("name") or "")),
        locale=str(claims.get("locale") or "")[:2].lower(),
    )


def _line(text: str) -> str:
    return "".join(char for char in text[:200] if char.isprintable()).strip()[:100]
