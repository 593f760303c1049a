"""The sections about doing the work: execution, routing, tools, git and MCP servers."""

from __future__ import annotations

from pydantic import Field

from orchestra_desktop.domain.plan import Complexity, TaskType, Tier
from orchestra_desktop.settings.fields import NamedTier, Section, setting


class OutputLimitSettings(Section):
    """The most a model may write for one answer, thinking included."""

    simple: int = setting(8_192, "For simple tasks.", unit="tokens", ge=1_024, le=128_000)
    medium: int = setting(16_384, "For medium tasks.", unit="tokens", ge=1_024, le=128_000)
    complex: int = setting(32_768, "For complex tasks.", unit="tokens", ge=1_024, le=128_000)


class ExecutionSettings(Section):
    """How a run works. A run keeps what it was started with."""

    concurrency: int = setting(8, "Tasks that work at one time, whatever their provider.", unit="tasks", ge=1, le=1_000)
    max_rounds: int = setting(10, "Rounds of tool use in one attempt.", unit="rounds", ge=1, le=200)
    max_continuations: int = setting(
        2, "How often an answer that met its output limit is continued.", unit="times", ge=0, le=20
    )
    output_limits: OutputLimitSettings = setting(OutputLimitSettings(), "Output limit of a task by its complexity.")
    transient_retries: int = setting(
        2,
        "How often a task repeats a call that met a passing fault (overload, broken connection).",
        unit="times",
        ge=0,
        le=20,
    )
    further_attempts: int = setting(
        2, "Attempts after the first one, before a person is asked.", unit="attempts", ge=0, le=20
    )
    task_timeout_s: int = setting(1_800, "How long one attempt may take.", unit="seconds", ge=1, le=86_400)
    call_timeout_s: int = setting(600, "How long one call to a model may take.", unit="seconds", ge=1, le=86_400)
    max_output_bytes: int = setting(
        2_000_000, "The most that one attempt may write as text.", unit="bytes", ge=10_000, le=100_000_000
    )
    dependency_tokens: int = setting(
        24_000, "How much of its dependencies' results a task is told in full.", unit="tokens", ge=0, le=1_000_000
    )
    provider_grace_s: int = setting(
        30, "How long a service must be down before a person is asked.", unit="seconds", ge=0, le=86_400
    )
    health_check_s: int = setting(
        30, "Pause between two looks at a service that is down.", unit="seconds", ge=1, le=3_600, not_yet=True
    )
    shutdown_grace_s: int = setting(
        10, "How long calls may still finish when the program closes.", unit="seconds", ge=0, le=600
    )
    resume_at_start: bool = setting(False, "Go on with interrupted runs when the window opens, without asking.")
    keep_awake: bool = setting(False, "Keep the machine from sleeping while a run goes on.", not_yet=True)
    wave_checkpoints: bool = setting(False, "Ask before each wave of tasks.", not_yet=True)
    verification: bool = setting(
        False, "Have a cheap model judge each result against the task's criteria.", not_yet=True
    )
    verdict_tokens: int = setting(2_048, "Length of a verdict.", unit="tokens", ge=256, le=32_768, not_yet=True)
    escalation: bool = setting(False, "Let the attempt after a failure go one tier up.", not_yet=True)
    reuse: bool = setting(False, "Take over results of earlier runs whose inputs are unchanged.", not_yet=True)
    extraction: bool = setting(False, "Have a cheap model note reusable findings after a success.", not_yet=True)
    extraction_characters: int = setting(
        200, "Shortest result that findings are looked for in.", unit="characters", ge=0, le=100_000, not_yet=True
    )
    findings_characters: int = setting(
        3_000, "How much of the project's findings a task is told.", unit="characters", ge=0, le=100_000, not_yet=True
    )


class TierByComplexity(Section):
    """Which tier does tasks of one type."""

    simple: NamedTier = setting(Tier.HAIKU, "Simple tasks.")
    medium: NamedTier = setting(Tier.SONNET, "Medium tasks.")
    complex: NamedTier = setting(Tier.SONNET, "Complex tasks.")


_WORDS = TierByComplexity(simple=Tier.LOCAL, medium=Tier.HAIKU, complex=Tier.SONNET)
_LOCAL = TierByComplexity(simple=Tier.LOCAL, medium=Tier.LOCAL, complex=Tier.LOCAL)
_JOINING = TierByComplexity(simple=Tier.HAIKU, medium=Tier.HAIKU, complex=Tier.SONNET)


class RoutingSettings(Section):
    """Which tier does what. Without Ollama `local` becomes haiku; offline everything becomes local."""

    planner: NamedTier = setting(Tier.SONNET, "Who makes plans.")
    verifier: NamedTier = setting(Tier.HAIKU, "Who judges results.", not_yet=True)
    extractor: NamedTier = setting(Tier.HAIKU, "Who notes findings.", not_yet=True)
    code: TierByComplexity = setting(TierByComplexity(), "Tasks that write code.")
    research: TierByComplexity = setting(_WORDS, "Tasks that find things out.")
    analysis: TierByComplexity = setting(_WORDS, "Tasks that weigh and judge.")
    asset: TierByComplexity = setting(_LOCAL, "Tasks that make images and other assets.")
    integration: TierByComplexity = setting(_JOINING, "Tasks that put parts together.")
    documentation: TierByComplexity = setting(_WORDS, "Tasks that write for people.")

    def table(self) -> dict[tuple[TaskType, Complexity], Tier]:
        """The tier of every pair of type and complexity."""
        rows: dict[TaskType, TierByComplexity] = {kind: getattr(self, kind.value) for kind in TaskType}
        return {(kind, size): getattr(row, size.value) for kind, row in rows.items() for size in Complexity}


class ToolSettings(Section):
    """How much tools may read and write."""

    read_characters: int = setting(
        50_000, "The most that one reading gives back.", unit="characters", ge=1_000, le=1_000_000, not_yet=True
    )
    write_bytes: int = setting(
        5_000_000, "The largest file that may be written.", unit="bytes", ge=1_000, le=1_000_000_000, not_yet=True
    )
    quota_files: int = setting(1_000, "Files that one run may write.", unit="files", ge=0, le=1_000_000)
    quota_bytes: int = setting(200_000_000, "Bytes that one run may write.", unit="bytes", ge=0, le=1_000_000_000_000)


class GitSettings(Section):
    """How a project's repository is used. Nothing is pushed unasked."""

    branch_per_run: bool = setting(False, "Work on a branch of its own in each run.", not_yet=True)
    commit_per_task: bool = setting(False, "Commit each task's files when it has succeeded.", not_yet=True)
    branch_prefix: str = setting(
        "orch", "How the names of such branches begin.", pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$", not_yet=True
    )
    remote: str = setting(
        "origin", "Where a finished branch is offered.", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", not_yet=True
    )
    author: str = setting(
        "", "Author of commits, `Name <address>`; empty is git's own setting.", max_length=200, not_yet=True
    )
    timeout_s: int = setting(30, "How long one git command may take.", unit="seconds", ge=1, le=3_600, not_yet=True)


class McpServer(Section):
    """A program or address that offers further tools."""

    name: str = Field(description="What the server is called.", min_length=1, max_length=100)
    command: tuple[str, ...] = setting((), "Program and arguments of a server on this machine.", max_length=100)
    url: str = setting("", "Address of a server reached over HTTP.", max_length=2_000)


class McpSettings(Section):
    """Servers whose tools a project may switch on."""

    servers: tuple[McpServer, ...] = setting((), "Known servers.", max_length=100, not_yet=True)
    timeout_s: int = setting(
        60, "How long one call of such a tool may take.", unit="seconds", ge=1, le=3_600, not_yet=True
    )
