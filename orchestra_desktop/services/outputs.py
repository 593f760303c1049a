"""What a task has made: the text of its result, and the files it recorded as written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestra_desktop.domain.errors import InvalidInput, UnknownThing, WrongMoment
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import text
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

    async def file(self, project: Project, task: str, path: str) -> WrittenFile:
        """A file that the task recorded, by its path in the workspace.

        Raises UnknownThing for one that it did not write, InvalidInput for one that cannot be read or no longer lies
        inside the workspace: a link may have taken its place.
        """
        row = await self._runs.newest(project)
        if row is None:
            raise WrongMoment(text("run.none", project=project.name))
        state = await self._runs.state(row)
        record = state.tasks[find_task(state, task)]
        artifact = record.artifacts.get(path.replace("\\", "/").removeprefix("./"))
        if artifact is None:
            files = ", ".join(record.artifacts) or "-"
            raise UnknownThing(text("output.unknown_file", task=record.task.id, path=path, files=files))
        return _read(Path(project.workspace), artifact)


def _read(workspace: Path, artifact: Artifact) -> WrittenFile:
    try:
        place = (workspace / artifact.path).resolve(strict=True)
        if not place.is_relative_to(workspace.resolve()) or not place.is_file():
            raise InvalidInput(text("output.file_outside", path=artifact.path))
        with place.open("rb") as file:
            content = file.read(MAX_SHOWN_BYTES)
    except OSError as error:
        detail = error.strerror or str(error)
        raise InvalidInput(text("output.file_unreadable", path=artifact.path, detail=detail)) from None
    changed = hashlib.sha256(content).hexdigest() != artifact.sha256
    return WrittenFile(artifact, place, content, changed)
