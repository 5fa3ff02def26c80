"""Tests of a broker behind TLS: its certificate is verified unless the URL disables it."""

import datetime
import ipaddress
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.broker.hints import hint
from shared.settings import load_settings


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for 127.0.0.1 and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "broker.crt", folder / "broker.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


TLS_END = """
import asyncio, ssl, sys

async def carry(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def pass_on(reader, writer):
    behind, ahead = await asyncio.open_unix_connection(sys.argv[1])
    await asyncio.gather(carry(reader, ahead), carry(behind, writer))

async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[2:])
    server = await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""
"""Accepts TLS and passes it on to a unix socket: the pip package's Valkey has no TLS."""


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return _certificate(tmp_path)


@pytest.fixture
def port(broker_url: str, certificate: tuple[Path, Path]) -> Iterator[int]:
    """Return the port of a TLS proxy in front of Valkey."""
    arguments = (broker_url.removeprefix("redis+socket://"), *map(str, certificate))
    with subprocess.Popen(
        [sys.executable, "-c", TLS_END, *arguments], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.kill()


@pytest.mark.parametrize(
    ("query", "taken"),
    [("", False), ("?ssl_ca_certs={certificate}", True), ("?ssl_cert_reqs=none", True)],
)
def test_broker_certificate_is_verified(
    port: int, certificate: tuple[Path, Path], broker_url: str, query: str, *, taken: bool
) -> None:
    options = query.format(certificate=quote(str(certificate[0])))
    settings = load_settings(broker_url=f"rediss://127.0.0.1:{port}/0{options}")
    assert hint(settings, "generate") is taken
    with redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://")) as client:
        assert client.llen("codesigner:generate") == int(taken)
