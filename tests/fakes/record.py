"""What a loopback server saw: one record per request, how many ran at once, and what they cost."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.billing import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.faults import Fault


@dataclass(slots=True)
class Seen:
    """One request. Times are seconds of `time.monotonic()`, one clock for a whole machine; None means not yet.

    `status` stays None when no byte was answered. `complete` says that the last byte of the answer was handed to the
    connection; `closed_early` that the client left before. `billed` is in nano-dollars, broken answers included.
    """

    number: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    request_id: str
    started: float
    first_byte: float | None = None
    finished: float | None = None
    status: int | None = None
    stop_reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    billed: int = 0
    fault: Fault | None = None
    refusal: str | None = None
    complete: bool = False
    closed_early: bool = False
    truncated_prompt: bool = False

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def answered(self) -> bool:
        """Whether a whole, good answer went out: the client can know what it cost."""
        return self.complete and self.status == 200

    def overlaps(self, other: Seen) -> bool:
        """Whether both were in work at one time."""
        return self.started < _end(other) and other.started < _end(self)

    def summary(self) -> dict[str, Any]:
        """The record as plain JSON, as the log of a server started from a shell has it."""
        usage = {name: getattr(self.usage, name) for name in Usage.__slots__}
        return {
            "number": self.number,
            "path": self.path,
            "request_id": self.request_id,
            "model": self.model,
            "started": self.started,
            "first_byte": self.first_byte,
            "finished": self.finished,
            "status": self.status,
            "stop_reason": self.stop_reason,
            "usage": usage,
            "billed": self.billed,
            "fault": self.fault.value.name if self.fault else None,
            "refusal": self.refusal,
            "complete": self.complete,
            "closed_early": self.closed_early,
            "body": self.body,
        }


def _end(seen: Seen) -> float:
    return math.inf if seen.finished is None else seen.finished


class Record:
    """All requests of a server in the order of their arrival; written by the server's thread, read by any other."""

    def __init__(self, on_finished: Callable[[Seen], None] | None = None) -> None:
        self.seen: list[Seen] = []
        self.in_flight = 0
        self.in_flight_peak = 0
        self._on_finished = on_finished
        self._changed = threading.Condition()

    def open(self, path: str, headers: Mapping[str, str], body: dict[str, Any], id_prefix: str) -> Seen:
        """Note a request that has arrived."""
        with self._changed:
            number = len(self.seen) + 1
            seen = Seen(number, path, headers, body, f"{id_prefix}{number:06d}", time.monotonic())
            self.seen.append(seen)
            self.in_flight += 1
            self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
            self._changed.notify_all()
        return seen

    def close(self, seen: Seen) -> None:
        """Note that a request is done with, one way or another; the first time counts.

        Servers call it before the last bytes leave: a client that has its answer and asks again at once must not be
        seen with two requests in work, and must find everything in the record and the log.
        """
        with self._changed:
            if seen.finished is not None:
                return
            seen.finished = time.monotonic()
            self.in_flight -= 1
            self._changed.notify_all()
        if self._on_finished is not None:
            self._on_finished(seen)

    def changed(self) -> None:
        """Wake those who wait, after a record was written to."""
        with self._changed:
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> None:
        """Block until `condition` holds; raises TimeoutError after that many seconds."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(
                    f"not within {timeout} s; {len(self.seen)} requests arrived, {self.in_flight} in flight"
                )

    def overlaps(self) -> list[tuple[Seen, Seen]]:
        """Every pair of requests that were in work at one time."""
        pairs = [(first, second) for place, first in enumerate(self.seen) for second in self.seen[place + 1 :]]
        return [(first, second) for first, second in pairs if first.overlaps(second)]
