"""Tests of what a screen or the command line shows."""
