"""What a run keeps of the settings from its start on."""

from __future__ import annotations

from orchestra_desktop.domain.run import OutputLimits, RunSettings
from orchestra_desktop.settings.schema import Settings


def run_settings(settings: Settings) -> RunSettings:
    """The part of the settings that is frozen into a run's spec, as the engine reads it."""
    execution, tools = settings.execution, settings.tools
    limits = execution.output_limits
    return RunSettings(
        concurrency=execution.concurrency,
        per_provider=_per_provider(settings),
        max_rounds=execution.max_rounds,
        max_continuations=execution.max_continuations,
        transient_retries=execution.transient_retries,
        further_attempts=execution.further_attempts,
        task_timeout_s=execution.task_timeout_s,
        call_timeout_s=execution.call_timeout_s,
        output_limits=OutputLimits(limits.simple, limits.medium, limits.complex),
        max_output_bytes=execution.max_output_bytes,
        dependency_tokens=execution.dependency_tokens,
        write_quota_files=tools.quota_files,
        write_quota_bytes=tools.quota_bytes,
        provider_grace_s=execution.provider_grace_s,
        shutdown_grace_s=execution.shutdown_grace_s,
    )


def _per_provider(settings: Settings) -> dict[str, int]:
    """Calls at one time by provider. A rehearsal waits for nobody, so only the limit in all counts."""
    hosts = settings.ollama.hosts
    return {
        "anthropic": settings.anthropic.concurrent_calls,
        "ollama": hosts[0].concurrent_calls if hosts else 1,
        "rehearsal": settings.execution.concurrency,
    }
