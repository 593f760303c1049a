"""Tests of the window's inbox."""
