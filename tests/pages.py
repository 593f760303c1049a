"""Reads the documentation pages that tests compare with the program."""

from __future__ import annotations

from orchestra_desktop.resource_files import resource_text


def page(name: str) -> str:
    """The text of one page of `resources/docs/`."""
    return resource_text(f"docs/{name}")


def table_under(name: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of a page, its head left out, as stripped cells."""
    _, _, rest = page(name).partition(f"\n## {heading}\n")
    assert rest, f"{name} has no heading {heading!r}"
    lines = rest.partition("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
