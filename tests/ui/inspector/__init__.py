"""Tests of the window's inspector."""
