"""Runs the command line with every real connection and name look-up written to a file: `watched.py LOG ARGUMENTS…`."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

LOG = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: sees the calls themselves, whatever library makes them."""
    if event == "socket.connect" and arguments[0].family != getattr(socket, "AF_UNIX", None):
        os.write(LOG, f"connect {arguments[1][0]}:{arguments[1][1]}\n".encode())
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        os.write(LOG, f"lookup {arguments[0]}\n".encode())


sys.addaudithook(watch)

if __name__ == "__main__":
    sys.argv[:] = ["orchestra-desktop", *sys.argv[2:]]
    from orchestra_desktop.__main__ import main

    sys.exit(main())
