"""The page about tools says what the code does."""

from __future__ import annotations

import re

from orchestra_desktop.resource_files import resource_text
from orchestra_desktop.tools.protected_names import PROTECTED, Protected
from orchestra_desktop.tools.toolbox import shipped_tools
from orchestra_desktop.tools.write_file import MAX_BYTES

PAGE = resource_text("docs/tools.md")


def row(protected: Protected) -> str:
    names = " ".join(f"`{pattern}`" for pattern in protected.patterns.split())
    return f"| {names}{'' if protected.only_files else ' and all within'} | {protected.why} |"


def test_the_table_of_protected_names_is_the_one_in_the_code() -> None:
    section = PAGE.partition("## Protected names")[2].partition("\n## ")[0]
    assert re.findall(r"^\| .*\|$", section, re.MULTILINE)[1:] == [row(protected) for protected in PROTECTED]


def test_every_shipped_tool_is_listed_with_its_input() -> None:
    for name, spec in shipped_tools(()).known().items():
        inputs = ", ".join(f"`{field}`" for field in spec.input_schema["properties"])
        assert f"| `{name}` ({inputs}) |" in PAGE
    assert f"{MAX_BYTES:,} bytes" in PAGE
