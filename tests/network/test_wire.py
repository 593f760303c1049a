"""Real requests over both libraries: the guard under each of them, TLS, proxy, redirects and `localhost`."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from orchestra_desktop.domain.errors import NetworkRefused
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from tests.conftest import Contact
from tests.network.clocks import InstantClock
from tests.network.raw_server import AUTHORITY, raw_server, response
from tests.network.surroundings import environment

OK = response(200, b"fine")
both = pytest.mark.parametrize("library", ["httpx", "httpx2"])


@contextlib.asynccontextmanager
async def client(
    library: str, settings: NetworkSettings | None = None, most_bytes: int = 1_000_000
) -> AsyncIterator[Any]:
    guard = NetworkGuard(settings or NetworkSettings(offline=True), InstantClock())
    made = guard.httpx_client if library == "httpx" else guard.httpx2_client
    async with made(max_response_bytes=most_bytes) as opened:
        yield opened


def _has_sixth_version() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@both
async def test_a_request_to_this_machine_goes_through(library: str) -> None:
    async with raw_server(OK) as server, client(library) as http:
        answer = await http.post(f"{server.url}/x", json={"a": 1})
    assert (answer.status_code, answer.text) == (200, "fine")
    assert b'{"a":1}' in server.requests[0].replace(b": ", b":")


@both
async def test_each_request_is_checked_whatever_base_url_or_library_led_to_it(
    library: str, contacts: list[Contact]
) -> None:
    async with client(library) as http:
        http.base_url = "http://elsewhere.test"
        for url in ("/x", "http://192.0.2.1/x", "https://elsewhere.test:8443/x"):
            with pytest.raises(NetworkRefused):
                await http.get(url)
    assert contacts == []


@both
async def test_a_redirect_is_not_followed(library: str) -> None:
    away = response(307, location="http://elsewhere.test/v1/messages")
    async with raw_server(away) as server, client(library) as http:
        answer = await http.post(server.url, content=b"the whole prompt")
    assert answer.status_code == 307
    assert server.connections == 1


@both
async def test_a_redirect_that_somebody_follows_all_the_same_meets_the_guard(
    library: str, contacts: list[Contact]
) -> None:
    away = response(307, location="http://elsewhere.test/v1/messages")
    async with raw_server(away) as server, client(library) as http:
        with pytest.raises(NetworkRefused):
            await http.post(server.url, content=b"the whole prompt", follow_redirects=True)
    assert {contact.host for contact in contacts} == {"127.0.0.1"}


@both
async def test_localhost_is_reached_by_number_and_keeps_its_name(library: str, contacts: list[Contact]) -> None:
    async with raw_server(OK) as server, client(library) as http:
        answer = await http.get(f"http://localhost:{server.port}/x")
    assert answer.text == "fine"
    assert f"localhost:{server.port}".encode() in server.requests[0]
    assert [contact for contact in contacts if contact.verb == "look up"] == []


@both
async def test_localhost_may_listen_on_the_sixth_version_alone(library: str) -> None:
    if not _has_sixth_version():
        return  # nothing can listen there, so there is nothing to reach
    async with raw_server(OK, host="::1") as server, client(library) as http:
        answer = await http.post(f"http://localhost:{server.port}/x", content=b"sent once")
    assert answer.text == "fine"
    assert server.requests[0].endswith(b"sent once")
    assert server.connections == 1


@both
async def test_proxies_of_the_environment_are_not_used(library: str) -> None:
    async with raw_server(response(502)) as proxy, raw_server(OK) as server:
        named = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"), proxy.url)
        with environment(**named):
            async with client(library) as http:
                answer = await http.get(server.url)
    assert answer.text == "fine"
    assert proxy.connections == 0


@both
async def test_the_proxy_of_the_settings_carries_what_leaves_this_machine(
    library: str, contacts: list[Contact]
) -> None:
    async with raw_server(OK) as proxy:
        settings = NetworkSettings(proxy_url=proxy.url)
        async with client(library, settings) as http:
            answer = await http.get("http://models.test/v1")
    assert answer.text == "fine"
    assert proxy.requests[0].startswith(b"GET http://models.test/v1 ")
    assert {contact.host for contact in contacts} == {"127.0.0.1"}


@both
async def test_a_certificate_of_nobody_we_know_is_refused(library: str) -> None:
    async with raw_server(OK, tls=True) as server, client(library) as http:
        with pytest.raises((httpx.ConnectError, httpx2.ConnectError)):
            await http.get(f"https://localhost:{server.port}/")
    assert server.requests == []


@both
async def test_the_ca_file_of_the_settings_is_trusted_and_the_name_still_checked(library: str) -> None:
    settings = NetworkSettings(ca_file=str(AUTHORITY))
    async with raw_server(OK, tls=True) as server, client(library, settings) as http:
        assert (await http.get(f"https://localhost:{server.port}/")).text == "fine"
        with pytest.raises((httpx.ConnectError, httpx2.ConnectError)):
            await http.get(f"https://127.0.0.1:{server.port}/")  # the certificate names localhost alone


@both
async def test_certificates_of_the_environment_are_not_trusted(library: str) -> None:
    with environment(SSL_CERT_FILE=str(AUTHORITY)):
        async with raw_server(OK, tls=True) as server, client(library) as http:
            with pytest.raises((httpx.ConnectError, httpx2.ConnectError)):
                await http.get(f"https://localhost:{server.port}/")


def test_a_ca_file_that_cannot_be_read_is_an_error_of_the_file(tmp_path: Path) -> None:
    missing = NetworkSettings(ca_file=str(tmp_path / "absent.pem"))
    with pytest.raises(OSError):
        NetworkGuard(missing, InstantClock()).httpx2_client()


@both
async def test_a_response_without_end_is_broken_off(library: str) -> None:
    async with raw_server(response(200, b"x" * 5_000)) as server, client(library, most_bytes=4_000) as http:
        with pytest.raises((httpx.ReadError, httpx2.ReadError), match="longer than 4000 bytes"):
            await http.get(server.url)


@both
async def test_no_compression_is_asked_for(library: str) -> None:
    async with raw_server(OK) as server, client(library) as http:
        await http.get(server.url)
    assert b"accept-encoding: identity" in server.requests[0].lower()
