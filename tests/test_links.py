"""README and the pages of the documentation lead somewhere: no link and no picture is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "resources/docs").glob("*.md")))
LARGEST_PICTURE = 150_000  # bytes: they are in the repository and in every installation
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_shown_somewhere_and_small() -> None:
    shown = {link for page in PAGES for link in LINK.findall(page.read_text("utf-8"))}
    for picture in (ROOT / "resources/docs/images").iterdir():
        assert any(link.endswith(f"images/{picture.name}") for link in shown), picture.name
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
