"""Tests of the settings part of the window."""
