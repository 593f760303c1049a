"""The page about keys lists every action with the keys that the table gives it."""

from __future__ import annotations

import pytest

from orchestra_desktop.ui.action_row import Group
from orchestra_desktop.ui.actions import ACTIONS
from tests.pages import table_under


@pytest.mark.parametrize("group", list(Group))
def test_the_page_has_each_action_of_a_menu_with_its_keys(group: Group) -> None:
    wanted = [
        [row.title.rstrip("…"), " ".join(f"`{key}`" for key in row.shortcut)] for row in ACTIONS if row.group is group
    ]
    assert table_under("keys.md", group.value) == wanted
