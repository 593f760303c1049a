"""The command line is read as cli.md says it; what cannot be read is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestra_desktop.cli.arguments import parse, start_options
from orchestra_desktop.cli.exit_codes import VerbFailed
from orchestra_desktop.cli.verbs import VERBS
from tests.pages import page

VERBS_OF_THE_CONTRACT = (
    *("plan", "replan", "plans", "answer", "edit", "quote", "approve", "run", "pause", "resume", "stop"),
    *("retry", "skip", "accept", "cancel", "checkpoints", "resolve", "list", "status", "tasks", "output", "events"),
    *("usage", "caps", "key", "doctor"),
)

COMMANDS = [
    "plan FILE --name N --rigor L3 --workspace W --planner opus --repo R --base main --rehearse --json",
    "plan -",
    "replan P --rigor L1 --planner local --comment text",
    "plans P --json",
    "answer P 1 text",
    "edit P T1 --title t --description d --tier auto --priority -3 --max-output-tokens 9 --tools a,b --depends-on T1",
    "quote P --json",
    "approve P --plan 2 --ceiling 0.50",
    "run P --concurrency 2 --ceiling 1 --from T1 --jsonl --deltas",
    "run P --only T1 T2",
    "run FILE --yes --rehearse --rigor L1",
    *("pause P", "resume P", "stop P"),
    "retry P T1 T2 --guidance g --tier haiku",
    *("skip P T1 T2", "accept P T1", "cancel P T1"),
    "checkpoints P --json",
    "resolve C retry --guidance g --tier sonnet --cap 5",
    "list --json",
    "status P --json",
    "tasks P --state failed --wave 1 --phase P1 --tier haiku --type code --text t --sort charged --json",
    "output P T1 --file a/b.py",
    "events P --follow --jsonl",
    "usage --by purpose --json --csv f.csv",
    "caps P --daily 2 --monthly none --project 0",
    *("key set anthropic", "key test anthropic", "key delete anthropic"),
    "doctor --json",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_form_of_the_contract_is_read(command: str) -> None:
    assert parse(command.split()).verb == command.split(maxsplit=1)[0]


def test_every_verb_of_the_contract_is_there_and_no_other() -> None:
    assert set(VERBS) == set(VERBS_OF_THE_CONTRACT)


def test_every_verb_is_on_the_page() -> None:
    text = page("command-line.md")
    assert [verb for verb in VERBS if f"`{verb}" not in text] == []


def test_common_options_are_taken_before_and_after_the_verb() -> None:
    before = "--data-dir D --config C --set a.b=1 --offline --log-level debug --log-format json list"
    after = "list --data-dir D --config C --set a.b=1 --offline --log-level debug --log-format json"
    expected = start_options(parse(before.split()), {})

    assert start_options(parse(after.split()), {}) == expected
    assert (expected.data_dir, expected.overrides, expected.offline) == (Path("D"), ("a.b=1",), True)
    assert (expected.log_level, expected.log_format) == ("debug", "json")


def test_an_option_before_the_verb_is_not_wiped_out_by_one_after_it() -> None:
    given = parse(["--data-dir", "D", "--offline", "--set", "a.b=1", "list", "--set", "c.d=2"])
    options = start_options(given, {"X": "y"})

    assert options.overrides == ("a.b=1", "c.d=2")
    assert (options.data_dir, options.offline, options.environment) == (Path("D"), True, {"X": "y"})


def test_amounts_are_dollars_and_none_is_no_cap() -> None:
    caps = parse(["caps", "--daily", "0.10", "--monthly", "none", "--project", "0"])
    assert (caps.daily, caps.monthly, caps.project) == (100_000_000, None, 0)
    assert not hasattr(parse(["caps"]), "daily")  # not said is not "none"


def test_lists_are_separated_by_commas_and_may_be_empty() -> None:
    given = parse(["edit", "P", "T1", "--tools", "read_file, write_file", "--depends-on", ""])
    assert given.tools == ["read_file", "write_file"]
    assert given.depends_on == []


def test_a_priority_may_be_taken_back() -> None:
    assert parse(["edit", "P", "T1", "--priority", "none"]).priority is None
    assert not hasattr(parse(["edit", "P", "T1", "--tier", "auto"]), "priority")


def test_ollama_is_read_as_local() -> None:
    assert parse(["retry", "P", "T1", "--tier", "ollama"]).tier == "local"


WRONG = [
    ("bogus", "invalid choice: 'bogus'"),
    ("findings P", "invalid choice: 'findings'"),
    ("plan", "FILE"),
    ("plan F --rigor L9", "--rigor"),
    ("plan F --unknown", "--unknown"),
    ("plan F --rehear", "--rehear"),  # no option is guessed from its beginning
    ("answer P x text", "'x' is not a whole number"),
    ("answer P 0 text", "0 does not lie between"),
    ("approve P --ceiling five", "'five' is not an amount"),
    ("approve P --ceiling -1", "--ceiling"),
    ("run P --concurrency 0", "--concurrency"),
    ("run P --only T1 --from T2", "not allowed with"),
    ("retry P", "TASK"),
    ("retry P T1 --tier gpt", "'gpt' is no tier"),
    ("tasks P --sort size", "--sort"),
    ("usage --by week", "--by"),
    ("caps --daily lots", "--daily"),
    ("key keep anthropic", "invalid choice: 'keep'"),
    ("list --log-level loud", "--log-level"),
]


@pytest.mark.parametrize(("command", "said"), WRONG, ids=[command for command, _ in WRONG])
def test_what_cannot_be_read_is_told_in_one_line_with_its_place(command: str, said: str) -> None:
    with pytest.raises(VerbFailed) as caught:
        parse(command.split())

    assert caught.value.code == 2
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith("orchestra-desktop")
