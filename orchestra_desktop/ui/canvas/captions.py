"""The words on and about a node: its state, what it costs and takes, and what is said of it aloud."""

from __future__ import annotations

from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.labels import money
from orchestra_desktop.ui.widgets.state_chip import state_word
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace
from orchestra_desktop.viewmodels.harmless import harmless

_CLOCK_FROM_S = 10  # what is expected to take less is said in seconds and tenths
_BETWEEN = " · "
_MARKS = {Mark.ADDED: "+", Mark.CHANGED: "~", Mark.REMOVED: "−", Mark.SAME: ""}
_MARK_WORDS = {Mark.ADDED: "added", Mark.CHANGED: "changed", Mark.REMOVED: "removed", Mark.SAME: ""}


def title(face: NodeFace) -> str:
    return harmless(face.title)


def word(face: NodeFace, planned: str) -> str:
    """The third line: the state, or `planned` (draft, approved …) while nothing runs."""
    if face.mark is Mark.REMOVED:
        return translate("Canvas", "removed")
    return state_word(face.state) if face.state is not None else planned


def badge(face: NodeFace) -> str:
    """What the pill at the top right says; empty for none."""
    if face.mark is not Mark.SAME:
        return _MARKS[face.mark]
    return translate("Canvas", "try {n}", n=face.attempts) if face.attempts > 1 else ""


def line(face: NodeFace, now: int) -> str:
    """The second line: tier, then what matters most in its state. `now` is in microseconds since the epoch."""
    return _BETWEEN.join([face.tier, *_amounts(face, now)])


def _amounts(face: NodeFace, now: int) -> list[str]:
    match face.state:
        case None:
            return _quoted(face)
        case TaskState.WAITING | TaskState.READY | TaskState.BLOCKED:
            return [_after(face)] if face.after else [_reason(face)] if face.reason is not None else _spent(face, now)
        case TaskState.NEEDS_PERSON:
            return [_reason(face) if face.reason is not None else translate("Canvas", "asks you")]
        case TaskState.SKIPPED | TaskState.CANCELLED if not face.charged:
            return []
        case _:
            return _spent(face, now)


def _quoted(face: NodeFace) -> list[str]:
    if face.quoted is None:
        return []
    if face.quoted[1]:
        return [span_of_money(*face.quoted)]
    if not face.expected_s:
        return [money(0)]
    return [money(0), clock(face.expected_s) if face.expected_s >= _CLOCK_FROM_S else span(face.expected_s)]


def span_of_money(low: int, high: int) -> str:
    """`$0.03–0.06`; one amount where both read alike."""
    first, last = shown(low) if low else "$0.00", shown(high)
    return first if first == last else f"{first}–{last.removeprefix('$')}"


def _after(face: NodeFace) -> str:
    if len(face.after) == 1:
        return translate("Canvas", "after {task}", task=harmless(face.after[0]))
    return counted("Canvas", "after {n} task", "after {n} tasks", len(face.after))


def _reason(face: NodeFace) -> str:
    return tr(face.reason) if face.reason is not None else ""


def _spent(face: NodeFace, now: int) -> list[str]:
    seconds = face.seconds(now)
    if seconds is None:
        return []
    parts = [clock(seconds) if face.finished_at is None else span(seconds)]
    if face.charged or not face.is_active:
        parts.append(money(face.charged))
    return parts


def clock(seconds: float) -> str:
    """`0:24`, `1:12`, `2:05:09`: time that runs keeps its width."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def tool_tip(face: NodeFace, now: int, planned: str) -> str:
    """Everything the node says, uncut."""
    lines = [f"{harmless(face.id)} {title(face)}", _BETWEEN.join([word(face, planned), line(face, now)])]
    if face.reason is not None and _reason(face) not in lines[1]:
        lines.append(_reason(face))
    if face.mark is not Mark.SAME:
        lines.append(translate("Canvas", "{change} since the version before", change=_mark_word(face.mark)))
    return "\n".join(lines)


def _mark_word(mark: Mark) -> str:
    return translate("Canvas", _MARK_WORDS[mark])


def spoken(face: NodeFace, now: int, planned: str) -> str:
    """What a screen reader says of the node."""
    parts = [f"{harmless(face.id)} {title(face)}", word(face, planned), line(face, now)]
    if face.mark is not Mark.SAME:
        parts.append(_mark_word(face.mark))
    return ", ".join(parts)
