"""Tests of the window's events."""
