"""Shows a plan that is being made, a plan, its quote and its versions."""

from __future__ import annotations

from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.output import Output, table
from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.session import Session
from orchestra_desktop.services.shapes import PlanProgress, Quote
from orchestra_desktop.viewmodels.amounts import cap, plural, span
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.money_views import range_of
from orchestra_desktop.viewmodels.plan_views import planned_json, problem_sentences


class PlanningBar:
    """What is there of a plan while the model writes it, on one line."""

    def __init__(self, out: Output) -> None:
        self._out = out
        out.progress("planning …")

    def __call__(self, progress: PlanProgress) -> None:
        again = " (asked again: the first plan could not be used)" if progress.request > 1 else ""
        latest = f", {progress.new[-1].title}" if progress.new else ""
        self._out.progress(
            f"planning … {plural(progress.tasks, 'task')}, {progress.characters:,} characters{again}{latest}"
        )


async def show_plan(command: Command, session: Session, project: Project, version: PlanVersion) -> None:
    """A new version with its quote; a plan that cannot be quoted is shown all the same, and says why."""
    quote, unquoted = await _quoted(session, project, version)
    if command.arguments.json:
        command.out.json(planned_json(project.id, version, quote, unquoted))
        return
    command.out.lines(_plan_lines(project, version, quote))
    problems = problem_sentences(version) + ([english(unquoted)] if unquoted is not None else [])
    command.out.lines(_listed("Found", problems))
    command.out.lines(_questions(project, version))
    command.out.line(f"Next: `quote {project.id}`, `edit {project.id} TASK …`, `approve {project.id}`.")


async def _quoted(session: Session, project: Project, version: PlanVersion) -> tuple[Quote | None, Text | None]:
    try:
        return await session.plans.quote(project, version), None
    except OrchestraError as error:
        return None, error.text


def _plan_lines(project: Project, version: PlanVersion, quote: Quote | None) -> list[str]:
    about = " (rehearsal: nothing is sent or spent)" if project.rehearsal else ""
    lines = [f"Project {project.id}: {project.name}{about}", f"Plan {version.number}: {version.plan.summary}", ""]
    prices = {task.id: task for task in quote.tasks} if quote is not None else {}
    rows = []
    for task in version.plan.tasks:
        price = prices.get(task.id)
        quoted = (range_of(price.p50, price.p90), _minutes(price.minutes.p50, price.minutes.p90)) if price else ("", "")
        rows.append([task.id, task.title, task.task_type, task.model_tier, ", ".join(task.depends_on), *quoted])
    lines += table(["task", "title", "type", "tier", "after", "cost", "time"], rows, right=["cost", "time"])
    return [*lines, "", *(quote_lines(quote) if quote is not None else [])]


def quote_lines(quote: Quote) -> list[str]:
    time = _minutes(quote.minutes.p50, quote.minutes.p90)
    return [
        f"Quote: {range_of(quote.p50, quote.p90)} and {time} (half of the cases, nine of ten).",
        f"Approving signs a ceiling of {cap(quote.ceiling)} for the run.",
    ]


def quote_table(quote: Quote) -> list[str]:
    """Task by task; a star marks the tasks that decide how long it takes."""
    rows = [
        [
            task.id,
            range_of(task.p50, task.p90),
            _minutes(task.minutes.p50, task.minutes.p90),
            "*" if task.id in quote.critical_path else "",
        ]
        for task in quote.tasks
    ]
    return table(["task", "cost", "time", "critical"], rows, right=["cost", "time"])


def _minutes(p50: float, p90: float) -> str:
    low, high = span(p50 * 60), span(p90 * 60)
    return low if low == high else f"{low} to {high}"


def _questions(project: Project, version: PlanVersion) -> list[str]:
    """The open questions; those left open take their proposals when the plan is approved."""
    lines = []
    for number, question in enumerate(version.plan.open_questions, 1):
        if question.answer is None:
            lines.append(f"  {number}. {question.question} Proposed: {question.proposed_answer}")
    if not lines:
        return []
    return [
        "Open questions (approving takes what is proposed):",
        *lines,
        f"  `answer {project.id} N TEXT` answers.",
        "",
    ]


def _listed(title: str, sentences: list[str]) -> list[str]:
    return [f"{title}:", *(f"  - {sentence}" for sentence in sentences), ""] if sentences else []
