"""The verbs about this machine: the key in its keyring, and whether everything needed is there."""

from __future__ import annotations

import getpass
import sys

from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.exit_codes import FAILED, FINE
from orchestra_desktop.cli.output import table
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.viewmodels.english import english

_LONGEST_KEY = 10_000


def read_key(service: str) -> str:
    """From standard input, without echo where that is a terminal; before the event loop begins."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Key for {service} (not shown): ")
    return sys.stdin.read(_LONGEST_KEY)


async def key(command: Command) -> int:
    """set, test, delete; the key itself is never printed."""
    action, service = command.arguments.action, command.arguments.service
    async with command.reading() as session:
        match action:
            case "set":
                await session.keys.set(service, command.stdin or "")
                command.out.line(f"The key for {service} is in the keyring. `key test {service}` tries it.")
            case "delete":
                was_there = await session.keys.delete(service)
                command.out.line(
                    f"The key for {service} is deleted." if was_there else f"There was no key for {service}."
                )
            case _:
                health = await session.keys.test(service)
                command.out.line(
                    f"{service}: {'the key works' if health.healthy else 'failed'}. {health.detail}".rstrip()
                )
                return FINE if health.healthy else FAILED
    return FINE


async def doctor(command: Command) -> int:
    """Fails if something is wrong that the program cannot do without."""
    async with command.reading() as session:
        checks = await session.doctor.examine()
    ok = all(check.ok for check in checks if check.needed)
    details = [english(check.detail) if isinstance(check.detail, Text) else check.detail for check in checks]
    if command.arguments.json:
        found = [
            {"name": check.name, "ok": check.ok, "detail": detail, "needed": check.needed}
            for check, detail in zip(checks, details, strict=True)
        ]
        command.out.json({"ok": ok, "checks": found})
        return FINE if ok else FAILED
    rows = [[_word(check.ok, needed=check.needed), check.name] for check in checks]
    lines = table(["", "check"], rows)[1:]
    for line, detail in zip(lines, details, strict=True):
        command.out.line(f"{line.ljust(20)}  {detail}")
    command.out.line("Everything needed is there." if ok else "Something needed is missing or broken.")
    return FINE if ok else FAILED


def _word(ok: bool, *, needed: bool) -> str:
    return "ok" if ok else "WRONG" if needed else "without"
