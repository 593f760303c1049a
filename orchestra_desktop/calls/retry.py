"""When a failed request is repeated: ours alone, the clients of the services repeat nothing (reliability.md R7)."""

from __future__ import annotations

from orchestra_desktop.domain.errors import TRANSIENT_FAULTS, FaultFacts

BASE_S = 5.0
LONGEST_BACKOFF_S = 120.0
LONGEST_RETRY_AFTER_S = 60.0  # a service that asks for more gets a visible pause instead


def retry_delay(fault: FaultFacts, tries: int, uniform: float) -> float | None:
    """Seconds until the request is repeated for the (`tries` + 1)th time, or None if it never is.

    Full jitter: `uniform` in [0, 1) is drawn by the caller, so that this stays a rule without chance of its own.
    """
    if fault.kind not in TRANSIENT_FAULTS:
        return None
    backoff: float = uniform * min(BASE_S * 2**tries, LONGEST_BACKOFF_S)
    return max(fault.retry_after_s or 0.0, backoff)


def is_long_pause(delay_s: float, fault: FaultFacts) -> bool:
    """True if the service asked for more than we wait without saying so."""
    return (fault.retry_after_s or 0.0) > LONGEST_RETRY_AFTER_S and delay_s > LONGEST_RETRY_AFTER_S
