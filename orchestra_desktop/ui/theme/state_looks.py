"""How each state of a task looks; apart from the tokens, since the first painted window shows no task."""

from __future__ import annotations

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.theme.tokens import StateLook, Token

STATE_LOOKS: dict[TaskState, StateLook] = {
    TaskState.WAITING: StateLook(Token.WAITING, "clock"),
    TaskState.READY: StateLook(Token.READY, "dot"),
    TaskState.RUNNING: StateLook(Token.RUNNING, "play"),
    TaskState.VERIFYING: StateLook(Token.VERIFYING, "eye"),
    TaskState.NEEDS_PERSON: StateLook(Token.NEEDS_PERSON, "warning"),
    TaskState.BLOCKED: StateLook(Token.BLOCKED, "lock"),
    TaskState.SUCCEEDED: StateLook(Token.SUCCEEDED, "check"),
    TaskState.FAILED: StateLook(Token.FAILED, "cross"),
    TaskState.SKIPPED: StateLook(Token.WAITING, "skipped"),
    TaskState.CANCELLED: StateLook(Token.WAITING, "cancelled"),
}
REUSED_LOOK = StateLook(Token.REUSED, "reused")
