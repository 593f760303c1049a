"""Deciding verbs reach the instance that runs the folder, or the one who asks learns that nobody answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import DataFolderHeld, InvalidInput, WrongMoment
from orchestra_desktop.domain.texts import text
from orchestra_desktop.network.handoff import MAX_LINE_BYTES, Handler, HandoffServer, hand_over

TOKEN = "correct horse battery staple"
SOON_S = 0.05  # long enough for nobody to answer
LATE_S = 20.0


async def echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"you said": request}


@contextlib.asynccontextmanager
async def serving(address: str, handler: Handler = echo) -> AsyncIterator[HandoffServer]:
    server = await HandoffServer.start(address, TOKEN, handler)
    try:
        yield server
    finally:
        await server.close()


@pytest.fixture(params=["unix", "tcp"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"unix:{tmp_path / 'handoff.sock'}" if request.param == "unix" else "tcp:127.0.0.1:0"


async def raw_exchange(server: HandoffServer, *lines: bytes) -> list[dict[str, Any]]:
    """Sends bytes as they are and reads what comes back until the server closes or has answered each."""
    kind, _, place = server.address.partition(":")
    if kind == "unix":
        reader, writer = await asyncio.open_unix_connection(place)
    else:
        host, _, port = place.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
    replies = []
    with contextlib.suppress(ConnectionError):
        for line in lines:
            writer.write(line)
            await writer.drain()
            if reply := await reader.readline():
                replies.append(json.loads(reply))
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return replies


def line(**said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"


async def test_a_verb_is_carried_out_by_the_running_instance(address: str) -> None:
    async with serving(address) as server:
        answer = await hand_over(server.address, TOKEN, {"verb": "approve", "project": "Größe"}, LATE_S)

    assert answer == {"you said": {"verb": "approve", "project": "Größe"}}


async def test_an_error_comes_back_with_its_kind_and_its_words(address: str) -> None:
    async def refuses(_: dict[str, Any]) -> dict[str, Any]:
        raise WrongMoment(text("run.not_paused", run="r1", tries=2))

    async with serving(address, refuses) as server:
        answer = await hand_over(server.address, TOKEN, {}, LATE_S)

    assert answer == {"error": {"kind": "WrongMoment", "key": "run.not_paused", "args": {"run": "r1", "tries": 2}}}


@pytest.mark.logs_errors("handed over failed")
async def test_a_mistake_in_a_handler_is_an_error_and_the_next_client_is_served(address: str) -> None:
    async def stumbles(request: dict[str, Any]) -> dict[str, Any]:
        return {"found": request["key"]}

    async with serving(address, stumbles) as server:
        failed = await hand_over(server.address, TOKEN, {}, LATE_S)
        answered = await hand_over(server.address, TOKEN, {"key": 1}, LATE_S)

    assert failed["error"]["key"] == "handoff.failed"
    assert answered == {"found": 1}


async def test_several_clients_are_served_at_once(address: str) -> None:
    everybody = asyncio.Barrier(3)

    async def waits_for_the_others(request: dict[str, Any]) -> dict[str, Any]:
        await everybody.wait()
        return request

    async with serving(address, waits_for_the_others) as server:
        asked = (hand_over(server.address, TOKEN, {"n": n}, LATE_S) for n in range(3))

        assert await asyncio.gather(*asked) == [{"n": 0}, {"n": 1}, {"n": 2}]


async def test_one_connection_may_carry_several_verbs(address: str) -> None:
    async with serving(address) as server:
        replies = await raw_exchange(server, *(line(token=TOKEN, request={"n": n}) for n in range(3)))

    assert replies == [{"answer": {"you said": {"n": n}}} for n in range(3)]


@pytest.mark.parametrize("token", ["wrong", "", None, 7, TOKEN.upper(), "ünï"])
async def test_without_the_token_nothing_is_carried_out_and_there_is_no_second_guess(
    address: str, token: object
) -> None:
    carried_out: list[object] = []

    async def notes(request: dict[str, Any]) -> dict[str, Any]:
        carried_out.append(request)
        return {}

    async with serving(address, notes) as server:
        replies = await raw_exchange(server, line(token=token, request={}), line(token=TOKEN, request={}))

    assert [reply["error"]["key"] for reply in replies] == ["handoff.token"]
    assert carried_out == []


@pytest.mark.parametrize(
    "garbage", [b"\n", b"hello\n", b"[1]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", line(token=TOKEN, request=1)]
)
async def test_what_cannot_be_understood_is_answered_and_the_next_client_is_served(
    address: str, garbage: bytes
) -> None:
    async with serving(address) as server:
        replies = await raw_exchange(server, garbage)
        answer = await hand_over(server.address, TOKEN, {"n": 1}, LATE_S)

    assert [reply["error"]["key"] for reply in replies] == ["handoff.unreadable"]
    assert answer == {"you said": {"n": 1}}


async def test_a_line_above_the_bound_is_dropped_with_its_connection(address: str) -> None:
    async with serving(address) as server:
        replies = await raw_exchange(server, b'"' + b"x" * (2 * MAX_LINE_BYTES) + b'"\n')
        answer = await hand_over(server.address, TOKEN, {"n": 1}, LATE_S)

    assert replies == []
    assert answer == {"you said": {"n": 1}}


async def test_a_request_above_the_bound_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        await hand_over(f"unix:{tmp_path / 'nobody'}", TOKEN, {"plan": "x" * MAX_LINE_BYTES}, LATE_S)

    assert error.value.text.key == "handoff.too_large"


async def test_a_client_that_leaves_in_the_middle_disturbs_nobody(address: str) -> None:
    async with serving(address) as server:
        assert await raw_exchange(server) == []
        kind, _, place = server.address.partition(":")
        if kind == "unix":
            _, writer = await asyncio.open_unix_connection(place)
        else:
            _, writer = await asyncio.open_connection("127.0.0.1", int(place.rpartition(":")[2]))
        writer.write(b'{"token": ')
        writer.close()
        await writer.wait_closed()

        assert await hand_over(server.address, TOKEN, {"n": 1}, LATE_S) == {"you said": {"n": 1}}


# -- nobody answers -------------------------------------------------------------------------------------------------


async def test_where_nobody_listens_the_folder_is_held(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path / 'nobody'}", "tcp:127.0.0.1:1"):
        with pytest.raises(DataFolderHeld) as error:
            await hand_over(address, TOKEN, {}, LATE_S)
        assert error.value.text.key == "handoff.no_answer"


async def test_an_instance_that_does_not_answer_in_time_holds_the_folder(address: str) -> None:
    never = asyncio.Event()

    async def hangs(_: dict[str, Any]) -> dict[str, Any]:
        await never.wait()
        return {}

    async with serving(address, hangs) as server:
        with pytest.raises(DataFolderHeld):
            await hand_over(server.address, TOKEN, {}, SOON_S)


async def test_closing_drops_whoever_is_still_connected(address: str) -> None:
    began = asyncio.Event()

    async def hangs(_: dict[str, Any]) -> dict[str, Any]:
        began.set()
        await asyncio.Event().wait()
        return {}

    async with serving(address, hangs) as server, asyncio.TaskGroup() as group:
        asked = group.create_task(held(server.address))
        await began.wait()
        await server.close()
        await server.close()

        assert await asked


async def held(address: str) -> bool:
    try:
        await hand_over(address, TOKEN, {}, LATE_S)
    except DataFolderHeld:
        return True
    return False


# -- the socket file ------------------------------------------------------------------------------------------------


async def test_the_socket_is_for_this_user_alone_and_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "handoff.sock"
    async with serving(f"unix:{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    assert not path.exists()


async def test_a_socket_left_by_a_killed_instance_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "handoff.sock"
    path.touch()
    async with serving(f"unix:{path}") as server:
        assert await hand_over(server.address, TOKEN, {"n": 1}, LATE_S) == {"you said": {"n": 1}}


async def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    async with serving(f"unix:{deep / 'handoff.sock'}") as server:
        place = Path(server.address.removeprefix("unix:"))
        assert place.is_relative_to(tempfile.gettempdir())
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert await hand_over(server.address, TOKEN, {"n": 1}, LATE_S) == {"you said": {"n": 1}}

    assert not place.parent.exists()


@pytest.mark.parametrize("address", ["", "unix:", "http://127.0.0.1:80", "nowhere"])
async def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        await HandoffServer.start(address, TOKEN, echo)
