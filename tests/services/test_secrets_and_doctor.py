"""The key stays between keyring and client; the doctor looks at everything and changes nothing."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import InvalidInput, KeyringUnavailable
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.session import StartOptions
from orchestra_desktop.settings.keyring import SessionKeys
from tests.fakes import ClaudeServer, OllamaServer, dead_url
from tests.services.house import KEY, House, approved, run, with_claude, with_ollama

OTHER_KEY = "sk-ant-services-ffffffffffffffff"


class NoKeyring(SessionKeys):
    """A machine without a keyring."""

    async def get(self, service: str) -> str | None:
        raise KeyringUnavailable(text("keyring.absent"))

    async def set(self, service: str, key: str) -> None:
        raise KeyringUnavailable(text("keyring.absent"))

    async def delete(self, service: str) -> bool:
        raise KeyringUnavailable(text("keyring.absent"))


async def test_a_key_is_kept_tested_and_forgotten(tmp_path: Path) -> None:
    with ClaudeServer(api_key=KEY) as server:
        house = House(tmp_path / "data", {"ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()})
        async with house.opened() as session:
            with pytest.raises(InvalidInput, match=r"key\.missing"):
                await session.keys.test("anthropic")
            await session.keys.set("anthropic", f"{KEY}\n")
            assert (await session.keys.test("anthropic")).healthy
            await session.keys.set("anthropic", OTHER_KEY)
            assert not (await session.keys.test("anthropic")).healthy
        assert await house.keyring.get("anthropic") == OTHER_KEY
        async with house.looked_at() as session:
            assert await session.keys.delete("anthropic")
            assert not await session.keys.delete("anthropic")
            for act in (session.keys.test("x"), session.keys.delete("x"), session.keys.set("x", KEY)):
                with pytest.raises(InvalidInput, match=r"key\.unknown_service"):
                    await act


async def test_without_a_keyring_a_key_is_known_until_the_process_ends_and_written_nowhere(tmp_path: Path) -> None:
    with ClaudeServer(api_key=KEY) as server:
        environment = {"ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()}
        house = House(tmp_path / "data", environment, keyring=NoKeyring())
        async with house.opened() as session:
            with pytest.raises(KeyringUnavailable):
                await session.keys.set("anthropic", KEY)
            await session.keys.keep_for_session("anthropic", KEY)
            assert (await session.keys.test("anthropic")).healthy
            project = await approved(session, rehearsal=False)
            assert (await run(session, project)).value == "finished"
        assert _files_with(house.folder, KEY) == []
        async with house.opened() as session:
            with pytest.raises(KeyringUnavailable):
                await session.keys.test("anthropic")


async def test_the_key_reaches_the_service_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ClaudeServer(api_key=KEY) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await approved(session, rehearsal=False)
            await run(session, project)
            said = [*session.notices, *(await session.doctor.examine()), session, session.context, house.app()]
        assert server.billed > 0
        assert {seen.status for seen in server.requests} == {200}  # which it is for this one key alone
        assert all(KEY not in str(seen.body) for seen in server.requests)
    assert _files_with(house.folder, KEY) == []
    assert all(KEY not in repr(one) for one in said)
    assert KEY not in repr(StartOptions(environment=house.environment))
    assert all(KEY not in record.getMessage() for record in caplog.records)


def _files_with(folder: Path, words: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


# -- the doctor -----------------------------------------------------------------------------------------------------


async def test_the_doctor_finds_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    with ClaudeServer() as claude, OllamaServer() as ollama:
        house = with_claude(tmp_path / "data", claude)
        house.environment["OLLAMA_HOST"] = ollama.url
        async with house.opened() as session:
            checks = {check.name: check for check in await session.doctor.examine()}
        assert all(check.ok for check in checks.values())
        assert {"program", "python", "data_folder", "settings", "database", "key", "anthropic", "ollama"} <= set(checks)
    async with House(tmp_path / "other").opened() as session:
        checks = {check.name: check for check in await session.doctor.examine()}
        missing = {name for name, check in checks.items() if not check.ok}
        assert missing == {"key", "anthropic", "ollama"}
        assert not any(checks[name].needed for name in missing)


async def test_the_doctor_looks_at_a_folder_that_is_not_there_without_making_it(house: House) -> None:
    async with house.looked_at() as session:
        checks = await session.doctor.examine()
        assert all(check.ok for check in checks if check.needed)
    assert not house.folder.exists()


async def test_the_doctor_names_a_folder_that_is_a_file_and_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    async with House(tmp_path / "file").looked_at() as session:
        found = {check.name: check.ok for check in await session.doctor.examine()}
        assert not found["data_folder"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orchestra.db").write_bytes(b"this is no database " * 500)
    async with House(tmp_path / "data").looked_at() as session:
        found = {check.name: check.ok for check in await session.doctor.examine()}
        assert found["data_folder"]
        assert not found["database"]


async def test_offline_the_doctor_says_so_and_reaches_nobody_but_this_machine(tmp_path: Path) -> None:
    with OllamaServer() as server:
        house = with_ollama(tmp_path / "data", server)
        house.offline = True
        house.environment["ANTHROPIC_API_KEY"] = KEY
        async with house.opened() as session:  # the guard of the suite would fail for any other contact
            checks = {check.name: check for check in await session.doctor.examine()}
            assert checks["ollama"].ok
            assert not checks["anthropic"].ok
            assert "offline" in str(checks["network"].detail)
            assert [refused.host for refused in session.context.network.log.refused] == ["api.anthropic.com"]
