"""Tests of the usage part of the window."""
