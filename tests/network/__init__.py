"""Tests of the network guard and of every client made under it."""
