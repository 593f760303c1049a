"""What every key store must do; a subclass says which one it is."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.ports import Keys

KEY, OTHER_KEY = "sk-test-0123456789", "sk-test-9876543210"


class KeysConformance:
    def keys(self) -> Keys:
        """A new, empty store."""
        raise NotImplementedError

    async def test_there_is_no_key_before_one_is_set(self) -> None:
        assert await self.keys().get("anthropic") is None

    async def test_a_key_is_got_back_as_it_was_set(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", KEY)
        assert await keys.get("anthropic") == KEY

    async def test_a_line_break_behind_the_key_is_not_part_of_it(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", f" {KEY}\r\n")
        assert await keys.get("anthropic") == KEY

    async def test_a_second_key_takes_the_place_of_the_first(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", KEY)
        await keys.set("anthropic", OTHER_KEY)
        assert await keys.get("anthropic") == OTHER_KEY

    async def test_services_have_keys_of_their_own(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", KEY)
        assert await keys.get("other") is None
        assert not await keys.delete("other")
        assert await keys.get("anthropic") == KEY

    async def test_a_deleted_key_is_gone_and_deleting_says_whether_there_was_one(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", KEY)
        assert await keys.delete("anthropic")
        assert await keys.get("anthropic") is None
        assert not await keys.delete("anthropic")

    @pytest.mark.parametrize("given", ["", " \n", "two words", "a\nb", "k\x00y", "schlüssel", "k" * 1_001])
    async def test_what_cannot_be_sent_as_a_key_is_refused_and_not_repeated(self, given: str) -> None:
        keys = self.keys()
        with pytest.raises(InvalidInput) as refused:
            await keys.set("anthropic", given)
        assert refused.value.text.args == {}
        assert await keys.get("anthropic") is None

    async def test_a_key_is_never_shown_with_the_object_that_holds_it(self) -> None:
        keys = self.keys()
        await keys.set("anthropic", KEY)
        assert KEY not in repr(keys)
        assert KEY not in str(keys)
