"""Tests of the window's run."""
