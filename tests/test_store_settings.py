"""Where the store is: said in one setting, without its password, over TLS that is checked, and told by `check`."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import to_builtins

from gateway.settings import Settings, SettingsError, load, read
from gateway.settings.safety import warnings_of
from gateway.store.memory import Memory
from gateway.store.opening import open_store
from tests.redis_server import RedisServer, running_redis
from tests.test_commands import run


def with_store(url: str) -> Settings:
    return read(Settings, {"store": url, "store_timeout_s": 2.0, "environment": "production"})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://host", "redis://host"),
        ("redis://:canary@host:6379/1", "redis://:**********@host:6379/1"),
        ("rediss://user:canary%40@host/0?ssl_ca_certs=/ca.pem", "rediss://user:**********@host/0?ssl_ca_certs=/ca.pem"),
    ],
)
def test_the_password_is_hidden_and_the_rest_is_shown(url: str, shown: str) -> None:
    settings = with_store(url)
    assert to_builtins(settings, enc_hook=str)["store"] == shown
    assert "canary" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    "url",
    [
        "canary",
        "",
        "http://:canary@host",
        "redis://",
        "redis://:canary/more@host",
        "redis://:canary@host:99999",
        "redis://:canary@host/x",
        "redis://:canary@host?ssl_cert_reqs=none",
        "redis://:canary@host?socket_timeout=100",
        "unix://canary",
    ],
)
def test_an_address_that_is_none_is_told_without_repeating_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FNGRAPH_STORE", url)
    with pytest.raises(SettingsError) as wrong:
        load()
    assert [problem.partition(":")[0] for problem in wrong.value.problems] == ["store"]
    assert "canary" not in str(wrong.value)


def test_without_a_store_it_is_memory() -> None:
    assert isinstance(open_store(Settings()), Memory)


@pytest.mark.parametrize(
    ("url", "warnings"),
    [
        ("redis://127.0.0.1", 0),
        ("redis://:secret@valkey", 0),
        ("redis://valkey", 1),
        ("rediss://:secret@store.example", 0),
        ("redis://:secret@store.example", 1),
        ("redis://store.example", 2),
    ],
)
def test_a_store_that_others_could_read_is_warned_of(url: str, warnings: int) -> None:
    found = warnings_of(with_store(url))
    assert len(found) == warnings
    assert all(warning.startswith("store: ") and "secret" not in warning for warning in found)


@pytest.mark.slow
async def test_check_says_whether_the_store_can_be_reached(tmp_path: Path) -> None:
    async with running_redis(tmp_path) as server:
        _, out, _ = await run("check", cwd=tmp_path, FNGRAPH_STORE=server.url)
        assert "Store: reachable" in out
    _, out, _ = await run("check", cwd=tmp_path, FNGRAPH_STORE=server.url.replace("//", "//:canary@"))
    assert "Store: not reachable" in out
    assert "canary" not in out


@pytest.fixture
async def tls(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """The port of a server whose certificate is its own authority, for 127.0.0.1, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now.replace(year=2100))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem, secret = tmp_path / "ca.pem", tmp_path / "key.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    port = RedisServer(tmp_path).port
    options = ("--tls-port", str(port), "--tls-cert-file", str(pem), "--tls-key-file", str(secret))
    async with running_redis(tmp_path, *options, "--tls-auth-clients", "no"):
        yield port, pem


@pytest.mark.slow
async def test_tls_is_used_and_its_certificate_checked(tls: tuple[int, Path]) -> None:
    port, authority = tls
    trusted = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={authority}"
    async with open_store(with_store(trusted)) as store:
        assert not store.degraded
        assert await store.put("a", b"1", 60) is True
    for refused in (f"rediss://127.0.0.1:{port}/0", trusted.replace("127.0.0.1", "localhost")):
        async with open_store(with_store(refused)) as store:
            assert store.degraded, refused
