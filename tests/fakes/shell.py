"""Starts a loopback server from a shell: prints its address, logs each request as a JSON line, ends on a signal."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.faults import TRANSIENT, Fault, FaultPlan, NoFaults, named
from tests.fakes.helpful_brain import HelpfulBrain
from tests.fakes.record import Seen

if TYPE_CHECKING:
    from tests.fakes.faults import Faults


def arguments(what: str) -> argparse.ArgumentParser:
    """The options that both servers have."""
    parser = argparse.ArgumentParser(description=f"A stand-in for {what} on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one; the address is the first line of stdout")
    parser.add_argument(
        "--log", type=Path, help="file that gets one JSON line per finished request, and one at the end"
    )
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of the requests that fail, 0 to 1")
    parser.add_argument("--faults", type=_faults, default=TRANSIENT, help="names, separated by commas")
    parser.add_argument("--seed", type=int, default=1, help="which requests fail, and how")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--output-tokens", type=_tokens, help='tokens billed for each answer, or "max"')
    parser.add_argument("--input-tokens", type=int, help="tokens billed for each prompt")
    parser.add_argument("--think", action="store_true", help="begin each answer with a thought")
    parser.add_argument("--parallel-tool-calls", action="store_true", help="write several files in one round")
    parser.add_argument("--while-stdin", action="store_true", help="end also when stdin is closed")
    return parser


def brain_of(options: argparse.Namespace) -> HelpfulBrain:
    return HelpfulBrain(
        output_tokens=options.output_tokens,
        input_tokens=options.input_tokens,
        think=options.think,
        latency=options.latency,
        parallel_tool_calls=options.parallel_tool_calls,
    )


def faults_of(options: argparse.Namespace) -> Faults:
    return FaultPlan(options.seed, options.fault_rate, options.faults) if options.fault_rate else NoFaults()


def _faults(text: str) -> tuple[Fault, ...]:
    try:
        return tuple(named(name) for name in text.split(","))
    except KeyError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _tokens(text: str) -> int | str:
    return text if text == "max" else int(text)


@contextmanager
def log_to(path: Path | None) -> Iterator[Callable[[Seen], None]]:
    """A function that writes a record to the log at once, so that a reader sees it while the server still runs."""
    if path is None:
        yield lambda seen: None
        return
    with path.open("a", encoding="utf-8") as file:

        def write(seen: Seen) -> None:
            file.write(json.dumps(seen.summary()) + "\n")
            file.flush()

        yield write


def stay(url: str, *, while_stdin: bool) -> None:
    """Print the address and wait for SIGTERM or SIGINT, or, if so wished, for the end of stdin."""
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    if while_stdin:
        sys.stdin.read()
    else:
        ended.wait()
