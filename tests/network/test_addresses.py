"""What counts as this machine, and how hosts are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.network.addresses import Address, address_of, allowed_host, normal_host


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://localhost:11434/api/tags", "localhost", 11434),
        ("http://LOCALHOST./", "localhost", 80),
        ("https://127.0.0.1", "127.0.0.1", 443),
        ("ws://127.255.0.9:8188/ws?clientId=1", "127.255.0.9", 8188),
        ("http://[::1]:11434", "::1", 11434),
        ("http://[0:0:0:0:0:0:0:1]/", "::1", 80),
    ],
)
def test_every_spelling_of_this_machine_is_loopback(url: str, host: str, port: int) -> None:
    found = address_of(url)
    assert found == Address(host, port)
    assert found.is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.evil.test/",
        "http://localhost.evil.test/",
        "http://127.0.0.1@evil.test/",
        "http://evil.test#@127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://192.168.1.7/",
        "http://models.localhost/",
    ],
)
def test_what_only_looks_like_this_machine_is_foreign(url: str) -> None:
    assert not address_of(url).is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "ftp://localhost/",
        "file:///etc/hosts",
        "http://",
        "http:///path",
        "http://local host/",
        "http://localhost\\@evil.test/",
        "http://localhost\n.evil.test/",
        "http://localhost:port/",
        "http://localhost:99999/",
        "http://[::1%25eth0]/",
    ],
)
def test_a_url_that_cannot_be_judged_is_no_address(url: str) -> None:
    with pytest.raises(ValueError):
        address_of(url)


def test_localhost_is_reached_by_number_so_that_no_resolver_is_asked() -> None:
    assert address_of("http://localhost:1234").connect_to == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("listed", "url", "covered"),
    [
        ("api.anthropic.com", "https://API.Anthropic.com./v1", True),
        ("api.anthropic.com", "http://api.anthropic.com:8080", True),
        ("api.anthropic.com:443", "https://api.anthropic.com", True),
        ("api.anthropic.com:443", "http://api.anthropic.com", False),
        ("api.anthropic.com", "https://evil.api.anthropic.com", False),
        ("anthropic.com", "https://api.anthropic.com", False),
        ("192.168.1.7:11434", "http://192.168.1.7:11434", True),
        ("fd00::7", "http://[fd00:0::7]:11434", True),
        ("[fd00::7]:11434", "http://[fd00::7]:80", False),
        ("bücher.test", "https://xn--bcher-kva.test", True),
    ],
)
def test_a_listed_host_covers_just_itself(listed: str, url: str, covered: bool) -> None:
    assert allowed_host(listed).covers(address_of(url)) is covered


@given(st.text(max_size=60))
def test_no_text_makes_the_parsers_fail_in_another_way(text: str) -> None:
    for read in (normal_host, address_of, allowed_host):
        try:
            read(text)
        except ValueError:
            continue


@given(st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True).filter(lambda host: "localhost" not in host))
def test_only_numbers_of_the_loopback_net_are_loopback(host: str) -> None:
    try:
        found = address_of(f"http://{host}/")
    except ValueError:
        return
    assert found.is_loopback == (found.host.startswith("127.") and found.host.count(".") == 3)
