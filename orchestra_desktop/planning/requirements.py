"""Numbers a person's requirements R1… by list item, numbered line, heading or paragraph.

Three bullets are three requirements. What stands above a list or under a heading's name belongs to what follows: a
heading is a requirement only if nothing stands under it, and a paragraph that ends in a colon leads into its list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.planning.similarity import best_matches

_FENCE = re.compile(r"^(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_ITEM = re.compile(r"^(?:[-*+•‣◦]|\(?\d{1,4}[.)])[ \t]+(?=\S)")
_CHECKBOX = re.compile(r"^\[[ xX]\][ \t]+")
_RULE = re.compile(r"^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r"^(=+|-{2,})$")
_EMPTY = re.compile(r"^(?:#{1,6}|[-*+•‣◦])$")  # a heading or bullet that nobody has filled in yet
_TAB = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement as it stands in the text, with the headings above it, outermost first."""

    text: str
    headings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Block:
    """Lines that belong together while the text is read; `level` is a heading's."""

    kind: str  # "heading", "item" or "paragraph"
    lines: list[str]
    level: int = 0
    indent: int = 0


def items(text: str) -> tuple[Item, ...]:
    """The requirements of a Markdown text in order, not yet numbered. Linear in the text's length."""
    return tuple(_Outline(_Reader().read(text)).items())


def renumber(old: Sequence[Requirement], text: str, taken: Collection[RequirementId] = ()) -> tuple[Requirement, ...]:
    """The requirements of `text`; each keeps the id of the old one it equals or resembles most.

    New ones get numbers above all of `old` and `taken` (ids that plans or earlier editions name), so that no id is
    ever given to another requirement.
    """
    found = [item.text for item in items(text)]
    kept = best_matches([requirement.text for requirement in old], found)
    highest = max((_number(id_) for id_ in [*(requirement.id for requirement in old), *taken]), default=0)
    requirements = []
    for place, wish in enumerate(found):
        if place in kept:
            requirements.append(Requirement(old[kept[place]].id, wish))
        else:
            highest += 1
            requirements.append(Requirement(RequirementId(f"R{highest}"), wish))
    return tuple(requirements)


def headings_of(requirements: Sequence[Requirement], text: str) -> Mapping[RequirementId, str]:
    """Under which headings each requirement stands in the text it was numbered from: context for the planner."""
    above: dict[str, str] = {}
    for item in items(text):
        above.setdefault(item.text, " / ".join(item.headings))
    return {requirement.id: above[requirement.text] for requirement in requirements if above.get(requirement.text)}


def _number(requirement: RequirementId) -> int:
    digits = requirement[1:]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


@dataclass(slots=True)
class _Reader:
    """Cuts a text into blocks, line by line."""

    blocks: list[_Block] = field(default_factory=list)
    open: _Block | None = None  # takes further lines without a blank one between
    blank: bool = True  # the line before was blank
    fence: str = ""  # the mark that closes the code block we are in

    def read(self, text: str) -> list[_Block]:
        for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            line = raw.expandtabs(_TAB).rstrip()
            if self.fence:
                self._code_line(raw.rstrip())
            elif not line or _EMPTY.match(line.lstrip()):
                self.blank = True
            else:
                self._line(line)
        return self.blocks

    def _line(self, line: str) -> None:
        stripped = line.lstrip()
        indent = len(line) - len(stripped)
        opening = _FENCE.match(stripped)
        if opening:
            self._open_code(line, opening.group(1))
        elif self._underlines(stripped):
            self._make_heading(stripped)
        elif _RULE.match(stripped) and not self._inside(indent):
            self.open = None
        elif not self._heading(stripped, indent) and not self._item(stripped, indent):
            self._text(line, indent)
        self.blank = False

    def _open_code(self, line: str, mark: str) -> None:
        """A code block belongs to what it follows; only at the start or under a heading it stands alone."""
        self.fence = mark
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.kind == "heading":
            self._start(_Block("paragraph", [line]))
        else:
            if self.blank:
                last.lines.append("")
            last.lines.append(line)
            self.open = last

    def _code_line(self, line: str) -> None:
        self.blocks[-1].lines.append(line)
        closing = _FENCE.match(line.strip())
        if closing and line.strip() == closing.group(1) and closing.group(1).startswith(self.fence):
            self.fence = ""
            self.blank = False

    def _underlines(self, stripped: str) -> bool:
        """`Title` over `=====` or `-----`: the older way to write a heading."""
        one_line = self.open is not None and self.open.kind == "paragraph" and len(self.open.lines) == 1
        return one_line and not self.blank and _UNDERLINE.match(stripped) is not None

    def _make_heading(self, stripped: str) -> None:
        block = self.blocks[-1]
        block.kind, block.level = "heading", 1 if stripped.startswith("=") else 2
        self.open = None

    def _heading(self, stripped: str, indent: int) -> bool:
        match = _HEADING.match(stripped)
        if match is None or indent >= _TAB or not match.group(2):
            return False
        self._start(_Block("heading", [match.group(2)], level=len(match.group(1))))
        self.open = None
        return True

    def _item(self, stripped: str, indent: int) -> bool:
        match = _ITEM.match(stripped)
        if match is None or self._inside(indent):
            return False
        wish = _CHECKBOX.sub("", stripped[match.end() :])
        self._start(_Block("item", [wish], indent=indent))
        return True

    def _inside(self, indent: int) -> bool:
        """Deeper than the item above it by more than a slip of the keyboard: part of that item."""
        return self.open is not None and self.open.kind == "item" and indent >= self.open.indent + 2

    def _text(self, line: str, indent: int) -> None:
        """A plain line goes on with the block above, after a blank line only if it is indented under an item."""
        if self.open is not None and (not self.blank or self._inside(indent)):
            if self.blank:
                self.open.lines.append("")
            self.open.lines.append(line)
        else:
            self._start(_Block("paragraph", [line]))

    def _start(self, block: _Block) -> None:
        self.blocks.append(block)
        self.open = block


@dataclass(slots=True)
class _Outline:
    """Decides which blocks are requirements and which are context of others."""

    blocks: list[_Block]

    def items(self) -> Iterator[Item]:
        above: list[_Block] = []
        for place, block in enumerate(self.blocks):
            if block.kind == "heading":
                while above and above[-1].level >= block.level:
                    above.pop()
                if not self._has_content(place):
                    yield Item(_wish(block), _names(above))
                above.append(block)
            elif not self._leads_in(place):
                yield Item(_wish(block), _names(above))

    def _has_content(self, place: int) -> bool:
        """Anything between this heading and the next one that is not below it."""
        after = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        return after is not None and (after.kind != "heading" or after.level > self.blocks[place].level)

    def _leads_in(self, place: int) -> bool:
        """`The program must:` right above a list is context of it."""
        block = self.blocks[place]
        after = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        colon = block.lines[-1].rstrip().endswith((":", "："))
        return block.kind == "paragraph" and colon and after is not None and after.kind == "item"


def _names(headings: Sequence[_Block]) -> tuple[str, ...]:
    return tuple(_wish(heading) for heading in headings)


def _wish(block: _Block) -> str:
    """The block's text with the indentation that all its further lines share taken away."""
    first, *rest = block.lines
    shared = min((len(line) - len(line.lstrip()) for line in rest if line), default=0)
    return "\n".join([first.strip(), *(line[shared:] for line in rest)]).strip()
