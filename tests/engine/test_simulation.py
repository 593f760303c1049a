"""Some hundred whole runs, each from a seed, through every kind of trouble."""

from __future__ import annotations

import pytest

from tests.engine.judge import judge
from tests.engine.simulation import Simulation
from tests.engine.virtual_time import run_virtually

SEEDS_EACH = 25


@pytest.mark.parametrize("first", range(0, 400, SEEDS_EACH))
def test_runs_come_to_an_end_through_any_trouble_and_their_books_are_right(first: int) -> None:
    wrong = {}
    for seed in range(first, first + SEEDS_EACH):
        simulation = Simulation(seed)
        faults = judge(simulation, run_virtually(simulation.play()))
        if faults:
            wrong[seed] = faults[:5]
    assert wrong == {}
