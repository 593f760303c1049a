"""The services place: what a check says, without Qt and in the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.events import HealthChanged
from orchestra_desktop.domain.messages import ModelInfo
from orchestra_desktop.domain.ports import Health
from orchestra_desktop.ui.services.service_card import models_words
from orchestra_desktop.ui.services.services_place import ServicesPlace
from orchestra_desktop.viewmodels.service_rows import SERVICES, ServiceState, answered, asking, heard
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import opened, until
from tests.ui.stage import StageBrain, staged

CLAUDE, OLLAMA = SERVICES


def test_an_answer_brings_models_and_how_long_it_took() -> None:
    row = answered(asking(OLLAMA), Health(True, "", (ModelInfo("b"), ModelInfo("a")), 12), refused=False)
    assert (row.state, row.models, row.latency_ms) == (ServiceState.READY, ("a", "b"), 12)
    assert models_words(row) == "2 models: a, b"


def test_a_fault_is_said_in_a_sentence_and_stays_as_the_last_error() -> None:
    row = answered(OLLAMA, Health(False, "unreachable: refused\x1b[2J."), refused=False)
    assert row.state is ServiceState.NOT_ANSWERING
    assert row.detail.startswith("The service cannot be reached: refused")
    assert "\x1b" not in row.detail
    better = heard(row, HealthChanged("ollama", True, ""))
    assert (better.state, better.detail, better.last_error) == (ServiceState.READY, "", row.detail)


def test_a_check_that_broke_off_does_not_speak_of_money() -> None:
    row = answered(OLLAMA, Health(False, "timeout: 5 s"), refused=False)
    assert row.detail == "timeout: 5 s"


def test_our_own_refusal_is_no_error_of_the_service() -> None:
    row = answered(CLAUDE, Health(False, "offline: api.anthropic.com"), refused=True)
    assert (row.state, row.last_error) == (ServiceState.OFFLINE, "")


def _place(program: WindowProgram) -> ServicesPlace:
    program.window.show_place("services")
    (found,) = program.window.findChildren(ServicesPlace)
    return found


async def _asked(program: WindowProgram) -> None:
    for service in ("anthropic", "ollama"):
        name = f"services.check {service}"
        await until(program, lambda name=name: not program.bridge.is_running(name))  # type: ignore[misc]


async def test_claude_answers_and_ollama_does_not(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            place = _place(program)
            await _asked(program)
            assert place.rows["anthropic"].state is ServiceState.READY
            assert place.rows["anthropic"].models
            assert place.rows["ollama"].state is ServiceState.NOT_ANSWERING
            assert place.cards["ollama"].state.text() == "not answering"
            program.context.flush.now()
            assert not program.context.workspace.services["ollama"].healthy
            place.cards["ollama"].test.click()
            assert not place.cards["ollama"].key.isVisible()
            await _asked(program)


async def test_a_check_that_was_refused_offline_says_offline(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server, "anthropic.base_url=https://api.anthropic.com") as program:
            from orchestra_desktop.services.preferences import set_offline

            assert set_offline(program.context.session.context, True)
            place = _place(program)
            await _asked(program)
            assert place.rows["anthropic"].state is ServiceState.OFFLINE


async def test_without_a_key_it_is_not_asked_and_the_way_to_one_is_offered(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _place(program)
        await _asked(program)
        assert place.rows["anthropic"].state is ServiceState.NO_KEY
        assert place.cards["anthropic"].key.isVisible()
        place.cards["anthropic"].key.click()
        assert program.window.places.current == "settings"
        await until(program, lambda: not program.bridge.is_running("key.look"))
