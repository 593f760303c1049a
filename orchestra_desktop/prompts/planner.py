"""The planner's prompt: requirements in, a request for Plan JSON out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.messages import Message, SystemBlock
from orchestra_desktop.domain.plan import Complexity, Plan, TaskType, Tier, plan_json
from orchestra_desktop.domain.projects import Requirement, Rigor
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.prompts.fencing import FENCE_RULE, fenced, one_line

VISIBLE_TOKENS = {Rigor.L1: 4_000, Rigor.L2: 6_000, Rigor.L3: 8_000}  # what the prompt asks for
REQUEST_TOKENS = {Rigor.L1: 16_384, Rigor.L2: 24_576, Rigor.L3: 32_768}  # what is allowed: thinking counts as output
FEWEST_TASKS = {Rigor.L1: 3, Rigor.L2: 3, Rigor.L3: 5}
MOST_TASKS = 15

_RAW_CHARACTERS = 60_000  # of an unusable plan, sent back with its errors
_TOOL_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class PlannerBrief:
    """What a plan is asked from.

    `tools` are names with descriptions; `headings` say under which heading a requirement stood; `previous` with
    `comment` and `answers` (question, answer) make the request a replan; `tiers` is the routing table, told so that
    the model can weigh complexity against price.
    """

    project_name: str
    requirements: tuple[Requirement, ...]
    rigor: Rigor
    instructions: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    tiers: Mapping[tuple[TaskType, Complexity], Tier] = field(default_factory=dict)
    headings: Mapping[RequirementId, str] = field(default_factory=dict)
    previous: Plan | None = None
    comment: str = ""
    answers: tuple[tuple[str, str], ...] = ()


def planner_prompt(brief: PlannerBrief) -> tuple[tuple[SystemBlock, ...], tuple[Message, ...]]:
    """System blocks that depend on rigor, tools and table only, and one user message with everything of the project."""
    system = (
        SystemBlock(f"{_ROLE}\n\n{FENCE_RULE}"),
        SystemBlock("\n\n".join([_rules(brief.rigor), _tools(brief), _tiers(brief)]), cached=True),
    )
    parts = [_project(brief), _requirements(brief), _answers(brief.answers), _replan(brief), _closing(brief.rigor)]
    return system, (Message("user", "\n\n".join(part for part in parts if part)),)


_ROLE = (
    "You are the planner of a program that carries out work with several AI models side by side. From a person's "
    "requirements you make a plan of small tasks. Each task is later done by a fresh model that sees only its own "
    "task, the results of the tasks it depends on, and the project's summary."
)

_TASK_RULES = """\
# Tasks
Each task has these fields:
- id: T1, T2, T3 … in the order in which you list the tasks.
- title: a few words, starting with a verb.
- description: everything a fresh model needs to do this task without asking: what to make, names, formats, limits.
- task_type: code (programs, configuration), research (gathering information), analysis (comparing, summarising, \
judging), asset (images), integration (joining results of other tasks), documentation (texts for people).
- complexity: simple, medium or complex. Choose the lowest that fits: simpler tasks go to cheaper models.
- depends_on: ids of the tasks whose result this one needs. Name a task only if its result is really needed: tasks \
without a dependency between them run at the same time. Never build a circle.
- tools_needed: names from the list of tools below; an empty list lets the program choose by type.
- requirement_ids: the requirements (R1, R2 …) that this task fulfils or helps to fulfil. Every requirement must be \
named by at least one task.
- verification_criteria: how someone who sees only the result and the files can tell that the task is done; concrete \
and checkable.
- affected_files: paths of the files this task creates or changes, relative to the workspace, with forward slashes. \
Two tasks that may run at the same time must not name the same file.
- model_tier: "auto", unless a requirement or an instruction asks for a certain tier."""

_PHASE_RULES = """\
# Phases
Group the tasks into 2-5 phases (id P1, P2 …, name, description); each task names its phase's id in `phase`. No task \
depends on a task of a later phase.

# Open questions
1-5 ambiguities or decisions in the requirements that would change the plan: question, proposed_answer (what this plan \
assumes, so that the person only has to agree) and impact (what changes if the answer differs)."""

_THOROUGH_RULES = """\
# Risks
2-5 concrete risks that refer to requirements or tasks: risk, likelihood and impact (low, medium, high), mitigation.

# Test strategy
approach, test_tasks (ids of the tasks that test), coverage_notes (what stays untested and why)."""


def _rules(rigor: Rigor) -> str:
    """What the fields mean, as much of it as this rigor asks for."""
    amount = (
        f"Make {FEWEST_TASKS[rigor]}-{MOST_TASKS} tasks; fewer, larger ones hide work, more of them cost overhead. "
        f"Keep the whole answer under about {VISIBLE_TOKENS[rigor]:,} tokens. Answer with the JSON object alone."
    )
    summary = "# Summary\n`summary`: what will be made and how, in two to five sentences; every task is told it."
    match rigor:
        case Rigor.L1:
            parts = [amount, summary, _TASK_RULES]
        case Rigor.L2:
            parts = [amount, summary, _TASK_RULES, _PHASE_RULES]
        case Rigor.L3:
            parts = [amount, summary, _TASK_RULES, _PHASE_RULES, _THOROUGH_RULES]
    return "\n\n".join(parts)


def _tools(brief: PlannerBrief) -> str:
    if not brief.tools:
        return "# Tools\nThere are no tools; tasks answer with text."
    lines = [f"- {name}: {one_line(description, _TOOL_CHARACTERS)}" for name, description in brief.tools]
    return "# Tools\n" + "\n".join(lines)


def _tiers(brief: PlannerBrief) -> str:
    """The table as one line per type, so that the model sees what each complexity costs."""
    if not brief.tiers:
        return '# Tiers\nLeave model_tier at "auto".'
    lines = []
    for task_type in TaskType:
        tiers = [brief.tiers.get((task_type, complexity), Tier.AUTO).value for complexity in Complexity]
        lines.append(f"- {task_type.value}: {' / '.join(tiers)}")
    return (
        '# Tiers\nWhat "auto" comes to for simple / medium / complex tasks, from local (cheapest) to opus (dearest):\n'
        + "\n".join(lines)
    )


def _project(brief: PlannerBrief) -> str:
    text = f"# Project\n{one_line(brief.project_name, 200)}"
    return f"{text}\n\n# Standing instructions\n{brief.instructions.strip()}" if brief.instructions.strip() else text


def _requirements(brief: PlannerBrief) -> str:
    return "# Requirements\n" + "\n".join(requirement_lines(brief.requirements, brief.headings))


def requirement_lines(
    requirements: Iterable[Requirement], headings: Mapping[RequirementId, str] | None = None
) -> list[str]:
    """`R1: text`, further lines of a requirement indented, so that none of them can pass for another requirement."""
    lines: list[str] = []
    heading = ""
    for requirement in requirements:
        here = (headings or {}).get(requirement.id, "")
        if here and here != heading:
            lines.append(f"(under the heading: {one_line(here, 200)})")
        heading = here
        lines.append(f"{requirement.id}: " + requirement.text.replace("\n", "\n    "))
    return lines


def _answers(answers: tuple[tuple[str, str], ...]) -> str:
    if not answers:
        return ""
    lines = [f"- {one_line(question, 500)}\n  Answer: {one_line(answer, 2_000)}" for question, answer in answers]
    return "# Questions the person has answered\n" + "\n".join(lines)


def _replan(brief: PlannerBrief) -> str:
    parts = []
    if brief.previous is not None:
        previous = json.dumps(plan_json(brief.previous, layout=False), ensure_ascii=False, indent=1)
        parts.append(
            "# The plan so far\nMake a new version of this plan. A task that stays the same in purpose keeps its id; a "
            "new task gets an id that was never used; a task that is no longer needed is left out.\n"
            + fenced(previous, "the plan so far")
        )
    if brief.comment.strip():
        parts.append(f"# What the person wants changed\n{brief.comment.strip()}")
    return "\n\n".join(parts)


def _closing(rigor: Rigor) -> str:
    return f"Now write the plan as JSON ({FEWEST_TASKS[rigor]}-{MOST_TASKS} tasks)."


def repair_message(errors: Sequence[Text], raw: str) -> Message:
    """What the model is told, once, when its plan could not be used: each error, and its own text as material."""
    lines = "\n".join(f"- {_explained(error)}" for error in errors)
    return Message(
        "user",
        "# Your last answer could not be used\n"
        f"{lines}\n\nThis was the answer:\n{fenced(raw[:_RAW_CHARACTERS], 'your last answer')}\n\n"
        "Write the whole plan again, as one JSON object, without these errors.",
    )


_EXPLAINED = {
    "graph.cycle": "The tasks depend on each other in a circle: {path}. Remove one of these dependencies.",
    "plan.no_tasks": "The plan has no tasks.",
    "plan.empty_answer": "The answer was empty.",
    "plan.not_json": "The answer is not valid JSON: {detail} (line {line}, column {column}).",
    "plan.not_an_object": "The answer is not a JSON object with `summary` and `tasks`.",
    "plan.too_deep": "The JSON is nested deeper than {limit} levels.",
    "plan.too_many_tasks": "The plan has {tasks} tasks; at most {limit} are accepted.",
    "plan.too_long": "The answer has {bytes} bytes; at most {limit} are accepted.",
}


def _explained(error: Text) -> str:
    """English for a model, which the catalogue for people cannot be: it is above this floor and translated."""
    sentence = _EXPLAINED.get(error.key)
    if sentence is not None:
        return sentence.format_map({key: one_line(str(value), 500) for key, value in error.args.items()})
    details = ", ".join(f"{key}={one_line(str(value), 200)}" for key, value in error.args.items())
    return f"{error.key} ({details})" if details else error.key
