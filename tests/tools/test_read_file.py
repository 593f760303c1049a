"""What `read_file` answers."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.tools.read_file import MAX_CHARACTERS, Part, read_part
from orchestra_desktop.tools.toolbox import shipped_tools
from tests.tools.playground import Playground, read

TOOLS = shipped_tools(())


def split(answer: str) -> tuple[str, str]:
    """The line about the part, and the part."""
    line, _, text = answer.partition("\n")
    return line, text


async def test_a_short_file_comes_whole_with_its_size(playground: Playground) -> None:
    (playground.workspace / "a.txt").write_bytes("grüße\r\n".encode())
    answer = await read(TOOLS, playground.context, "a.txt")
    assert split(answer.text) == ("['a.txt', 9 bytes: the whole file]", "grüße\r\n")
    assert not answer.is_error
    assert answer.artifacts == ()


async def test_a_long_file_is_read_in_parts_that_say_how_to_go_on(playground: Playground) -> None:
    whole = "".join(f"line {number} é\n" for number in range(9_000))
    (playground.workspace / "long.txt").write_text(whole, encoding="utf-8", newline="")
    parts, offset = [], 0
    for _ in range(10):
        line, text = split((await read(TOOLS, playground.context, "long.txt", offset=offset)).text)
        parts.append(text)
        if "the end of the file" in line:
            break
        assert f"{len(whole.encode())} bytes" in line
        assert line.endswith(f"read on with offset={offset + MAX_CHARACTERS}]")
        offset += MAX_CHARACTERS
    assert "".join(parts) == whole
    assert [len(part) for part in parts[:-1]] == [MAX_CHARACTERS] * (len(parts) - 1)
    assert len(parts) == 3


async def test_offset_and_limit_count_characters(playground: Playground) -> None:
    (playground.workspace / "a.txt").write_text("äöüabc", encoding="utf-8")
    answer = await read(TOOLS, playground.context, "a.txt", offset=1, limit=3)
    assert split(answer.text) == ("['a.txt', 9 bytes: characters 1 to 4; more follows, read on with offset=4]", "öüa")


async def test_exactly_the_limit_is_the_whole_file(playground: Playground) -> None:
    (playground.workspace / "a.txt").write_text("x" * MAX_CHARACTERS)
    line, text = split((await read(TOOLS, playground.context, "a.txt")).text)
    assert "the whole file" in line
    assert len(text) == MAX_CHARACTERS


async def test_an_offset_behind_the_end_says_how_long_the_file_is(playground: Playground) -> None:
    (playground.workspace / "a.txt").write_text("äöü", encoding="utf-8")
    answer = await read(TOOLS, playground.context, "a.txt", offset=4)
    assert answer.is_error
    assert "has 3 characters" in answer.text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"text" * 30_000 + b"\0"])
async def test_a_binary_file_is_named_as_such(content: bytes, playground: Playground) -> None:
    (playground.workspace / "a.bin").write_bytes(content)
    answer = await read(TOOLS, playground.context, "a.bin", offset=100_000 if len(content) > 100 else 0)
    assert answer.text == f"['a.bin' is a binary file of {len(content)} bytes; this tool reads text only.]"


async def test_bytes_that_are_not_utf8_are_marked(playground: Playground) -> None:
    (playground.workspace / "latin.txt").write_bytes("grüße".encode("latin-1"))
    line, text = split((await read(TOOLS, playground.context, "latin.txt")).text)
    assert text == "gr\ufffd\ufffde"
    assert "2 places that are not valid UTF-8" in line


async def test_an_empty_and_a_missing_file_are_told_apart(playground: Playground) -> None:
    (playground.workspace / "empty").touch()
    assert (await read(TOOLS, playground.context, "empty")).text == "['empty' is empty: 0 bytes.]"
    missing = await read(TOOLS, playground.context, "missing")
    assert (missing.is_error, missing.text) == (True, "'missing' is not there.")
    nested = await read(TOOLS, playground.context, "no/such/file")
    assert nested.is_error
    assert "no folder 'no'" in nested.text


@pytest.mark.parametrize("more", [{"offset": -1}, {"limit": 0}, {"limit": 50_001}, {"offset": "5"}, {"line": 1}])
async def test_what_does_not_fit_the_schema_is_named(more: dict[str, object], playground: Playground) -> None:
    answer = await read(TOOLS, playground.context, "a.txt", **more)
    assert answer.is_error
    assert f"does not fit its schema: '{next(iter(more))}'" in answer.text


async def test_no_answer_names_a_folder_of_the_machine(playground: Playground) -> None:
    (playground.workspace / "a.txt").write_text("x")
    for path in ("a.txt", "missing", "a.txt/b", "../x", "no/file"):
        assert str(playground.workspace.parent) not in (await read(TOOLS, playground.context, path)).text


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=200), st.integers(1, 50))
def test_reading_part_by_part_gives_the_file(tmp_path_factory: pytest.TempPathFactory, whole: str, limit: int) -> None:
    path = tmp_path_factory.getbasetemp() / "parts.txt"
    path.write_bytes(whole.encode())
    parts, offset, is_last = "", 0, False
    while not is_last:
        part = _part(path, offset, limit)
        parts, offset, is_last = parts + part.text, offset + len(part.text), part.is_last
        assert part.size == len(whole.encode())
    assert parts == whole


def _part(path: Path, offset: int, limit: int) -> Part:
    with io.FileIO(os.open(path, os.O_RDONLY)) as raw, io.BufferedReader(raw) as file:
        part = read_part(file, offset, limit)
    assert isinstance(part, Part)
    return part
