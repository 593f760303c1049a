"""The plans in the pictures, as a model would write them: one of an ordinary size, one that goes to every limit."""

from __future__ import annotations

from typing import Any

WORD_COUNTER = """# Word counter

- Count the words of a text file, with an option for the language.
- Tell words apart in languages without spaces between them, such as Thai and Japanese.
- Print the counts as a table, the most frequent word first.
- Read files in any encoding that Python knows.
- Unit tests for the counting, and a page RUN.md with the exact steps to run it.
"""

_PHASES = (("P1", "Foundation"), ("P2", "Command line and tests"), ("P3", "Delivery"))

# id, title, type, complexity, phase, depends on, files, requirements
_TASKS = (
    ("T1", "Collect sample texts", "research", "simple", "P1", "", "samples.md", "R1"),
    ("T2", "Pick a word rule", "analysis", "medium", "P1", "", "", "R2"),
    ("T3", "counter.py", "code", "medium", "P1", "T1 T2", "counter.py", "R1 R2"),
    ("T4", "Notes on languages", "documentation", "simple", "P1", "T1", "languages.md", "R2"),
    ("T5", "Research segmentation", "research", "medium", "P1", "T2", "", "R2"),
    ("T6", "Detect the encoding", "code", "simple", "P2", "T3", "encoding.py", "R4"),
    ("T7", "Write RUN.md", "documentation", "complex", "P2", "T3 T4", "RUN.md", "R5"),
    ("T8", "Publish the samples", "integration", "simple", "P2", "T4", "published.md", "R1"),
    ("T9", "Print the table", "code", "medium", "P2", "T3", "report.py", "R3"),
    ("T10", "Unit tests", "code", "complex", "P2", "T3 T6", "test_counter.py", "R5"),
    ("T11", "Try it on large files", "analysis", "medium", "P3", "T9 T10", "", "R1"),
    ("T12", "Change log", "documentation", "simple", "P3", "T9", "CHANGES.md", "R5"),
    ("T13", "Summary", "analysis", "simple", "P3", "T7 T11 T12", "", "R5"),
)


def word_counter() -> dict[str, Any]:
    """Thirteen tasks in three phases, with two questions and a risk."""
    return {
        "summary": "A small program that counts words, in three phases: what a word is, the program, its delivery.",
        "phases": [{"id": id_, "name": name, "description": ""} for id_, name in _PHASES],
        "tasks": [_task(*row) for row in _TASKS],
        "open_questions": [
            {
                "question": "What is a word in Thai and Japanese?",
                "proposed_answer": "What the segmenter of the standard dictionary says.",
                "impact": "Changes T3 and T5.",
            },
            {
                "question": "Should numbers count as words?",
                "proposed_answer": "Yes, as they are written.",
                "impact": "Changes T3 and its tests.",
            },
        ],
        "risk_assessment": [
            {
                "risk": "Dictionaries for segmentation are large.",
                "likelihood": "medium",
                "impact": "low",
                "mitigation": "They are an option and are fetched by whoever needs them.",
            }
        ],
        "test_strategy": {"approach": "Count known texts.", "test_tasks": ["T10"], "coverage_notes": ""},
    }


def _task(
    id_: str, title: str, kind: str, complexity: str, phase: str, needs: str, files: str, wishes: str
) -> dict[str, Any]:
    done = f"Write {files}." if files else "Answer in a few sentences."
    return {
        "id": id_,
        "title": title,
        "description": f"{title}, as the requirements {wishes.replace(' ', ' and ')} ask for. {done}",
        "task_type": kind,
        "complexity": complexity,
        "depends_on": needs.split(),
        "tools_needed": ["read_file", "write_file"] if files else [],
        "requirement_ids": wishes.split(),
        "verification_criteria": f"{files or title} does what {wishes} says, and says so in plain words.",
        "affected_files": files.split(),
        "phase": phase,
        "model_tier": "auto",
    }


LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
LONG_NAME = "Rückführung der Bestandsdokumentation aller Liegenschaften in eine durchsuchbare Ablage mit Prüfsummen"
MANY = 500


def long_requirements() -> str:
    """Few wishes, each with something that does not break where one would like it to."""
    sentence = "Every page is read, its text is told apart from its pictures, and what cannot be read is listed. "
    return (
        f"# {LONG_NAME}\n\n- {sentence * 12}\n- {LONG_WORD}\n"
        f"- See /archives/{'a-very-long-path-without-an-end/' * 10}\n- {sentence}\n"
    )


def long_plan() -> dict[str, Any]:
    """As many tasks as a plan may have, with long titles, each needing a few of those before it."""
    tasks = [_long_task(number) for number in range(1, MANY + 1)]
    names = ("Bestandsaufnahme und Sichtung aller Unterlagen einschließlich der ausgelagerten Bestände", "Prüfung")
    return {
        "summary": "Five hundred tasks. " * 20,
        "phases": [{"id": f"P{place}", "name": name, "description": ""} for place, name in enumerate(names, 1)],
        "tasks": tasks,
        "open_questions": [{"question": LONG_WORD, "proposed_answer": LONG_NAME * 3, "impact": LONG_WORD}],
        "risk_assessment": [],
        "test_strategy": {"approach": LONG_NAME, "test_tasks": [], "coverage_notes": ""},
    }


def _long_task(number: int) -> dict[str, Any]:
    needs = " ".join(f"T{number - step}" for step in (7, 11) if number > step)
    title = f"Read, sort and file the documents of property {number} together with their plans and certificates"
    files = f"properties/{'north-by-northwest-' * 6}{number}/report.md"
    row = _task(f"T{number}", title, "documentation", "complex", "P1" if number < 250 else "P2", needs, files, "R1")
    return {**row, "description": f"{LONG_WORD if number % 5 == 0 else LONG_NAME} {title}."}
