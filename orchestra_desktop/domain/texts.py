"""A sentence that has not been put into a language yet: floors below the window and the command line speak in these."""

from __future__ import annotations

from dataclasses import dataclass, field

TextArg = str | int | float


@dataclass(frozen=True, slots=True)
class Text:
    """A key of the catalogue and the values its sentence needs.

    The window translates it, the command line prints the English of `viewmodels/english.py`. Finished sentences were
    rejected here: they can be neither translated nor compared in a test without copying prose.
    """

    key: str
    args: dict[str, TextArg] = field(default_factory=dict)


def text(key: str, /, **args: TextArg) -> Text:
    """A `Text` in the shape it is mostly written: `text("plan.cycle", path="T1 -> T2 -> T1")`."""
    return Text(key, args)
