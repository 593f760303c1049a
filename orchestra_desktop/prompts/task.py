"""A task's prompt: what all tasks of a run share first, so that siblings read each other's cache; then its own part."""

from __future__ import annotations

from collections.abc import Sequence

from orchestra_desktop.domain.messages import Message, SystemBlock
from orchestra_desktop.domain.plan import OpenQuestion, Phase, PlanTask, TaskType
from orchestra_desktop.domain.run import DependencyResult, RunSpec, TaskInputs
from orchestra_desktop.prompts.fencing import FENCE_RULE, fenced, one_line
from orchestra_desktop.prompts.planner import requirement_lines
from orchestra_desktop.prompts.shortening import BYTES_PER_TOKEN, shares, shortened, size_in_bytes

SIBLINGS_SHOWN = 40  # titles of other tasks; of a longer plan those around the task
FEEDBACK_KEPT = 3  # the latest
_TITLE_CHARACTERS = 120
_NOTE_CHARACTERS = 3_000  # all findings together, and each piece of feedback

_ROLE = """\
You carry out one task of a larger plan inside a program that runs several tasks side by side. Do this task completely \
and nothing beyond it; the other tasks are done by others.

- Files live in one workspace. Paths are relative to it, with forward slashes. Write files with the tools you are \
given; text in your answer is not written anywhere.
- If a tool refuses, read its message and try otherwise, or say plainly what could not be done.
- End with an answer in text: what you did, what you decided, and what those who build on it must know. It is passed \
on to the tasks that depend on this one, so it must stand on its own and must not be empty.
- Nobody can answer questions while you work. Where something is unclear, choose the most sensible reading and say \
so."""

_WORK = {
    TaskType.CODE: "You write and change programs. Code must be complete and run as it stands.",
    TaskType.RESEARCH: "You gather information. Separate what you know, what you conclude and what you could not find.",
    TaskType.ANALYSIS: "You compare, summarise and judge. Give reasons that can be checked against the material.",
    TaskType.ASSET: "You make images or prepare what makes them. Describe what each one shows and where it lies.",
    TaskType.INTEGRATION: "You join the results of other tasks into one whole and make them fit each other.",
    TaskType.DOCUMENTATION: "You write texts for people. Be exact, plain and no longer than needed.",
}


class TaskPrompts:
    """Builds the prompts of one run; what is the same for many tasks is made once, when the run is looked at.

    A function per task with a cache on the spec was rejected: a spec of 1,000 tasks is dear to hash.
    """

    def __init__(self, spec: RunSpec) -> None:
        plan = spec.plan
        self._dependency_bytes = spec.settings.dependency_tokens * BYTES_PER_TOKEN
        self._requirements = {requirement.id: requirement for requirement in spec.project.requirements}
        self._phases = {phase.id: phase for phase in plan.phases}
        self._places = {task.id: place for place, task in enumerate(plan.tasks)}
        self._names = {task.id: one_line(task.title, _TITLE_CHARACTERS) for task in plan.tasks}
        self._titles = [f"- {task}: {title}" for task, title in self._names.items()]
        self.system = _system(spec, self._titles)

    def message(self, task: PlanTask, inputs: TaskInputs) -> Message:
        """The opening message of an attempt at the task."""
        parts = [
            f"# Your task: {task.id} {self._names[task.id]}",
            f"{_WORK[task.task_type]}\n\n{task.description}".rstrip(),
            self._requirements_part(task),
            _phase_part(self._phases.get(task.phase) if task.phase else None),
            _criteria_part(task.verification_criteria),
            _files_part(task.affected_files),
            self._siblings_part(task),
            self._results_part(inputs.results),
            _findings_part(inputs.findings),
            _feedback_part(inputs.feedback),
            _guidance_part(inputs.guidance),
        ]
        return Message("user", "\n\n".join(part for part in parts if part))

    def _requirements_part(self, task: PlanTask) -> str:
        known = [self._requirements[name] for name in task.requirement_ids if name in self._requirements]
        return "# Requirements this task serves\n" + "\n".join(requirement_lines(known)) if known else ""

    def _siblings_part(self, task: PlanTask) -> str:
        """The neighbours in the plan's order; a short plan stands whole in the system part, where it is cached."""
        if len(self._titles) <= SIBLINGS_SHOWN:
            return ""
        place = self._places.get(task.id, 0)
        start = max(0, min(place - SIBLINGS_SHOWN // 2, len(self._titles) - SIBLINGS_SHOWN - 1))
        around = self._titles[start : start + SIBLINGS_SHOWN + 1]
        if 0 <= place - start < len(around):
            del around[place - start]
        return f"# Some of the {len(self._titles)} tasks of the plan\n" + "\n".join(around)

    def _results_part(self, results: Sequence[DependencyResult]) -> str:
        if not results:
            return ""
        sizes = [size_in_bytes(result.text) for result in results]
        room = shares(sizes, self._dependency_bytes)
        parts = [_result(result, self._names[result.task], limit) for result, limit in zip(results, room, strict=True)]
        return "# Results of the tasks this one depends on\n" + "\n\n".join(parts)


def _system(spec: RunSpec, titles: list[str]) -> tuple[SystemBlock, ...]:
    """From what is alike in every run to what is alike in this one: a cache reads from the front."""
    return (SystemBlock(f"{_ROLE}\n- {FENCE_RULE}"), SystemBlock(_project_part(spec, titles), cached=True))


def _project_part(spec: RunSpec, titles: list[str]) -> str:
    parts = [f"# Project: {one_line(spec.project.name, 200)}\n{spec.plan.summary}".rstrip()]
    if spec.project.instructions.strip():
        parts.append(f"# Standing instructions of the person\n{spec.project.instructions.strip()}")
    if spec.plan.open_questions:
        parts.append("# Decisions\n" + "\n".join(_decision(question) for question in spec.plan.open_questions))
    if len(titles) <= SIBLINGS_SHOWN:
        parts.append("# All tasks of the plan\n" + "\n".join(titles))
    return "\n\n".join(parts)


def _decision(question: OpenQuestion) -> str:
    answer = question.proposed_answer if question.answer is None else question.answer
    return f"- {one_line(question.question, 500)} {one_line(answer, 2_000)}"


def _phase_part(phase: Phase | None) -> str:
    if phase is None:
        return ""
    return f"# Phase\n{one_line(phase.name, 200)}" + (
        f": {one_line(phase.description, 1_000)}" if phase.description else ""
    )


def _criteria_part(criteria: str) -> str:
    return f"# The task is done when\n{criteria}" if criteria else ""


def _files_part(files: Sequence[str]) -> str:
    return "# Affected files\n" + "\n".join(f"- {one_line(file, 400)}" for file in files) if files else ""


def _result(result: DependencyResult, title: str, limit: int) -> str:
    """One dependency's result, whole or shortened to `limit` bytes, in which case a note says where the rest is."""
    head = f"{result.task} ({title})"
    files = ", ".join(one_line(file, 400) for file in result.files)
    if not result.text:
        return f"{head}: no result ({result.state})." + (f" Files: {files}." if files else "")
    text = shortened(result.text, limit)
    body = fenced(text, f"result of {result.task}")
    note = f"{head}" + (f", files written: {files}" if files else "") + ":"
    return f"{note}\n{body}" if text == result.text else f"{note}\n{body}\n{_shortened_note(result, len(text), files)}"


def _shortened_note(result: DependencyResult, shown: int, files: str) -> str:
    rest = (
        f"Read {files} in the workspace for the rest."
        if files
        else f"The rest is kept as the artifact of {result.task}."
    )
    return f"(Shortened: {shown:,} of {len(result.text):,} characters are shown. {rest})"


def _findings_part(findings: Sequence[str]) -> str:
    if not findings:
        return ""
    return "# What earlier work found out\n" + fenced(
        shortened("\n".join(f"- {finding}" for finding in findings), _NOTE_CHARACTERS), "findings"
    )


def _feedback_part(feedback: Sequence[str]) -> str:
    """The judgement on earlier attempts; written by a model, hence fenced."""
    if not feedback:
        return ""
    latest = [
        fenced(shortened(text, _NOTE_CHARACTERS), "feedback on an earlier attempt")
        for text in feedback[-FEEDBACK_KEPT:]
    ]
    return "# Earlier attempts at this task fell short\nDo it anew and close these gaps:\n" + "\n".join(latest)


def _guidance_part(guidance: Sequence[str]) -> str:
    """What the person said about this task: instruction, so not fenced."""
    return "# Guidance of the person\n" + "\n\n".join(guidance) if guidance else ""


def continuation_message() -> Message:
    """Asks for the rest of an answer that met its output limit."""
    return Message(
        "user",
        "Your answer was cut off at its length limit. Go on exactly where it stopped, without repeating anything. A "
        "tool call that was cut off was not carried out: make it again as a whole, in smaller parts if it is long.",
    )
