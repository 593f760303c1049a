"""Starts the program: with a verb the command line, without one the window."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """The console script's entry; answers the exit code of cli.md."""
    from orchestra_desktop.app import App
    from orchestra_desktop.cli.main import run_command

    return run_command(sys.argv[1:], App, os.environ)


if __name__ == "__main__":
    sys.exit(main())
