"""What a setting is made of: default, meaning, unit and bounds, and the kinds of value that are checked by hand."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import from_dollars, in_dollars
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import Text, text

FILE_FORM = {"form": "file"}
"""Validation context of the file and of `--set`: money is decimal dollars there, nano-dollars everywhere else."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)(:\d{1,5})?")
_LARGEST_PORT = 65_535


class Section(BaseModel):
    """Settings that belong together. Frozen and strict: `"8"` is no number and `1` is no switch."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def setting(default: Any, about: str, *, unit: str = "", not_yet: bool = False, **more: Any) -> Any:
    """A field of a section. `about` is what the preferences and `resources/docs/settings.md` say of it.

    `not_yet` marks one whose function is still missing: any other value than the default is accepted and reported.
    `more` takes pydantic's bounds (`ge`, `le`, `max_length`, `pattern`) and two marks of our own: `if_unreadable`, the
    value taken where the file's is no such thing, and `per_project`, False for what a project may not override.
    """
    factory = more.pop("factory", None)
    extra: dict[str, Any] = {"unit": unit, "not_yet": not_yet}
    extra |= {name: more.pop(name) for name in ("if_unreadable", "per_project") if name in more}
    if factory is not None:
        return Field(default_factory=factory, description=about, json_schema_extra=extra, **more)
    return Field(default, description=about, json_schema_extra=extra, **more)


def refuse(why: Text) -> PydanticCustomError:
    """A `Text` in the shape that pydantic carries up to the section: `raise refuse(text(...))`."""
    return PydanticCustomError(why.key, why.key, dict(why.args))


# -- money ----------------------------------------------------------------------------------------------------------


def _nano_dollars(value: Any, info: ValidationInfo) -> Any:
    if value is None or info.context != FILE_FORM:
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refuse(text("settings.not_an_amount", given=str(value)[:80]))
    try:
        return from_dollars(str(value))
    except InvalidInput:
        raise refuse(text("settings.not_an_amount", given=str(value)[:80])) from None


def _dollars(value: int | None, info: core_schema.SerializationInfo) -> int | str | None:
    return value if value is None or info.context != FILE_FORM else dollar_string(value)


def dollar_string(amount: int) -> str:
    """5_000_000_000 -> `5.00`: exact, with at least two decimals, as the file writes amounts."""
    whole, _, decimals = f"{in_dollars(amount):.9f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


Cap = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_nano_dollars), PlainSerializer(_dollars)]
"""Nano-dollars; None is no cap, 0 blocks every paid call. In the file: decimal dollars, as text or number."""


# -- addresses ------------------------------------------------------------------------------------------------------


def _url(value: str) -> str:
    """An http(s) address without a password in it: the file is no place for secrets."""
    try:
        parts = urllib.parse.urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", value):
        raise refuse(text("settings.not_an_address"))
    if parts.username is not None or parts.password is not None:
        raise refuse(text("settings.secret_in_address"))
    return value.rstrip("/")


def _host(value: str) -> str:
    _, _, port = value.rpartition(":")
    if not _HOST.fullmatch(value) or (port.isdigit() and int(port) > _LARGEST_PORT):
        raise refuse(text("settings.not_a_host"))
    return value.lower()


def _optional(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: check(value) if value else value


Url = Annotated[str, AfterValidator(_url)]
OptionalUrl = Annotated[str, AfterValidator(_optional(_url))]
HostName = Annotated[str, AfterValidator(_host)]
"""`example.org`, `example.org:8080`, `10.0.0.7`, `[::1]:11434`."""


# -- tiers ----------------------------------------------------------------------------------------------------------


_NAMED_TIERS = [tier.value for tier in Tier if tier is not Tier.AUTO]


def _named_tier(value: Any) -> Any:
    if value not in _NAMED_TIERS:
        raise refuse(text("settings.not_one_of", choices=", ".join(_NAMED_TIERS)))
    return value


NamedTier = Annotated[Tier, BeforeValidator(_named_tier)]
"""Any tier but `auto`, which means "as the table says" and would ask itself."""
