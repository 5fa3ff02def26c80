"""A real OpenID Connect provider in a thread, whose answers a test may change."""

import base64
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User, app
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

__all__ = ["Provider", "running_provider"]

Claims = dict[str, Any]


@dataclass
class Provider:
    """The provider at `issuer`; `change_*` alter what it answers, signed with a key of its own."""

    issuer: str = ""
    change_metadata: Callable[[Claims], Any] | None = None
    change_claims: Callable[[Claims], Any] | None = None
    sign: Callable[[Claims, RSAKey], str] | None = None
    delay_s: float = 0.0
    token_requests: list[dict[str, str]] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "own"}))

    def allow(self, authorization_url: str, subject: str) -> str:
        """Sign somebody in at the provider, and return the URL that the browser is sent back to."""
        answer = httpx2.post(authorization_url, data={"sub": subject})
        return answer.headers["location"]

    def deny(self, authorization_url: str) -> str:
        """Cancel at the provider, and return the URL that the browser is sent back to."""
        answer = httpx2.post(authorization_url, data={"action": "deny"})
        state = parse_qs(urlsplit(authorization_url).query)["state"][0]
        return f"{answer.headers['location']}&state={state}"  # which this provider forgets

    def proved(self, authorization_url: str) -> bool:
        """Return whether the last exchange proved that it began with this URL (PKCE, S256)."""
        asked = parse_qs(urlsplit(authorization_url).query)
        assert asked["code_challenge_method"] == ["S256"]
        verifier = self.token_requests[-1]["code_verifier"]
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"][0]

    def _changed(self, path: str, answer: bytes) -> bytes:
        document = json.loads(answer)
        if path == "/.well-known/openid-configuration" and self.change_metadata:
            self.change_metadata(document)
        if path == "/jwks" and (self.change_claims or self.sign):
            document["keys"] = [self.key.as_dict(private=False, use="sig")]
        if path == "/oauth2/token" and (self.change_claims or self.sign):
            document["id_token"] = self._signed(document["id_token"])
        return json.dumps(document).encode()

    def _signed(self, id_token: str) -> str:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if self.change_claims:
            self.change_claims(claims)
        if self.sign:
            return self.sign(claims, self.key)
        return jwt.encode({"alg": "RS256", "kid": "own"}, claims, self.key)


@contextmanager
def running_provider(*people: User) -> Iterator[Provider]:
    """Run a provider that knows people; it takes any client."""
    provider, inner = Provider(), app(require_nonce=True, user_claims=people)

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        time.sleep(provider.delay_s)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        request = Request(environ)
        if request.path == "/oauth2/token":
            provider.token_requests.append(dict(parse_qsl(body.decode())))
        answer, status, headers = run_wsgi_app(inner, environ)
        body = b"".join(answer)
        if status.startswith("200") and headers.get("Content-Type") == "application/json":
            body = provider._changed(request.path, body)
            headers.set("Content-Length", str(len(body)))
        return Response(body, status, headers)(environ, start_response)

    server = make_server("127.0.0.1", 0, outer, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
