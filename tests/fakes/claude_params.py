"""Checks a request body against the client library's own parameter types, key by key."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, Union

import typing_extensions as te
from anthropic._types import SequenceNotStr
from anthropic.types.message_count_tokens_params import MessageCountTokensParams
from anthropic.types.message_create_params import MessageCreateParamsStreaming

# Not pydantic's TypeAdapter: it ignores unknown keys of a TypedDict and leaves all under an `Iterable` unchecked.

LISTS = (list, Sequence, Iterable, SequenceNotStr)
PLAIN: dict[object, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}


def problems_of_message(body: object) -> list[str]:
    """What is wrong with the body of a streamed `POST /v1/messages`, as "where: what"."""
    return list(_problems(body, MessageCreateParamsStreaming, ""))


def problems_of_count(body: object) -> list[str]:
    """What is wrong with the body of `POST /v1/messages/count_tokens`."""
    return list(_problems(body, MessageCountTokensParams, ""))


def _problems(value: object, kind: Any, where: str) -> Iterator[str]:
    kind = _bare(kind)
    origin = te.get_origin(kind)
    if kind is Any or kind is object:
        return
    if kind is None or kind is type(None):
        yield from _unless(value is None, where, "must be null")
    elif origin in (Union, types.UnionType):
        yield from _of_union(value, te.get_args(kind), where)
    elif origin is Literal:
        yield from _unless(value in te.get_args(kind), where, f"{value!r} is none of {te.get_args(kind)}")
    elif kind in PLAIN:
        yield from _unless(_is_plain(value, kind), where, f"must be {kind.__name__}")
    elif te.is_typeddict(kind):
        yield from _of_dict(value, kind, where)
    elif origin in LISTS:
        yield from _of_list(value, te.get_args(kind)[0], where)
    elif origin in (dict, Mapping):
        yield from _of_mapping(value, te.get_args(kind)[1], where)
    else:
        yield f"{where}: not expressible as JSON ({kind!r})"


def _unless(fine: bool, where: str, what: str) -> Iterator[str]:
    if not fine:
        yield f"{where or 'body'}: {what}"


def _bare(kind: Any) -> Any:
    while te.get_origin(kind) in (te.Annotated, te.Required, te.NotRequired):
        kind = te.get_args(kind)[0]
    return kind


def _is_plain(value: object, kind: object) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, PLAIN[kind])


def _of_union(value: object, choices: Iterable[Any], where: str) -> Iterator[str]:
    found = [list(_problems(value, choice, where)) for choice in _candidates(value, list(choices))]
    if all(found):
        yield from min(found, key=len)


def _candidates(value: object, choices: list[Any]) -> list[Any]:
    """Only the members of the right shape, `type` and `role`, if there are any: their complaints are worth reading."""
    if isinstance(value, list):
        return [choice for choice in choices if te.get_origin(_bare(choice)) in LISTS] or choices
    if not isinstance(value, dict):
        return choices
    fitting = [choice for choice in choices if _fits(value, _bare(choice))]
    return fitting or choices


def _fits(value: dict[str, object], kind: Any) -> bool:
    if te.get_origin(kind) in (Union, types.UnionType):
        return any(_fits(value, _bare(choice)) for choice in te.get_args(kind))
    if not te.is_typeddict(kind):
        return False
    tags = [name for name in ("type", "role") if name in _hints(kind)]
    return all(not list(_problems(value.get(name), _hints(kind)[name], "")) for name in tags)


def _of_dict(value: object, kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where or 'body'}: must be an object"
        return
    hints = _hints(kind)
    for name, item in value.items():
        if name in hints:
            yield from _problems(item, hints[name], _under(where, name))
        elif not _allows_more(kind):
            yield f"{_under(where, name)}: Extra inputs are not permitted"
    for name, hint in hints.items():
        if te.get_origin(hint) is te.Required and name not in value:
            yield f"{_under(where, name)}: Field required"


def _of_list(value: object, item_kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where or 'body'}: must be a list"
        return
    for place, item in enumerate(value):
        yield from _problems(item, item_kind, _under(where, str(place)))


def _of_mapping(value: object, item_kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where or 'body'}: must be an object"
        return
    for name, item in value.items():
        yield from _problems(item, item_kind, _under(where, name))


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return te.get_type_hints(kind, include_extras=True)


def _allows_more(kind: Any) -> bool:
    config: Mapping[str, object] = getattr(kind, "__pydantic_config__", {})
    return config.get("extra") == "allow"
