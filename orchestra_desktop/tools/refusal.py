"""Refusals as sentences for the model: prompt text, hence plain English rather than keys of the catalogue."""

from __future__ import annotations

import errno

from orchestra_desktop.domain.errors import ToolError
from orchestra_desktop.domain.texts import Text

SHOWN_CHARACTERS = 120

_OS_SENTENCES = {
    errno.ENOENT: "it is not there",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the operating system does not permit it",
    errno.EPERM: "the operating system does not permit it",
    errno.ENAMETOOLONG: "the path is too long for this disk",
    errno.ELOOP: "a part of the path is a link",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EIO: "the disk reported an error",
}


def refused(sentence: str) -> ToolError:
    """The error by which a tool refuses; `sentence` says what was wrong and what the model can do instead."""
    return ToolError(Text("tool.refused", {"sentence": sentence}))


def sentence_of(error: ToolError) -> str:
    """What the model is told of a refusal."""
    return str(error.text.args.get("sentence", error.text.key))


def refused_by_system(path: str, error: OSError) -> ToolError:
    """The operating system's refusal. Its own message is left out: it may name folders outside the workspace."""
    why = _OS_SENTENCES.get(error.errno or 0, "the operating system refused it")
    return refused(f"{shown(path)} could not be used: {why}.")


def shown(name: str) -> str:
    """A name as it may stand in a sentence: short, and with invisible and control characters spelled out."""
    cut = name if len(name) <= SHOWN_CHARACTERS else name[:SHOWN_CHARACTERS] + "..."
    return repr(cut)
