"""English sentences about storage, workspaces, files, the network and handing over to a running instance."""

# ruff: noqa: E501 - a sentence stands on one line, so that it can be searched for as it is shown

from __future__ import annotations

from collections.abc import Mapping

WORLD_SENTENCES: Mapping[str, str] = {
    # -- storage --
    "storage.held": "Another process runs the data folder {path} and does not answer. End it, or wait until it is done.",
    "storage.full": "The disk that holds {path} is full ({detail}). No paid call starts until there is room; nothing is lost.",
    "storage.read_only": "{path} may not be written ({detail}). No paid call starts until it can be; nothing is lost.",
    "storage.locked": "{path} is locked by another program ({detail}). No paid call starts until it is free; nothing is lost.",
    "storage.io": "{path} cannot be read or written ({detail}). No paid call starts until it can be.",
    "storage.refused": "The database refused what it was asked: {detail}.",
    "storage.damaged": "The database {path} is damaged ({detail}). It was left as it is; put a backup back.",
    "storage.foreign": "{path} is not a database of this program. It was left as it is; choose another data folder.",
    "storage.row_damaged": "A record of the database cannot be read: {table} {key} ({detail}). Put a backup back.",
    "storage.event_damaged": "Event {seq} of the database cannot be read ({detail}). Put a backup back.",
    "storage.body_damaged": "A stored text is damaged ({digest}). Put a backup back.",
    "storage.body_missing": "A stored text is missing ({digest}). Put a backup back.",
    "storage.newer_schema": "{path} was written by a newer version of this program (schema {found}, this one knows {known}). It was left untouched: install that version.",
    "storage.older_schema": "{path} is of an older version (schema {found} of {known}): any command that decides or runs brings it up to date, after a backup.",
    "storage.migration_failed": "Bringing the database up to date failed at step {number} ({name}): {detail}. It is as it was before; a backup lies beside it.",
    "storage.backup_damaged": "The backup {path} does not check out ({detail}), so the database was not changed.",
    "storage.closed": "The database is closed already.",
    "session.reads_only": "This command only reads, so nothing was changed.",
    "session.closes": "The program is closing. Do this after its next start.",
    "session.not_open": "The data folder is not open yet. Wait a moment.",
    "session.no_window": "The instance that runs the data folder has no window; it is a command.",
    # -- handing over --
    "handoff.no_answer": "Another process runs the data folder and did not answer within {seconds:time}. End it, or wait until it is done.",
    "handoff.failed": "The instance that runs the data folder failed at this; its log has the details.",
    "handoff.token": "The instance that runs the data folder did not accept this command. Try again.",
    "handoff.unreadable": "The instance that runs the data folder did not understand this command: is it another version?",
    "handoff.too_large": "This is too large to hand to the running instance: at most {limit:count} bytes. End it first.",
    "handoff.address": "{address!r} is no address to hand commands over at.",
    "handoff.cannot_listen": "Other commands cannot reach this one ({detail}); they wait until it has ended.",
    "verb.unknown": "The instance that runs the data folder knows no verb {verb!r}: is it an older version?",
    "request.malformed": "{verb}: {field} is not as it should be ({detail}). Nothing was changed.",
    # -- workspaces and tools --
    "workspace.cannot_make": "The workspace {path} cannot be made: {detail}.",
    "workspace.not_absolute": "The workspace {path} is not an absolute path.",
    "workspace.not_a_folder": "The workspace {path} is not a folder.",
    "workspace.unusable": "The workspace {path} cannot be used: it cannot be followed to a folder.",
    "workspace.is_root": "The workspace may not be the root of a drive ({path}): choose a folder for this project.",
    "workspace.is_drive": "The workspace may not be a whole drive ({path}): choose a folder on it.",
    "workspace.holds_home": "The workspace may not be or hold a home folder ({path}): choose a folder inside it.",
    "workspace.is_system": "The workspace may not be a folder of the system ({path}).",
    "workspace.is_protected": "The workspace may not lie where other programs look for what to run ({path}).",
    "workspace.holds_program_data": "The workspace may not hold the program's own data folder ({path}).",
    "workspace.is_program_data": "The workspace may not lie in the program's own data folder ({path}); leave it out to have one made there.",
    "tools.broken": "The tool {tool} is broken and was left out: {detail}.",
    "tool.refused": "{sentence}",
    "tool.interrupted": "{tool} was interrupted and is not repeated by itself: look at what it did, then retry.",
    # -- what a task made --
    "output.empty": "An empty output is no result. Write something, or skip the task.",
    "output.none": "{task} is {state} and has written nothing yet.",
    "output.unknown_file": "{task} wrote no file {path!r}; it wrote: {files}.",
    "output.file_outside": "{path} no longer lies inside the workspace (a link took its place?), so it is not shown.",
    "output.file_unreadable": "{path} cannot be read: {detail}.",
    # -- network --
    "network.refused": "Nothing was sent to {host}: {why}. The guard allows what the settings list.",
    # -- reports --
    "usage.unknown_grouping": "Usage cannot be grouped by {given!r}; there are: {known}.",
}
