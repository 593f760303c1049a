"""The command line's entry: reads the arguments, runs the verb on a loop of its own, and answers the exit code."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from orchestra_desktop.cli import exit_codes, requirement_files
from orchestra_desktop.cli.arguments import parse, start_options
from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.exit_codes import INTERRUPTED, WRONG_INPUT, VerbFailed
from orchestra_desktop.cli.machine_verbs import read_key
from orchestra_desktop.cli.output import Output
from orchestra_desktop.cli.verbs import VERBS
from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.services.session import SessionFactory, StartOptions
from orchestra_desktop.viewmodels.english import english

NO_WINDOW = "there is no screen to show the window on: give a verb, as `plan FILE` or `doctor`; --help lists them"

_ENDING_SIGNALS = ("SIGTERM", "SIGHUP")  # by name: Windows has not all of them


def run_command(argv: list[str], make: Callable[[StartOptions], SessionFactory], environment: Mapping[str, str]) -> int:
    """Carries one command out. `make` builds the session factory; errors become one line on standard error."""
    logging.getLogger("orchestra_desktop").addHandler(logging.NullHandler())  # never to the terminal of its own accord
    out = Output(sys.stdout, sys.stderr)
    try:
        code = _guarded(argv, make, environment, out)
        out.flush()
    except BrokenPipeError:
        out.abandon()
        return INTERRUPTED
    return code


def _guarded(
    argv: list[str], make: Callable[[StartOptions], SessionFactory], environment: Mapping[str, str], out: Output
) -> int:
    command: Command | None = None
    try:
        arguments = parse(argv)
        if arguments.verb is None:
            raise VerbFailed(WRONG_INPUT, NO_WINDOW)
        stdin = _standard_input(arguments)
        command = Command(arguments, make(start_options(arguments, environment)), out, stdin)
        return _on_a_loop(command)
    except SystemExit as end:  # argparse has printed help or the version
        return int(end.code or 0)
    except VerbFailed as failure:
        out.note(failure.message)
        return failure.code
    except OrchestraError as error:
        out.note(english(error.text))
        return exit_codes.of_error(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        out.note(command.if_interrupted if command is not None else "interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches the terminal
        out.note(_internal(error, command))
        return exit_codes.FAILED


def _standard_input(arguments: argparse.Namespace) -> str | None:
    """What the verb reads from there, before the loop begins."""
    given = getattr(arguments, "file", None) if arguments.verb == "plan" else getattr(arguments, "target", None)
    if given == requirement_files.STANDARD_INPUT:
        return requirement_files.read_standard_input()
    if arguments.verb == "key" and arguments.action == "set":
        return read_key(arguments.service)
    return None


# -- the loop -------------------------------------------------------------------------------------------------------


def _on_a_loop(command: Command) -> int:
    with asyncio.Runner() as runner:
        return runner.run(_until_told_to_end(command))


async def _until_told_to_end(command: Command) -> int:
    with _ending_signals():
        return await VERBS[command.arguments.verb](command)


@contextlib.contextmanager
def _ending_signals() -> Iterator[None]:
    """What ends a process otherwise cancels the verb, as the Runner lets Ctrl-C do: state is kept, locks are let go."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # the Runner made it
    heard = []
    for name in _ENDING_SIGNALS:
        number = getattr(signal, name, None)
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):  # Windows; not the main thread
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                loop.add_signal_handler(number, task.cancel)
                heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


# -- what is said at the end ----------------------------------------------------------------------------------------


def _internal(error: Exception, command: Command | None) -> str:
    """Where it happened is said here too: a command that only reads has no log."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    log = f"; the log has the details: {command.log}" if command is not None and command.log is not None else ""
    return f"internal error{place}: {type(error).__name__}: {error}{log}"
