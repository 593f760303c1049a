"""Every sentence the program may need is there, says only what it is told, and lets nothing steer a terminal."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.viewmodels.english import SENTENCES, english, fields_of
from orchestra_desktop.viewmodels.sentences_of_plans import PLAN_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_runs import RUN_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_settings import SETTINGS_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_world import WORLD_SENTENCES
from tests.viewmodels.text_sites import Site, literals, sites

# Chosen from tables at run time: what each of these is given cannot be read off one call.
FROM_TABLES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("plan.offline_risk", "plan.local_unavailable", "plan.tier_unavailable"), frozenset({"tasks", "count"})
    ),
    **dict.fromkeys(("run.only_needs", "run.start_at_needs"), frozenset({"task", "dependency"})),
    **dict.fromkeys(
        ("storage.full", "storage.read_only", "storage.locked", "storage.io", "storage.damaged"),
        frozenset({"path", "detail"}),
    ),
    **dict.fromkeys(("workspace.is_root", "workspace.is_drive", "workspace.holds_home"), frozenset({"path"})),
    **dict.fromkeys(("workspace.is_system", "workspace.is_protected"), frozenset({"path"})),
    **dict.fromkeys(("settings.too_small", "settings.too_large", "settings.too_long"), frozenset({"where", "limit"})),
    "settings.not_one_of": frozenset({"where", "choices"}),
    **dict.fromkeys(
        (
            *("settings.not_a_whole_number", "settings.not_true_or_false", "settings.not_a_text", "settings.empty"),
            *("settings.wrong_form", "settings.not_a_list", "settings.not_an_object", "settings.missing"),
            *("settings.unknown_key", "settings.not_a_date"),
        ),
        frozenset({"where"}),
    ),
}


def _made() -> set[str]:
    families = {key.partition(".")[0] for key in SENTENCES}
    return {site.key for site in sites()} | literals(families)


def test_every_key_that_the_program_makes_has_a_sentence() -> None:
    assert sorted(_made() - set(SENTENCES)) == []


def test_every_sentence_is_of_a_key_that_the_program_makes() -> None:
    assert sorted(set(SENTENCES) - _made()) == []


def test_no_key_has_two_sentences() -> None:
    parts = (PLAN_SENTENCES, RUN_SENTENCES, SETTINGS_SENTENCES, WORLD_SENTENCES)
    assert len(SENTENCES) == sum(len(part) for part in parts)


def _unfilled(key: str, given_there: frozenset[str]) -> list[str]:
    """The places of a sentence for which nothing is given: of `a|b` one is enough."""
    return [field for field in fields_of(SENTENCES[key]) if not set(field.split("|")) & given_there]


def test_a_sentence_uses_only_what_its_key_is_given_wherever_it_is_made() -> None:
    wrong = []
    for site in sites():
        known = FROM_TABLES.get(site.key) if site.given is None else site.given
        if site.key in SENTENCES and known is not None and (missing := _unfilled(site.key, known)):
            wrong.append(f"{site.place} {site.key}: {missing}")
    wrong += [f"{key}: {_unfilled(key, given)}" for key, given in FROM_TABLES.items() if _unfilled(key, given)]

    assert wrong == []


def test_for_every_key_it_is_known_somewhere_what_it_is_given() -> None:
    known = {site.key for site in sites() if site.given is not None} | set(FROM_TABLES)

    assert sorted(set(SENTENCES) - known) == []


def test_the_reader_of_the_source_finds_keys_and_arguments() -> None:
    found = sites()
    [cycle] = [site for site in found if site.key == "graph.cycle"]
    assert cycle == Site("graph.cycle", cycle.place, frozenset({"path"}))
    assert {site.key for site in found} >= {"models.none", "models.none_offline", "wait.retry", "fault.no_key"}


SPECS = {"", "money", "time", "count", "cap", "Cap", "words"}


def test_every_place_of_a_sentence_is_written_in_a_way_that_is_understood() -> None:
    for key, sentence in SENTENCES.items():
        for _, name, spec, conversion in string.Formatter().parse(sentence):
            assert name is None or (spec in SPECS and conversion in {None, "r"}), key


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_a_sentence_is_one_line_without_loose_ends(key: str) -> None:
    sentence = SENTENCES[key]
    assert sentence == sentence.strip()
    assert "\n" not in sentence
    assert "  " not in sentence


# -- filling in -----------------------------------------------------------------------------------------------------


def test_amounts_caps_and_times_are_said_as_people_say_them() -> None:
    reached = text(
        "cap.reached", cap="daily", limit=5_000_000_000, counted=4_990_000_000, needed=31_000_000, short_by=21_000_000
    )
    assert english(reached) == (
        "The daily cap is reached: the next call may cost $0.03, $4.99 of $5.00 are counted, $0.02 are missing. "
        "Nothing more was sent; raise the cap, lower the tier, or stop."
    )
    assert english(text("attempt.timed_out", seconds=1800)) == "The attempt was stopped after 30:00, its time limit."
    edited = text("plan.edited_task", task="T9", fields="ask_before, model_tier")
    assert english(edited) == "T9: ask before, model tier changed"
    assert "{" not in english(text("requirements.too_long", bytes=1_500_000, limit=1_000_000))


def test_nothing_counted_is_not_called_free() -> None:
    refused = text("budget.plan_refused", cap="project", limit=0, counted=0, needed=1_000_000_000, short_by=10**9)
    assert "the project's cap of $0 has $0 counted" in english(refused)


def test_of_two_names_for_one_thing_the_one_given_is_used() -> None:
    assert english(text("task.unknown", task="T9")) == english(text("task.unknown", name="T9"))


def test_what_comes_from_outside_steers_no_terminal() -> None:
    said = english(text("project.unknown", name="\x1b[2J\x9b31m\u202eevil\r\nsecond line"))
    assert said.isprintable()
    assert "\\x1b" in said


def test_a_key_that_nobody_knows_shows_itself_and_its_values() -> None:
    assert english(text("future.thing", cost=3, name="a\x07")) == "future.thing (cost 3, name a\\x07)"
    assert english(text("future.thing")) == "future.thing"


def test_a_value_that_is_missing_or_of_another_kind_breaks_nothing() -> None:
    assert "?" in english(text("project.unknown"))
    assert english(text("cap.reached", cap="daily", limit="much"))


@given(st.sampled_from(sorted(SENTENCES)), st.dictionaries(st.text(), st.text() | st.integers() | st.floats()))
def test_no_arguments_whatever_make_a_sentence_fail(key: str, arguments: dict[str, str | int | float]) -> None:
    names = [name for field in fields_of(SENTENCES[key]) for name in field.split("|")]
    filled = arguments | dict(zip(names, arguments.values(), strict=False))

    kinds = {unicodedata.category(sign) for sign in english(Text(key, filled))}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
