"""A session bus with what a desktop has on it: a tray that looks at icons, and a service that takes notifications.

Written by hand against the published interfaces `org.kde.StatusNotifierItem` and `org.freedesktop.Notifications`, and
as short as they allow. Needs the package dbus, which `packaging/dev.py test` installs.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    Properties,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from tests.stories.story_process import bare_environment
from tests.ui.screen.screen import running

WATCHER = DBusAddress("/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")
NOTIFICATIONS = DBusAddress(
    "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
)
_ITEM = "org.kde.StatusNotifierItem"
_TURN_S = 0.05
_PATIENCE_S = 60.0
_Seen = TypeVar("_Seen")


@contextmanager
def session_bus(home: Path) -> Iterator[str]:
    """Its address, as the variable DBUS_SESSION_BUS_ADDRESS has it."""
    reader, writer = os.pipe()
    words = ("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={writer}")
    with os.fdopen(reader) as said, running(*words, environment=bare_environment(home), sent=writer):
        os.close(writer)
        yield said.readline().strip()


@dataclass(frozen=True, slots=True)
class Told:
    """A notification as the service got it."""

    number: int
    title: str
    words: str
    actions: tuple[str, ...]


class Desktop:
    """The person's side of the bus. Serves in a thread of its own; everything else is for the test's thread."""

    def __init__(self, address: str) -> None:
        self.items: list[str] = []  # of the tray: the names that they are reached by
        self.told: list[Told] = []
        self._served = open_dbus_connection(address)
        self._asking = open_dbus_connection(address)
        self._outgoing: SimpleQueue[Message] = SimpleQueue()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="desktop")
        for address_ in (WATCHER, NOTIFICATIONS):
            unwrap_msg(self._served.send_and_get_reply(message_bus.RequestName(address_.bus_name)))
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._served.close()
        self._asking.close()

    # -- what the person sees and does ------------------------------------------------------------------------------

    def until(self, look: Callable[[], _Seen | None], wanted: str) -> _Seen:
        end = time.monotonic() + _PATIENCE_S
        while not (seen := look()):
            assert time.monotonic() < end, f"never saw {wanted}; told: {self.told}, tray: {self._line()!r}"
            time.sleep(_TURN_S)
        return seen

    def see_line(self, words: str) -> None:
        """The first line of the icon's menu begins so. The tool tip says the same, but for ten seconds after news."""
        self.until(lambda: self._line().startswith(words), f"the tray saying {words!r}")

    def see_tip(self, words: str) -> None:
        """The icon's tool tip begins so."""
        self.until(lambda: self._tip().startswith(words), f"the tool tip {words!r}")

    def see_told(self, title: str, words: str) -> Told:
        """A notification of just these words."""
        return self.until(
            lambda: next((one for one in self.told if (one.title, one.words) == (title, words)), None),
            f"the notification {words!r}",
        )

    def picture(self) -> bytes:
        """The icon's pixels in its first size; empty if it has none."""
        pixmaps = self._property("IconPixmap")
        return bytes(pixmaps[0][2]) if pixmaps else b""

    def click_icon(self) -> None:
        call = new_method_call(self._item(_ITEM), "Activate", "ii", (0, 0))
        unwrap_msg(self._asking.send_and_get_reply(call, timeout=_PATIENCE_S))

    def click(self, told: Told) -> None:
        """As notification services tell it: the action that lies on the words themselves."""
        self._outgoing.put(new_signal(NOTIFICATIONS, "ActionInvoked", "us", (told.number, "default")))

    def _tip(self) -> str:
        return str(self._property("ToolTip")[2]) if self.items else ""

    def _line(self) -> str:
        if not self.items:
            return ""
        place = DBusAddress(self._property("Menu"), self.items[-1], "com.canonical.dbusmenu")
        asked = new_method_call(place, "GetLayout", "iias", (0, -1, ["label"]))
        _, (_, _, lines) = unwrap_msg(self._asking.send_and_get_reply(asked, timeout=_PATIENCE_S))
        return str(lines[0][1][1]["label"][1]) if lines else ""

    def _property(self, name: str) -> Any:
        asked = Properties(self._item(_ITEM)).get(name)
        return unwrap_msg(self._asking.send_and_get_reply(asked, timeout=_PATIENCE_S))[0][1]

    def _item(self, interface: str) -> DBusAddress:
        return DBusAddress("/StatusNotifierItem", self.items[-1], interface)

    # -- serving ----------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                while True:
                    self._served.send(self._outgoing.get_nowait())
            except Empty:
                pass
            try:
                message = self._served.receive(timeout=_TURN_S)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._served.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        fields = call.header.fields
        match fields[HeaderFields.member], call.body:
            case "RegisterStatusNotifierItem", (name,):
                self.items.append(name if not name.startswith("/") else fields[HeaderFields.sender])
                return new_method_return(call)
            case "RegisterStatusNotifierHost", _:
                return new_method_return(call)
            case "Get", (_, "IsStatusNotifierHostRegistered"):
                return new_method_return(call, "v", (("b", True),))
            case "Get", (_, "ProtocolVersion"):
                return new_method_return(call, "v", (("i", 0),))
            case "GetCapabilities", _:
                return new_method_return(call, "as", (["actions", "body"],))
            case "GetServerInformation", _:
                return new_method_return(call, "ssss", ("tests", "tests", "1", "1.2"))
            case "Notify", (_, _, _, title, words, actions, _, _):
                self.told.append(Told(len(self.told) + 1, title, words, tuple(actions)))
                return new_method_return(call, "u", (len(self.told),))
            case member, _:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (str(member),))


@contextmanager
def desktop(address: str) -> Iterator[Desktop]:
    found = Desktop(address)
    try:
        yield found
    finally:
        found.close()
