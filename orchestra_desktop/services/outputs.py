"""What a task has made: the text of its result, and the files it recorded as written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestra_desktop.domain.errors import InvalidInput, UnknownThing, WrongMoment
from orchestra_desktop.domain.ids import Digest
from orchestra_desktop.domain.messages import Message
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import text
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.conversation import stored_message
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.runs import Runs, find_task

MAX_SHOWN_BYTES = 100_000_000  # a file that grew beyond this after it was written is not what the task made


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it lies in the workspace now; `changed` says that it is no longer what the task wrote."""

    artifact: Artifact
    place: Path
    content: bytes
    changed: bool


@dataclass(frozen=True, slots=True)
class TaskOutput:
    """The text of a result; `accepted` is False for the last output of a task that has not succeeded."""

    text: str
    accepted: bool


class Outputs:
    """Reads results and recorded files; nothing else of a workspace."""

    def __init__(self, context: Context, runs: Runs) -> None:
        self._c = context
        self._runs = runs

    async def text(self, project: Project, task: str) -> TaskOutput:
        """The task's result, else the last thing it wrote. Raises WrongMoment if there is nothing."""
        row = await self._runs.newest(project)
        if row is None:
            raise WrongMoment(text("run.none", project=project.name))
        state = await self._runs.state(row)
        record = state.tasks[find_task(state, task)]
        digest = record.result or record.output
        if digest is None:
            raise WrongMoment(text("output.none", task=record.task.id, state=record.state.value))
        bodies = await self._c.archive.bodies([digest])
        return TaskOutput(bodies[digest].decode("utf-8", "replace"), record.result is not None)

    async def messages(self, digests: Sequence[Digest]) -> list[Message]:
        """What was said in a conversation, by the digests of its rounds and of its prompt."""
        bodies = await self._c.archive.bodies(digests)
        return [stored_message(bodies[digest]) for digest in digests]

    async def body(self, digest: Digest) -> str:
        """A stored text: a result, what a tool was given or what it gave back."""
        bodies = await self._c.archive.bodies([digest])
        return bodies[digest].decode("utf-8", "replace")

    async def keep(self, words: str) -> Digest:
        """Stores what a person wrote in place of an output. Raises InvalidInput for nothing: no result is empty."""
        if not words.strip():
            raise InvalidInput(text("output.empty"))
        kept = body(words.encode("utf-8", "replace"))
        await self._c.journal.append(Batch(bodies=(kept,)))
        return kept.digest

    async def place(self, project: Project, task: str, path: str) -> Path:
        """Where a file that the task recorded lies now, without reading it. Raises as `file` does."""
        return _place(Path(project.workspace), await self._artifact(project, task, path))

    async def file(self, project: Project, task: str, path: str) -> WrittenFile:
        """A file that the task recorded, by its path in the workspace.

        Raises UnknownThing for one that it did not write, InvalidInput for one that cannot be read or no longer lies
        inside the workspace: a link may have taken its place.
        """
        return _read(Path(project.workspace), await self._artifact(project, task, path))

    async def _artifact(self, project: Project, task: str, path: str) -> Artifact:
        row = await self._runs.newest(project)
        if row is None:
            raise WrongMoment(text("run.none", project=project.name))
        state = await self._runs.state(row)
        record = state.tasks[find_task(state, task)]
        artifact = record.artifacts.get(path.replace("\\", "/").removeprefix("./"))
        if artifact is None:
            files = ", ".join(record.artifacts) or "-"
            raise UnknownThing(text("output.unknown_file", task=record.task.id, path=path, files=files))
        return artifact


def _place(workspace: Path, artifact: Artifact) -> Path:
    try:
        place = (workspace / artifact.path).resolve(strict=True)
        if not place.is_relative_to(workspace.resolve()) or not place.is_file():
            raise InvalidInput(text("output.file_outside", path=artifact.path))
    except OSError as error:
        detail = error.strerror or str(error)
        raise InvalidInput(text("output.file_unreadable", path=artifact.path, detail=detail)) from None
    return place


def _read(workspace: Path, artifact: Artifact) -> WrittenFile:
    place = _place(workspace, artifact)
    try:
        with place.open("rb") as file:
            content = file.read(MAX_SHOWN_BYTES)
    except OSError as error:
        detail = error.strerror or str(error)
        raise InvalidInput(text("output.file_unreadable", path=artifact.path, detail=detail)) from None
    changed = hashlib.sha256(content).hexdigest() != artifact.sha256
    return WrittenFile(artifact, place, content, changed)
