"""When a failed request is repeated, and after how long."""

from __future__ import annotations

import pytest

from orchestra_desktop.calls.retry import is_long_pause, retry_delay
from orchestra_desktop.domain.errors import TRANSIENT_FAULTS, FaultKind
from tests.fakes.scripted_provider import fault


@pytest.mark.parametrize("kind", sorted(set(FaultKind) - TRANSIENT_FAULTS))
def test_what_would_fail_again_is_never_repeated(kind: FaultKind) -> None:
    assert retry_delay(fault(kind, retry_after_s=1.0), 0, 0.5) is None


@pytest.mark.parametrize("kind", sorted(TRANSIENT_FAULTS))
@pytest.mark.parametrize(
    ("tries", "uniform", "seconds"),
    [(0, 0.0, 0.0), (0, 1.0, 5.0), (0, 0.5, 2.5), (1, 1.0, 10.0), (4, 1.0, 80.0), (5, 1.0, 120.0), (30, 0.5, 60.0)],
)
def test_the_pause_is_drawn_from_a_range_that_doubles_up_to_two_minutes(
    kind: FaultKind, tries: int, uniform: float, seconds: float
) -> None:
    assert retry_delay(fault(kind), tries, uniform) == seconds


@pytest.mark.parametrize(
    ("asked", "uniform", "seconds"), [(0.0, 0.5, 2.5), (2.0, 0.5, 2.5), (30.0, 0.5, 30.0), (3_600.0, 1.0, 3_600.0)]
)
def test_the_service_is_never_asked_again_sooner_than_it_said(asked: float, uniform: float, seconds: float) -> None:
    assert retry_delay(fault(FaultKind.RATE_LIMITED, retry_after_s=asked), 0, uniform) == seconds


@pytest.mark.parametrize(("asked", "long"), [(None, False), (60.0, False), (60.1, True)])
def test_a_pause_beyond_a_minute_that_the_service_asked_for_is_said(asked: float | None, long: bool) -> None:
    facts = fault(FaultKind.RATE_LIMITED, retry_after_s=asked)
    delay = retry_delay(facts, 5, 1.0)
    assert delay is not None
    assert is_long_pause(delay, facts) is long
