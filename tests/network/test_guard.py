"""What the guard lets through, refuses and remembers."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain.errors import NetworkRefused
from orchestra_desktop.domain.ports import Network
from orchestra_desktop.network.guard import LONGEST_LOG, NetworkGuard, NetworkSettings
from tests.conftest import Contact
from tests.network.clocks import NOON, InstantClock

ABROAD = "https://api.anthropic.com/v1/messages"


def guard(*, offline: bool = True, allowed: tuple[str, ...] = (), proxy: str | None = None) -> NetworkGuard:
    return NetworkGuard(NetworkSettings(offline=offline, allowed_hosts=allowed, proxy_url=proxy), InstantClock())


def test_the_guard_is_the_network_port() -> None:
    port: Network = guard()
    assert port.offline


def test_online_everything_is_open() -> None:
    guard(offline=False).check(ABROAD)


def test_offline_only_this_machine_is_open(contacts: list[Contact]) -> None:
    network = guard()
    network.check("http://localhost:11434/api/chat")
    network.check("http://127.0.0.1:1/")
    network.check("http://[::1]:1/")
    with pytest.raises(NetworkRefused) as refused:
        network.check(ABROAD)
    assert refused.value.host == "api.anthropic.com"
    assert refused.value.text.args == {"host": "api.anthropic.com", "why": "offline"}
    assert contacts == []


def test_a_listed_host_is_open_offline() -> None:
    guard(allowed=("api.anthropic.com:443", "192.168.1.7")).check(ABROAD)


def test_an_unreadable_entry_of_the_list_opens_nothing() -> None:
    network = guard(allowed=("", "  ", "http://api.anthropic.com", "api.anthropic.com/v1", "a b"))
    with pytest.raises(NetworkRefused):
        network.check(ABROAD)


def test_what_was_refused_is_remembered_with_time_and_place() -> None:
    network = guard()
    with pytest.raises(NetworkRefused):
        network.check("http://192.168.1.7:11434/api/tags")
    [refused] = network.log.refused
    assert (refused.at, refused.host, refused.port, refused.why) == (NOON, "192.168.1.7", 11434, "offline")


def test_the_memory_of_refusals_is_bounded_and_keeps_the_latest() -> None:
    network = guard()
    for number in range(LONGEST_LOG + 10):
        with pytest.raises(NetworkRefused):
            network.check(f"http://host{number}.test/")
    assert len(network.log.refused) == LONGEST_LOG
    assert network.log.refused[-1].host == f"host{LONGEST_LOG + 9}.test"


@pytest.mark.parametrize("url", ["ftp://localhost/x", "file:///etc/passwd", "nonsense", "http://a b/"])
@pytest.mark.parametrize("offline", [True, False])
def test_an_address_that_cannot_be_judged_is_refused_online_too(url: str, offline: bool) -> None:
    with pytest.raises(NetworkRefused) as refused:
        guard(offline=offline).check(url)
    assert refused.value.text.args["why"] == "bad_address"


def test_new_settings_rule_at_once() -> None:
    network = guard(offline=False)
    network.apply(NetworkSettings(offline=True))
    with pytest.raises(NetworkRefused):
        network.check(ABROAD)


def test_offline_a_proxy_must_be_listed_like_any_host() -> None:
    network = guard(allowed=("api.anthropic.com",), proxy="http://proxy.test:3128")
    with pytest.raises(NetworkRefused) as refused:
        network.route("https", "api.anthropic.com", None)
    assert refused.value.host == "proxy.test"


def test_this_machine_is_never_reached_through_the_proxy() -> None:
    route = guard(offline=False, proxy="http://proxy.test:3128").route("http", "localhost", 11434)
    assert not route.proxied
    assert route.hosts == ("127.0.0.1", "::1")


@pytest.mark.parametrize("proxy", ["socks5://proxy.test:1080", "proxy.test:3128", "ftp://proxy.test"])
def test_a_proxy_that_no_client_speaks_is_refused_and_not_passed_by(proxy: str) -> None:
    with pytest.raises(NetworkRefused) as refused:
        guard(offline=False, proxy=proxy).route("https", "api.anthropic.com", None)
    assert refused.value.text.args["why"] == "bad_proxy"


def test_a_proxy_password_is_not_shown() -> None:
    assert "secret" not in repr(NetworkSettings(proxy_url="http://me:secret@proxy.test"))
