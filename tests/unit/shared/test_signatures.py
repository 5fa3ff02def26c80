"""Webhook signatures, verified with the reference library of the specification."""

import base64
import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.webhooks.signing import InvalidSecret, new_secret, signed_headers, validate_secret

PAYLOAD = json.dumps({"type": "job.succeeded", "data": {"brief": "手机壳"}}).encode()


def test_signature_verifies_with_the_reference_library() -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", int(time.time()), PAYLOAD, [secret])
    assert Webhook(secret).verify(PAYLOAD, headers) == json.loads(PAYLOAD)
    for wrong in (PAYLOAD + b" ", PAYLOAD.replace(b"succeeded", b"failed")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(wrong, headers)
    for name, value in (("webhook-id", "msg_2"), ("webhook-timestamp", str(int(time.time()) - 1))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(PAYLOAD, headers | {name: value})


def test_headers_are_those_of_the_specification() -> None:
    """The first is the example of the reference libraries, the others are OpenSSL's."""
    secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 44]
    message_id, payload = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
    headers = signed_headers(message_id, 1614265330, payload, secrets[:1])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    payload = '{"type":"job.succeeded","data":{"brief":"手机壳"}}'.encode()
    assert signed_headers(message_id, 1614265330, payload, secrets) == {
        "webhook-id": message_id,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,cwZkMPOHfvQNIv/z0bXbrgpKCWIn/hsyxItenBDBeew= "
        "v1,+zJSjv3jRATwgAJxJYlqI/ec9MrVNavth4rnOSNgfQE=",
    }


def test_both_secrets_verify_during_rotation() -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers("msg_1", int(time.time()), PAYLOAD, [new, old])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        Webhook(secret).verify(PAYLOAD, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(PAYLOAD, headers)


def test_secrets_are_validated() -> None:
    assert validate_secret(new_secret()).startswith("whsec_")
    assert new_secret() != new_secret()
    for size in (23, 65):
        with pytest.raises(InvalidSecret, match="24 to 64"):
            validate_secret("whsec_" + base64.b64encode(bytes(size)).decode())
    for wrong in ("", "secret", "whsec_", "whsec_###", "whsec_" + "é" * 40):
        with pytest.raises(InvalidSecret):
            validate_secret(wrong)
