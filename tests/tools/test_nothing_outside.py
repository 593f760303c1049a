"""Whatever path is asked for, in a workspace full of traps, nothing outside is read, made, changed or deleted."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestra_desktop.tools.toolbox import tools_for
from orchestra_desktop.tools.workspace import Workspaces
from tests.tools.playground import SECRET, Playground, read, snapshot, write

# Names that exist, names of traps, and what makes paths nasty; glued with and without slashes.
_NAMES = st.sampled_from(
    [
        *("true", "true/inner.txt", "link", "hard", "filelink", "loop", "up", "secret.txt", "sub", "new", "New", "NEW"),
        *(
            "..",
            ".",
            "",
            "...",
            "~",
            "é",
            "e\u0301",
            "É",
            "a:b",
            "C:",
            "\\",
            "..\\",
            "\0",
            "con",
            "nul.txt",
            ".git",
            ".ssh",
        ),
        *(
            "outside",
            "workspace",
            "\u202e",
            "\u200b",
            "．．",
            "／",
            "%2e%2e",
            "%2f",
            "..%2f",
            "&",
            "$HOME",
            "*",
            "x" * 300,
        ),
    ]
)
_GLUED = st.lists(_NAMES, min_size=1, max_size=6).flatmap(
    lambda names: st.sampled_from(["/", "", "//", "/./", "\\"]).map(lambda glue: glue.join(names))
)
_ABSOLUTE = st.sampled_from(["/", "//", "../", "./../", "/proc/self/cwd/", "link/../", "true/../../"])
_PATHS = _GLUED | st.text(max_size=30) | st.builds(lambda start, rest: start + rest, _ABSOLUTE, _GLUED)


def _set_traps(playground: Playground) -> None:
    inside, outside = playground.workspace, playground.outside
    (inside / "true").mkdir()
    (inside / "true" / "inner.txt").write_text("inside")
    (inside / "link").symlink_to(outside)
    (inside / "up").symlink_to("..")
    (inside / "loop").symlink_to("loop")
    (inside / "filelink").symlink_to(outside / "secret.txt")
    (inside / "hard").hardlink_to(outside / "secret.txt")
    (inside / "true" / "link").symlink_to(outside / "sub")


def test_no_path_reaches_outside(door: Workspaces, playground: Playground) -> None:
    _set_traps(playground)
    tools, top = tools_for(door), playground.workspace.parent
    outside, beside = playground.outside_now(), sorted(os.listdir(top))
    away = sorted(os.listdir(Path.cwd()))

    @settings(max_examples=300)
    @given(_PATHS)
    def holds(path: str) -> None:
        async def try_both() -> None:
            written = await write(tools, playground.context, path, "by the tool")
            answer = await read(tools, playground.context, path)
            assert SECRET not in answer.text
            assert written.is_error or answer.text.endswith("by the tool")

        asyncio.run(try_both())
        assert playground.outside_now() == outside

    holds()
    assert sorted(os.listdir(top)) == beside
    assert sorted(os.listdir(Path.cwd())) == away
    assert not any(".tmp" in path for path in snapshot(playground.workspace))
