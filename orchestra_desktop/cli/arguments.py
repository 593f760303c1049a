"""Reads the command line: the common options before or after the verb, and a parser for each verb."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from orchestra_desktop import __version__
from orchestra_desktop.cli import exit_codes
from orchestra_desktop.cli.exit_codes import VerbFailed
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import from_dollars
from orchestra_desktop.services.session import StartOptions
from orchestra_desktop.settings.log_file import FORMATS, LEVELS
from orchestra_desktop.viewmodels.english import english

PROGRAM = "orchestra-desktop"
TIERS = ("local", "haiku", "sonnet", "opus")
GROUPINGS = ("day", "project", "model", "purpose", "tier")
SORTINGS = ("id", "title", "state", "wave", "phase", "tier", "type", "attempts", "charged", "started", "finished")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and leaves ending the process to its caller."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        raise VerbFailed(exit_codes.WRONG_INPUT, f"{self.prog}: {message}; --help shows how it is used")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Raises VerbFailed for what cannot be read; `--help` and `--version` print and raise SystemExit."""
    return _parser().parse_args(argv)


def start_options(arguments: argparse.Namespace, environment: Mapping[str, str]) -> StartOptions:
    """The common options of cli.md."""
    return StartOptions(
        data_dir=arguments.data_dir,
        config=arguments.config,
        overrides=(*(arguments.set or ()), *(getattr(arguments, "set_after", None) or ())),
        offline=arguments.offline,
        log_level=arguments.log_level,
        log_format=arguments.log_format,
        environment=environment,
    )


# -- kinds of values ------------------------------------------------------------------------------------------------


def _dollars(given: str) -> int:
    try:
        return from_dollars(given)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(english(error.text)) from None


def _cap(given: str) -> int | None:
    return None if given == "none" else _dollars(given)


def _whole(least: int, most: int = 1_000_000) -> Any:
    def whole(given: str) -> int:
        try:
            number = int(given)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{given!r} is not a whole number") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} does not lie between {least} and {most:,}")
        return number

    return whole


def _tier(given: str) -> str:
    name = "local" if given == "ollama" else given
    if name not in TIERS:
        raise argparse.ArgumentTypeError(f"{given!r} is no tier; there are {', '.join(TIERS)}")
    return name


def _task_tier(given: str) -> str:
    return given if given == "auto" else _tier(given)


def _priority(given: str) -> int | None:
    number: int | None = None if given == "none" else _whole(-1_000_000)(given)
    return number


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _folder(given: str) -> Path:
    if not given.strip():
        raise argparse.ArgumentTypeError("an empty path is no folder")
    return Path(given)


def _sorting(given: str) -> str:
    if given.removeprefix("-") not in SORTINGS:
        raise argparse.ArgumentTypeError(f"{given!r} is none of {', '.join(SORTINGS)}")
    return given


# -- the parser -----------------------------------------------------------------------------------------------------


def _parser() -> Parser:
    parser = Parser(prog=PROGRAM, description="Plans, runs and pays for the work of language models.")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_common(parser, after=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for name, (about, add) in _VERBS.items():
        verb = verbs.add_parser(name, help=about, description=about)
        _add_common(verb, after=True)
        add(verb)
    return parser


def _add_common(parser: Parser, *, after: bool) -> None:
    """After the verb an option that is not given must not wipe out the one that was given before it."""
    gone: Any = argparse.SUPPRESS
    unset = gone if after else None
    group = parser.add_argument_group("common options")
    group.add_argument("--data-dir", type=_folder, metavar="DIR", default=unset, help="database, workspaces, logs")
    group.add_argument("--config", type=_folder, metavar="FILE", default=unset, help="settings file")
    group.add_argument(
        "--set",
        action="append",
        metavar="SECTION.NAME=VALUE",
        default=unset,
        dest="set_after" if after else "set",
        help="a setting for this process only; may be repeated",
    )
    group.add_argument(
        "--offline", action="store_true", default=gone if after else False, help="reach this machine and listed hosts"
    )
    group.add_argument("--log-level", choices=LEVELS, default=unset)
    group.add_argument("--log-format", choices=FORMATS, default=unset)


def _add_json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def _add_project(parser: Parser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="an id, a unique id prefix or a unique name")


# -- planning -------------------------------------------------------------------------------------------------------


def _add_plan_options(parser: Parser) -> None:
    parser.add_argument("--name", help="the project's name; else the first line of the requirements")
    parser.add_argument("--rigor", choices=("L1", "L2", "L3"), type=str.upper, help="quick, standard, thorough")
    parser.add_argument("--workspace", metavar="DIR", help="where the files go; else a folder in the data folder")
    parser.add_argument("--planner", type=_tier, metavar="TIER", help="who plans")
    parser.add_argument("--repo", metavar="DIR", help="the project's git repository")
    parser.add_argument("--base", metavar="BRANCH", help="the branch its work starts from")
    parser.add_argument("--rehearse", action="store_true", help="a stand-in answers; nothing is sent or spent")


def _plan(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="the requirements, Markdown; - is standard input")
    _add_plan_options(parser)
    _add_json(parser)


def _replan(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("--rigor", choices=("L1", "L2", "L3"), type=str.upper)
    parser.add_argument("--planner", type=_tier, metavar="TIER")
    parser.add_argument("--comment", metavar="TEXT", default="", help="what should be different")
    _add_json(parser)


def _answer(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("question", metavar="QUESTION", type=_whole(1), help="its number, counted from 1")
    parser.add_argument("text", metavar="TEXT")


def _edit(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("task", metavar="TASK", help="an id or a unique title")
    parser.add_argument("--title")
    parser.add_argument("--description")
    parser.add_argument("--tier", type=_task_tier, help="auto, local, haiku, sonnet or opus")
    parser.add_argument("--priority", type=_priority, default=argparse.SUPPRESS, help="lower goes first; or none")
    parser.add_argument("--max-output-tokens", type=_whole(1), metavar="N")
    parser.add_argument("--tools", type=_names, metavar="A,B", help="by name; '' is none")
    parser.add_argument("--depends-on", type=_names, metavar="T1,T2", help="by id; '' is none")


def _approve(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("--plan", type=_whole(1), metavar="N", help="this draft; else the newest")
    parser.add_argument("--ceiling", type=_dollars, metavar="USD", help="what the run may cost; else the quote's")


def _of_project(parser: Parser) -> None:
    _add_project(parser)


def _of_project_json(parser: Parser) -> None:
    _add_project(parser)
    _add_json(parser)


# -- runs -----------------------------------------------------------------------------------------------------------


def _run(parser: Parser) -> None:
    parser.add_argument("target", metavar="PROJECT|FILE", help="a project; or, with --yes, a file of requirements")
    parser.add_argument("--yes", action="store_true", help="approve the plan of FILE unseen")
    _add_plan_options(parser)
    parser.add_argument("--concurrency", type=_whole(1, 1_000), metavar="N", help="tasks at one time")
    parser.add_argument("--ceiling", type=_dollars, metavar="USD", help="what the run may cost")
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--from", dest="start_at", metavar="TASK", help="this task and everything behind it")
    scope.add_argument("--only", nargs="+", metavar="TASK", default=(), help="these tasks alone")
    parser.add_argument("--jsonl", action="store_true", help="every event as one JSON line")
    parser.add_argument("--deltas", action="store_true", help="with --jsonl: streamed text too")


def _tasks_of(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("tasks", metavar="TASK", nargs="+", help="an id or a unique title")


def _retry(parser: Parser) -> None:
    _tasks_of(parser)
    parser.add_argument("--guidance", metavar="TEXT", default="", help="told to the next attempt")
    parser.add_argument("--tier", type=_tier, help="move it to this tier")


def _resolve(parser: Parser) -> None:
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="an id or a unique id prefix")
    parser.add_argument("action", metavar="ACTION", help="one of those that `checkpoints` lists")
    parser.add_argument("--guidance", metavar="TEXT", default="")
    parser.add_argument("--tier", type=_tier)
    parser.add_argument("--cap", type=_dollars, metavar="USD", help="what the cap is raised to")


# -- reading, money, keys -------------------------------------------------------------------------------------------


def _tasks(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("--state")
    parser.add_argument("--wave", type=_whole(1))
    parser.add_argument("--phase")
    parser.add_argument("--tier", type=_task_tier)
    parser.add_argument("--type")
    parser.add_argument("--text", help="in its id, title, reason or error")
    parser.add_argument("--sort", type=_sorting, metavar="FIELD", help="--sort=-charged: largest first")
    _add_json(parser)


def _output(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("task", metavar="TASK")
    parser.add_argument("--file", metavar="F", help="a file that it wrote, by its path in the workspace")


def _events(parser: Parser) -> None:
    _add_project(parser)
    parser.add_argument("--follow", action="store_true", help="go on with those to come, until Ctrl-C")
    parser.add_argument("--jsonl", action="store_true", help="one JSON object per line")


def _usage(parser: Parser) -> None:
    parser.add_argument("--by", choices=GROUPINGS, default="day")
    parser.add_argument("--csv", metavar="FILE", help="the ledger line by line; - is standard output")
    _add_json(parser)


def _caps(parser: Parser) -> None:
    parser.add_argument("of", metavar="PROJECT", nargs="?", help="one project's; else everybody's")
    for name in ("daily", "monthly", "project"):
        parser.add_argument(
            f"--{name}", type=_cap, metavar="USD", default=argparse.SUPPRESS, help="an amount, 0 or none"
        )
    _add_json(parser)


def _key(parser: Parser) -> None:
    parser.add_argument("action", choices=("set", "test", "delete"))
    parser.add_argument("service", metavar="SERVICE", help="anthropic")


_VERBS: Mapping[str, tuple[str, Any]] = {
    "plan": ("make a project and its first plan", _plan),
    "replan": ("ask for another version of the plan", _replan),
    "plans": ("the versions of the plan", _of_project_json),
    "answer": ("answer an open question of the draft", _answer),
    "edit": ("change a task of the draft", _edit),
    "quote": ("what it will cost and take", _of_project_json),
    "approve": ("sign a draft and its ceiling", _approve),
    "run": ("run to the end, in the foreground", _run),
    "pause": ("no new calls; those under way finish", _of_project),
    "resume": ("let a paused or stopped run go on", _of_project),
    "stop": ("cancel calls and settle what they spent", _of_project),
    "retry": ("try tasks again", _retry),
    "skip": ("count tasks as done without a result", _tasks_of),
    "accept": ("take the last output as the result", _tasks_of),
    "cancel": ("give tasks up", _tasks_of),
    "checkpoints": ("what waits for a decision", _of_project_json),
    "resolve": ("decide a checkpoint", _resolve),
    "list": ("all projects", _add_json),
    "status": ("how a project stands", _of_project_json),
    "tasks": ("its tasks, filtered and sorted", _tasks),
    "output": ("what a task made", _output),
    "events": ("everything that happened", _events),
    "usage": ("what was spent, by what", _usage),
    "caps": ("the caps, shown or changed", _caps),
    "key": ("keep, test or delete a service's key", _key),
    "doctor": ("whether everything needed is there", _add_json),
}
